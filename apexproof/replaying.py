"""Replaying: a verification is made again from what was kept of its inputs, and held to the bytes that were stored.

What it was made from is found by the digests of its question, never by the clock: the revision, the files and what was
declared of them, what was read in them, the policy, what other claims said, and what persons had settled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace
from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.errors import ApexproofError
from apexproof.formats.verification_json import claim_json
from apexproof.judging import Unread, question, verified
from apexproof.policy import Policy
from apexproof.precedents import past_as_kept
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth
from apexproof.review import given_up
from apexproof.store.attachments import reading_json
from apexproof.store.attestations import attestations_of
from apexproof.store.dossiers import Dossier, Then, dossier_then
from apexproof.store.tables import AttestationRow, ClaimRow, PolicyRow, VerificationRow
from apexproof.store.verifications import history

_SET_ASIDE = "set_aside"
_DEPTHS = (Depth.PIXELS, Depth.WORDS)

Reader = Callable[[str, Depth], FileReading | None]
"""Reads a kept file anew, by its hash; None when it was deleted."""


class Sameness(StrEnum):
    """What became of a verification that was made again."""

    SAME = "same"
    """The same bytes."""
    DIFFERS = "differs"
    """Other bytes, from the same inputs: the stored answer, or this program, is not what it was."""
    NOT_REPLAYED = "not replayed"
    """An input of it is not there any more, or this version cannot make it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One verification of a claim, made again; `why` is empty when it is the same."""

    number: int
    sameness: Sameness
    why: str = ""


class _InputMissing(ApexproofError):
    """What a verification was made from is not all there."""


def replay_claim(
    session: Session, claim: ClaimRow, *, only: int | None = None, read: Reader | None = None
) -> Iterator[Replayed]:
    """Make the verifications of a claim again, the first one first; with `read` from the files' bytes on."""
    words = attestations_of(session, claim.organisation, [claim.id]).get(claim.id, ())
    for row, policy in history(session, claim.id):
        if only is None or row.number == only:
            yield _replayed(session, claim, row, policy, words, read)


def _replayed(
    session: Session,
    claim: ClaimRow,
    row: VerificationRow,
    policy: PolicyRow,
    words: tuple[AttestationRow, ...],
    read: Reader | None,
) -> Replayed:
    try:
        document = _made_again(session, claim, row, policy, words, read)
    except _InputMissing as missing:
        return Replayed(number=row.number, sameness=Sameness.NOT_REPLAYED, why=str(missing))
    if document == row.document:
        return Replayed(number=row.number, sameness=Sameness.SAME)
    return Replayed(number=row.number, sameness=Sameness.DIFFERS, why=_difference(row.document, document))


def _made_again(
    session: Session,
    claim: ClaimRow,
    row: VerificationRow,
    policy: PolicyRow,
    words: tuple[AttestationRow, ...],
    read: Reader | None,
) -> str:
    if row.engine != __version__:
        raise _InputMissing(f"It was made by apexproof {row.engine}, and only that version makes it again.")
    demanded = Policy.model_validate_json(policy.document)
    if demanded.digest != row.policy_digest:
        raise _InputMissing("The policy that is kept is not the one that it was made under.")
    shown = json.loads(row.document)["files"]
    then = Then(
        revision=row.revision,
        files=frozenset((file["sha256"], file["file"]) for file in shown),
        reader=row.reader,
    )
    dossier = dossier_then(session, claim, then, depths=_DEPTHS)
    dossier = replace(dossier, pixels=_with_given_up(dossier, shown))
    if read is not None:
        dossier = _read_anew(dossier, row, read)
    past = past_as_kept(session, claim.organisation, claim.id, row.history_digest)
    dossier = _as_settled(replace(dossier, past=past), demanded, row, words)
    asked = question(dossier, demanded)
    for digest, was, what in (
        (asked.files_digest, row.files_digest, "The files that are kept, or what was declared of them,"),
        (asked.history_digest, row.history_digest, "What is kept of other claims"),
        (asked.attestations_digest, row.attestations_digest, "What is kept of attestations"),
    ):
        if digest != was:
            raise _InputMissing(f"{what} is not what it was made from.")
    try:
        return claim_json(verified(dossier, demanded))
    except Unread as unread:
        raise _InputMissing(f"Of {len(unread.files)} of its files no reading by reader {row.reader} is kept.") from None


def _with_given_up(dossier: Dossier, shown: list[dict[str, object]]) -> Mapping[str, str]:
    """The readings, and those of files that were set aside then and read after all."""
    sizes = {
        str(file["sha256"]): int(str(file["size"]))
        for file in shown
        if any(found["fault"] == _SET_ASIDE for found in _findings(file))
    }
    stood = {sha256: reading_json(given_up(sha256, size)) for sha256, size in sizes.items()}
    return {**dossier.pixels, **stood}


def _findings(file: dict[str, object]) -> list[dict[str, object]]:
    found = file["findings"]
    return found if isinstance(found, list) else []


def _read_anew(dossier: Dossier, row: VerificationRow, read: Reader) -> Dossier:
    """The dossier with every file read again, as deep as it was."""
    if row.reader != READER_VERSION:
        raise _InputMissing(
            f"Its files were read by reader {row.reader}, and this version has reader {READER_VERSION}."
        )

    def again(sha256: str, depth: Depth) -> str:
        reading = read(sha256, depth)
        if reading is None or reading.sha256 != sha256:
            raise _InputMissing("A file of it is gone, or has other bytes than those that came.")
        return reading_json(reading)

    def anew(known: Mapping[str, str], depth: Depth) -> dict[str, str]:
        return {sha256: kept if f'"{_SET_ASIDE}"' in kept else again(sha256, depth) for sha256, kept in known.items()}

    return replace(dossier, pixels=anew(dossier.pixels, Depth.PIXELS), words=anew(dossier.words, Depth.WORDS))


def _as_settled(dossier: Dossier, policy: Policy, row: VerificationRow, words: tuple[AttestationRow, ...]) -> Dossier:
    """The dossier with the attestations of then: the longest beginning of them that has the digest."""
    for many in range(len(words), -1, -1):
        settled = replace(dossier, attestations=words[:many])
        if question(settled, policy).attestations_digest == row.attestations_digest:
            return settled
    return dossier


def _difference(stored: str, made: str) -> str:
    """Where the two part, by the path to the first value that differs; no value is shown."""
    was, now = json.loads(stored), json.loads(made)
    return f"It differs at {_path(was, now) or 'the order or the spelling of its keys'}."


def _path(was: object, now: object, at: str = "") -> str | None:
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [(f"{at}.{key}".lstrip("."), was.get(key), now.get(key)) for key in {**was, **now}]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(f"{at}[{place}]", *both) for place, both in enumerate(zip(was, now, strict=True))]
    else:
        return None if was == now else at
    return next((path for place, one, other in pairs if (path := _path(one, other, place)) is not None), None)
