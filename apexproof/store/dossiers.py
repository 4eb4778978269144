"""Dossiers: all that a claim is judged by, as it was kept, fetched for many claims at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from apexproof.store.claims import AsRead
from apexproof.store.database import ask, of_organisation
from apexproof.store.histories import NO_PAST, Past
from apexproof.store.many import among
from apexproof.store.tables import AttachmentRow, AttestationRow, ClaimRow, ReadingRow, RevisionRow

# The queries are made once: that takes longer than to ask them.
_READ = select(ReadingRow.sha256, ReadingRow.document).where(
    ReadingRow.organisation == bindparam("organisation"),
    ReadingRow.reader == bindparam("reader"),
    ReadingRow.depth == bindparam("depth"),
    among(ReadingRow.sha256, "hashes"),
)
_ORGANISATION: BindParameter[str] = bindparam("organisation")
_OF_CLAIMS = (
    select(
        ClaimRow.id,
        ClaimRow.number,
        ClaimRow.revision,
        ClaimRow.outcome,
        ClaimRow.verification,
        RevisionRow.document,
        RevisionRow.as_read,
        RevisionRow.as_read_by,
    )
    .join(RevisionRow, (RevisionRow.claim_id == ClaimRow.id) & (RevisionRow.revision == ClaimRow.revision))
    .where(of_organisation(ClaimRow.organisation, _ORGANISATION), among(ClaimRow.id, "claims"))
    .order_by(ClaimRow.id)
)
_FILES = select(
    AttachmentRow.claim_id, AttachmentRow.id, AttachmentRow.sha256, AttachmentRow.file_name, AttachmentRow.declared
).where(of_organisation(AttachmentRow.organisation, _ORGANISATION), among(AttachmentRow.claim_id, "claims"))


class KeptFile(Struct, frozen=True, kw_only=True):
    """A file of a claim: its name, and what was declared of it when it was sent (JSON)."""

    id: int
    sha256: str
    file_name: str
    declared: str | None


class Dossier(Struct, frozen=True, kw_only=True):
    """What the sender claims now (JSON), the files by name, and what was read in them (JSON, by hash).

    `outcome` and `verification` are those that hold now, before it is judged again.
    """

    claim_id: int
    organisation: str
    number: str
    revision: int
    document: str
    as_read: AsRead | None
    outcome: str | None
    verification: int | None
    files: tuple[KeptFile, ...]
    pixels: Mapping[str, str]
    words: Mapping[str, str]
    past: Past = NO_PAST
    attestations: tuple[AttestationRow, ...] = ()


def dossiers(
    session: Session, organisation: str, claim_ids: Sequence[int], *, reader: str, depths: tuple[str, str]
) -> list[Dossier]:
    """The dossiers of these claims, in the order of their identities; `depths` are those of pixels and of words."""
    files = _files(session, organisation, claim_ids)
    hashes = sorted({file.sha256 for of_claim in files.values() for file in of_claim})
    pixels, words = (_readings(session, organisation, hashes, reader, depth) for depth in depths)
    claims = ask(session, _OF_CLAIMS, {"organisation": organisation, "claims": claim_ids})
    return [
        Dossier(
            claim_id=claim_id,
            organisation=organisation,
            number=number,
            revision=revision,
            document=document,
            as_read=AsRead.of(as_read, engine),
            outcome=outcome,
            verification=verification,
            files=files.get(claim_id, ()),
            pixels=pixels,
            words=words,
        )
        for claim_id, number, revision, outcome, verification, document, as_read, engine in claims
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What a claim was judged by once: its revision, its files as (hash, name), and the version of their reader."""

    revision: int
    files: frozenset[tuple[str, str]]
    reader: str


def dossier_then(session: Session, claim: ClaimRow, then: Then, *, depths: tuple[str, str]) -> Dossier:
    """The dossier of a claim as it was then, but for its past and what was settled."""
    revision = session.get_one(RevisionRow, (claim.id, then.revision))
    found = select(AttachmentRow).where(AttachmentRow.claim_id == claim.id)
    files = [
        KeptFile(id=row.id, sha256=row.sha256, file_name=row.file_name, declared=row.declared)
        for row in session.scalars(found)
        if (row.sha256, row.file_name) in then.files
    ]
    hashes = sorted({file.sha256 for file in files})
    pixels, words = (_readings(session, claim.organisation, hashes, then.reader, depth) for depth in depths)
    return Dossier(
        claim_id=claim.id,
        organisation=claim.organisation,
        number=claim.number,
        revision=then.revision,
        document=revision.document,
        as_read=None,
        outcome=None,
        verification=None,
        files=_once(files),
        pixels=pixels,
        words=words,
    )


def _files(session: Session, organisation: str, claim_ids: Sequence[int]) -> dict[int, tuple[KeptFile, ...]]:
    """By name; bytes that came twice are one file. Sorted here: databases order letters each in their own way."""
    found = ask(session, _FILES, {"organisation": organisation, "claims": claim_ids})
    by_claim: dict[int, list[KeptFile]] = {}
    for claim_id, identity, sha256, file_name, declared in found:
        if claim_id is not None:
            file = KeptFile(id=identity, sha256=sha256, file_name=file_name, declared=declared)
            by_claim.setdefault(claim_id, []).append(file)
    return {claim_id: _once(files) for claim_id, files in by_claim.items()}


def _once(files: list[KeptFile]) -> tuple[KeptFile, ...]:
    ordered = sorted(files, key=lambda file: (file.file_name, file.sha256, file.id), reverse=True)
    return tuple({file.sha256: file for file in ordered}.values())[::-1]


def _readings(session: Session, organisation: str, hashes: Iterable[str], reader: str, depth: str) -> dict[str, str]:
    asked = {"organisation": organisation, "reader": reader, "depth": depth, "hashes": list(hashes)}
    return {sha256: document for sha256, document in ask(session, _READ, asked)}  # noqa: C416 - rows are no pairs to mypy
