"""Tombstones: files that were deleted, and the question whether anybody still needs their bytes.

The bytes are kept once for all organisations, and removed when no attachment of any of them needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from apexproof.store.database import ask
from apexproof.store.lock import hold
from apexproof.store.tables import AttachmentRow, ClosureRow, InterchangeRow, TombstoneRow

_ATTACHMENT, _TOMBSTONE = aliased(AttachmentRow), aliased(TombstoneRow)


def hold_blob(session: Session, sha256: str) -> None:
    """Let nobody else add an attachment of these bytes, or remove them, until the transaction ends."""
    hold(session, f"blob {sha256}")


def due(session: Session, *, before: datetime, most: int) -> Sequence[AttachmentRow]:
    """The files that came, and whose claims were closed, before that moment; the longest closed first."""
    query = (
        select(AttachmentRow)
        .join(ClosureRow, ClosureRow.claim_id == AttachmentRow.claim_id)
        .where(ClosureRow.closed_at <= before, AttachmentRow.received_at <= before, ~_is_buried(AttachmentRow.id))
    )
    return session.scalars(query.order_by(ClosureRow.closed_at, AttachmentRow.id).limit(most)).all()


def bury(session: Session, attachment: AttachmentRow, *, reason: str, now: datetime) -> None:
    """Let a file count as deleted; its bytes are removed afterwards."""
    session.add(
        TombstoneRow(
            attachment_id=attachment.id,
            organisation=attachment.organisation,
            sha256=attachment.sha256,
            size=attachment.size,
            reason=reason,
            deleted_at=now,
        )
    )


def revive(session: Session, attachment: AttachmentRow, *, now: datetime) -> bool:
    """Let a file that came again be there again; False when it was not deleted."""
    gone = delete(TombstoneRow).where(TombstoneRow.attachment_id == attachment.id)
    revived = session.execute(gone.returning(TombstoneRow.attachment_id)).first() is not None
    if revived:
        attachment.received_at = now  # its time begins again
    return revived


def tombstones_of(session: Session, attachment_ids: Iterable[int]) -> dict[int, TombstoneRow]:
    """Which of these attachments were deleted."""
    found = select(TombstoneRow).where(TombstoneRow.attachment_id.in_(list(attachment_ids)))
    return {row.attachment_id: row for row in session.scalars(found)}


def unneeded(session: Session, *, most: int) -> Sequence[str]:
    """The hashes of bytes that lie there though all their attachments were deleted."""
    query = select(TombstoneRow.sha256).distinct().where(TombstoneRow.removed_at.is_(None))
    return session.scalars(
        query.where(~_is_needed(TombstoneRow.sha256)).order_by(TombstoneRow.sha256).limit(most)
    ).all()


def is_needed(session: Session, sha256: str, *, of: str | None = None) -> bool:
    """Whether an attachment `of` an organisation needs these bytes; else one of any, or an interchange."""
    return bool(ask(session, _NEEDED if of is None else _NEEDED_OF, {"sha256": sha256, "organisation": of}).scalar())


def note_removed(session: Session, sha256: str, *, now: datetime) -> None:
    """Note that the bytes are gone."""
    gone = TombstoneRow.sha256 == sha256, TombstoneRow.removed_at.is_(None)
    session.execute(update(TombstoneRow).where(*gone).values(removed_at=now))


def _is_buried(attachment_id: object) -> ColumnElement[bool]:
    return exists().where(_TOMBSTONE.attachment_id == attachment_id)


def _is_needed(sha256: object, *, of: object = None) -> ColumnElement[bool]:
    live = exists().where(_ATTACHMENT.sha256 == sha256, ~_is_buried(_ATTACHMENT.id))
    if of is not None:
        return live.where(_ATTACHMENT.organisation == of)
    return or_(live, exists().where(InterchangeRow.sha256 == sha256))


# Asked with every file, so made once: that takes longer than to ask it.
_NEEDED = select(_is_needed(bindparam("sha256")))
_NEEDED_OF = select(_is_needed(bindparam("sha256"), of=bindparam("organisation")))
