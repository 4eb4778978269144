"""Attachments as they are kept, and what each version of the reader found in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from msgspec.json import Decoder, encode
from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, or_, select, union_all, update
from sqlalchemy.orm import Session

from apexproof.radiograph import FileReading
from apexproof.store.blobs import Blob
from apexproof.store.claims import control_numbers, member_of
from apexproof.store.database import ask, insert_once
from apexproof.store.many import among
from apexproof.store.tables import AttachmentRow, ClaimRow, ReadingRow, RevisionRow

_READING = Decoder(FileReading)

# What is asked with every file is made once: that takes longer than to ask it.
_ORGANISATION: BindParameter[str] = bindparam("organisation")
_CLAIM: BindParameter[int] = bindparam("claim")
_BY_IDENTITY = select(AttachmentRow).where(AttachmentRow.id == bindparam("identity"))
_SENT = select(AttachmentRow).where(
    AttachmentRow.organisation == _ORGANISATION,
    AttachmentRow.claim_number == bindparam("number"),
    AttachmentRow.sha256 == bindparam("sha256"),
)
_HELD = select(AttachmentRow.id, AttachmentRow.member_id).where(
    AttachmentRow.organisation == _ORGANISATION, AttachmentRow.claim_id.is_(None)
)
_HELD_BY_NUMBER = _HELD.where(AttachmentRow.claim_number == bindparam("number"))
_RECEIVED = union_all(
    select(RevisionRow.received_at).where(
        RevisionRow.claim_id == _CLAIM, RevisionRow.revision == bindparam("revision")
    ),
    select(AttachmentRow.received_at).where(AttachmentRow.claim_id == _CLAIM),
)
_READ = select(ReadingRow.sha256).where(
    ReadingRow.organisation == _ORGANISATION,
    ReadingRow.reader == bindparam("reader"),
    ReadingRow.depth == bindparam("depth"),
    among(ReadingRow.sha256, "hashes"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderVersion:
    """Which reader read, and how deep: the pixels, or the words burned into them as well."""

    reader: str
    depth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as it was sent: under which claim's number, by what name, whose, and what was declared of it (JSON)."""

    organisation: str
    claim_number: str
    control_number: str | None = None
    member_id: str | None = None
    file_name: str
    declared: str | None = None


def add_attachment(
    session: Session, sent: Sent, blob: Blob, *, claim_id: int | None = None, now: datetime
) -> tuple[AttachmentRow, bool]:
    """Add a file to a claim's number, and to the claim when it is there; its row, and whether it is new.

    The same bytes are the same attachment, which stays with the claim that it has.
    """
    is_new = insert_once(
        session,
        AttachmentRow,
        {
            "organisation": sent.organisation,
            "claim_number": sent.claim_number,
            "control_number": sent.control_number,
            "member_id": sent.member_id,
            "claim_id": claim_id,
            "sha256": blob.sha256,
            "size": blob.size,
            "file_name": sent.file_name,
            "declared": sent.declared,
            "received_at": now,
        },
    )
    key = {"organisation": sent.organisation, "number": sent.claim_number, "sha256": blob.sha256}
    return session.execute(_SENT, key).scalar_one(), is_new


def attachment_by_identity(session: Session, identity: int) -> AttachmentRow:
    """The attachment of that identity, which there is."""
    return session.execute(_BY_IDENTITY, {"identity": identity}).scalar_one()


def adopt(session: Session, claim: ClaimRow) -> None:
    """Join what came before the claim: files under its number, or under a control number that it alone declares.

    A file that is said to be of another member stays where it is.
    """
    declared = control_numbers(session, claim.id, alone=True)
    named = AttachmentRow.claim_number == bindparam("number")
    held = _HELD.where(or_(named, AttachmentRow.control_number.in_(declared))) if declared else _HELD_BY_NUMBER
    found = ask(session, held, {"organisation": claim.organisation, "number": claim.number}).all()
    if found:
        member = member_of(session, claim)
        theirs = [identity for identity, said in found if None in {said, member} or said == member]
        session.execute(update(AttachmentRow).where(AttachmentRow.id.in_(theirs)).values(claim_id=claim.id))


def attachments_of(session: Session, claim: ClaimRow) -> list[AttachmentRow]:
    """The files of a claim by name; bytes that came twice are one file."""
    found = select(AttachmentRow).where(AttachmentRow.claim_id == claim.id)
    ordered = session.scalars(found.order_by(AttachmentRow.file_name, AttachmentRow.sha256, AttachmentRow.id))
    return list({row.sha256: row for row in reversed(ordered.all())}.values())[::-1]


def last_received(session: Session, claim: ClaimRow) -> datetime:
    """When the last of a claim came: what its sender claims now, or a file of it."""
    received: list[datetime] = list(ask(session, _RECEIVED, {"claim": claim.id, "revision": claim.revision}).scalars())
    return max(received)


def reading_json(reading: FileReading) -> str:
    """What was read in a file, in the form in which it is kept: the same reading is the same text."""
    return encode(reading, order="deterministic").decode()


def parse_reading(document: str) -> FileReading:
    """What was read in a file, from the form in which it is kept."""
    return _READING.decode(document)


def readings_of(
    session: Session, organisation: str, hashes: Iterable[str], *, version: ReaderVersion
) -> dict[str, FileReading]:
    """What that version of the reader found in these files; those that it has not read are left out."""
    found = select(ReadingRow.sha256, ReadingRow.document).where(
        *_by(organisation, version), ReadingRow.sha256.in_(list(hashes))
    )
    return {sha256: parse_reading(document) for sha256, document in session.execute(found)}


def read_already(
    session: Session, organisation: str, hashes: Iterable[str], *, version: ReaderVersion
) -> frozenset[str]:
    """Which of these files that version of the reader has read."""
    by = {"organisation": organisation, "reader": version.reader, "depth": version.depth, "hashes": list(hashes)}
    return frozenset(ask(session, _READ, by).scalars())


def add_reading(
    session: Session, organisation: str, reading: FileReading, *, version: ReaderVersion, now: datetime
) -> bool:
    """Keep what a version of the reader found in a file; what it found first stays. Whether this is the first."""
    return insert_once(
        session,
        ReadingRow,
        {
            "organisation": organisation,
            "sha256": reading.sha256,
            "reader": version.reader,
            "depth": version.depth,
            "document": reading_json(reading),
            "read_at": now,
        },
    )


def forget_reading(session: Session, organisation: str, sha256: str, *, version: ReaderVersion) -> None:
    """Forget that a file was given up, so that what is read in it counts."""
    session.execute(delete(ReadingRow).where(*_by(organisation, version), ReadingRow.sha256 == sha256))


def forget_readings(session: Session, organisation: str, sha256: str, *, reader: str) -> None:
    """Forget what a reader found in a file, however deep, so that it is read anew."""
    theirs = ReadingRow.organisation == organisation, ReadingRow.reader == reader, ReadingRow.sha256 == sha256
    session.execute(delete(ReadingRow).where(*theirs))


def last_reading(session: Session, organisation: str, sha256: str, *, depth: str) -> FileReading | None:
    """The newest reading of a file by any reader, rather one of that depth than another."""
    found = select(ReadingRow.document).where(ReadingRow.organisation == organisation, ReadingRow.sha256 == sha256)
    document = session.scalar(found.order_by(ReadingRow.depth != depth, ReadingRow.read_at.desc()).limit(1))
    return None if document is None else parse_reading(document)


def _by(organisation: str, version: ReaderVersion) -> tuple[ColumnElement[bool], ...]:
    return (
        ReadingRow.organisation == organisation,
        ReadingRow.reader == version.reader,
        ReadingRow.depth == version.depth,
    )
