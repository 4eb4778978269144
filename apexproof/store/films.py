"""Films: the pictures of files by what they look like, and which of them are alike; each organisation's on their own.

Likeness is worked out once, when a file was read: candidates by a key that they share, then the exact distance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import BindParameter, TableClause, bindparam, func, insert, select, text
from sqlalchemy.orm import Session, aliased

from apexproof.perceptual import KEYS_IN_COMMON, keys, perceptual_distance
from apexproof.radiograph import FileReading, Fingerprint, strongest
from apexproof.store.database import ask, insert_all, of_organisation
from apexproof.store.many import among
from apexproof.store.tables import AttachmentRow, ClaimRow, FilmKeyRow, FilmRow, LikenessRow

DISTANCE_MOST = 32
"""Films further apart are not looked for, whatever a policy asks for; the policies that come with this ask for 16."""
USES_MOST = 20
"""Other claims to which one file, or one alike, is followed: those that came first."""
_FILMS_MOST = 64  # of one file
_CANDIDATES_MOST = 64  # to compare one takes about 2.5 ms
_LOCKS_MOST = 64
_SIZE_DIGITS = 4  # of a perceptual hash; all else of it is zero for a blank

# The queries are made once: that takes longer than to ask them.
_ORGANISATION: BindParameter[str] = bindparam("organisation")
_READER: BindParameter[str] = bindparam("reader")
_SHA256: BindParameter[str] = bindparam("sha256")
_OWN, _OTHER = aliased(FilmRow), aliased(FilmRow)
_KEEP = insert(cast("TableClause", FilmRow.__table__)).returning(FilmRow.id)
_KEPT = (
    select(FilmRow.id)
    .where(FilmRow.organisation == _ORGANISATION, FilmRow.sha256 == _SHA256, FilmRow.reader == _READER)
    .limit(1)
)
_OF_OTHER_FILES = FilmRow.organisation == _ORGANISATION, FilmRow.reader == _READER, FilmRow.sha256 != _SHA256
_SAME = (
    select(FilmRow.id)
    .where(*_OF_OTHER_FILES, FilmRow.pixel_sha256 == bindparam("pixel_sha256"))
    .order_by(FilmRow.id)
    .limit(USES_MOST)
)
_IN_COMMON = (
    select(FilmKeyRow.film_id, func.count().label("number"))
    .where(FilmKeyRow.organisation == _ORGANISATION, among(FilmKeyRow.key, "keys"))
    .group_by(FilmKeyRow.film_id)
    .having(func.count() >= KEYS_IN_COMMON)
    .subquery()
)
_CANDIDATES = (
    select(FilmRow.id, FilmRow.perceptual)
    .join(_IN_COMMON, _IN_COMMON.c.film_id == FilmRow.id)
    .where(*_OF_OTHER_FILES)
    .order_by(_IN_COMMON.c.number.desc(), FilmRow.id)
    .limit(_CANDIDATES_MOST)
)
_LIKE = (
    select(_OWN.sha256, _OTHER)
    .join(LikenessRow, LikenessRow.film_id == _OWN.id)
    .join(_OTHER, _OTHER.id == LikenessRow.other_id)
    .where(_OWN.organisation == _ORGANISATION, among(_OWN.sha256, "hashes"), _OWN.reader == _READER)
    .order_by(_OTHER.id)
)
_RANK = func.row_number().over(partition_by=AttachmentRow.sha256, order_by=AttachmentRow.claim_id)
_RANKED = (
    select(AttachmentRow.sha256, AttachmentRow.claim_id, _RANK.label("rank"))
    .where(
        AttachmentRow.organisation == _ORGANISATION,
        among(AttachmentRow.sha256, "hashes"),
        AttachmentRow.claim_id.is_not(None),
    )
    .subquery()
)
_FIRST_USES = (
    select(_RANKED.c.sha256, ClaimRow.id, ClaimRow.revision)
    .join(ClaimRow, ClaimRow.id == _RANKED.c.claim_id)
    .where(_RANKED.c.rank <= USES_MOST + 1, ClaimRow.revision > 0)
    .order_by(ClaimRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Use:
    """That a file (`film_id` is None), or a film that is alike, came with another claim."""

    claim_id: int
    revision: int
    sha256: str
    film_id: int | None = None


def keep_films(session: Session, organisation: str, reading: FileReading, *, reader: str) -> None:
    """Keep what the pictures of a file look like, and which others they are like; once for each reader."""
    file = {"organisation": organisation, "sha256": reading.sha256, "reader": reader}
    prints = list(_prints(reading))
    lock(session, organisation, {key for _, found in prints for key in keys(found.perceptual)})
    if not prints or ask(session, _KEPT, file).first() is not None:
        return
    for place, found in prints:
        film = {**file, "pixel_sha256": found.pixel_sha256, "perceptual": found.perceptual}
        identity = ask(session, _KEEP, {**film, "place": place}).scalar_one()
        of_film = sorted(keys(found.perceptual))
        alike = _alike(session, film, of_film)
        pairs = [pair for other in alike for pair in ((identity, other), (other, identity))]
        insert_all(session, LikenessRow, [{"film_id": one, "other_id": other} for one, other in pairs])
        rows = [{"organisation": organisation, "key": key, "film_id": identity} for key in of_film]
        insert_all(session, FilmKeyRow, rows)


def lock(session: Session, organisation: str, shared: Iterable[int]) -> None:
    """Let nobody else who locks one of these keys go on before this transaction ends.

    Two who each add what the other looks for would otherwise both miss it. On SQLite there is one writer anyway. Of
    many keys the lowest are locked, which like files have in common.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    seed = int(hashlib.sha256(organisation.encode()).hexdigest()[:16], 16) >> 1
    wanted = sorted(key ^ seed for key in sorted(shared)[:_LOCKS_MOST])
    statement = text("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(CAST(:keys AS bigint[])) AS k")
    session.execute(statement, {"keys": wanted})


def uses_elsewhere(
    session: Session, organisation: str, files: Mapping[int, Sequence[str]], *, reader: str
) -> dict[int, tuple[Use, ...]]:
    """Where else the files of these claims came, or films like theirs; claims for which that is nowhere are absent."""
    hashes = sorted({sha256 for of_claim in files.values() for sha256 in of_claim})
    alike = _likenesses(session, organisation, hashes, reader)
    others = sorted({*hashes, *(film.sha256 for films in alike.values() for film in films)})
    came = _claims_with(session, organisation, others)
    found: dict[int, tuple[Use, ...]] = {}
    for claim_id, own in files.items():
        films: list[tuple[str, int | None]] = [(sha256, None) for sha256 in own]
        films += [(film.sha256, film.id) for sha256 in own for film in alike.get(sha256, ()) if film.sha256 not in own]
        uses = {
            Use(claim_id=other, revision=revision, sha256=sha256, film_id=film_id)
            for sha256, film_id in films
            for other, revision in [one for one in came.get(sha256, ()) if one[0] != claim_id][:USES_MOST]
        }
        if uses:
            found[claim_id] = tuple(sorted(uses, key=_in_order))
    return found


def films_by_id(session: Session, organisation: str, ids: Sequence[int]) -> dict[int, FilmRow]:
    """These films."""
    found = select(FilmRow).where(of_organisation(FilmRow.organisation, organisation), FilmRow.id.in_(ids))
    return {row.id: row for row in session.scalars(found)}


def _in_order(use: Use) -> tuple[int, str, int]:
    return use.claim_id, use.sha256, use.film_id or 0


def _prints(reading: FileReading) -> Iterator[tuple[str, Fingerprint]]:
    """The pictures of a file that show anything: all blanks are alike and prove nothing."""
    for picture in reading.radiographs[:_FILMS_MOST]:
        best = strongest(picture.fingerprint)
        if best is not None and best.value is not None and best.value.perceptual[_SIZE_DIGITS:].strip("0"):
            yield picture.place, best.value


def _alike(session: Session, film: Mapping[str, str], of_film: Sequence[int]) -> list[int]:
    """The films of other files that are this one, or near it; of very many those that came first."""
    found = set(ask(session, _SAME, film).scalars())
    for identity, perceptual in ask(session, _CANDIDATES, {**film, "keys": of_film}):
        if identity not in found and perceptual_distance(perceptual, film["perceptual"]) <= DISTANCE_MOST:
            found.add(identity)
    return sorted(found)[:USES_MOST]


def _likenesses(session: Session, organisation: str, hashes: list[str], reader: str) -> dict[str, list[FilmRow]]:
    alike: dict[str, list[FilmRow]] = {}
    asked = {"organisation": organisation, "hashes": hashes, "reader": reader}
    for sha256, film in session.execute(_LIKE, asked):
        if len(alike.setdefault(sha256, [])) < USES_MOST:
            alike[sha256].append(film)
    return alike


def _claims_with(session: Session, organisation: str, hashes: list[str]) -> dict[str, list[tuple[int, int]]]:
    """The first claims that each of these files came with, and their latest revision."""
    came: dict[str, list[tuple[int, int]]] = {}
    for sha256, claim_id, revision in ask(session, _FIRST_USES, {"organisation": organisation, "hashes": hashes}):
        if (claim_id, revision) not in came.setdefault(sha256, []):
            came[sha256].append((claim_id, revision))
    return came
