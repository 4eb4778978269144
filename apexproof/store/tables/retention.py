"""Claims that were closed, and files that were deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Organisation, Table


class ClosureRow(Table):
    """A claim that is closed. A new revision opens it again and removes this; the audit trail keeps both."""

    __tablename__ = "claim_closures"
    __table_args__ = (Index("ix_claim_closures_closed_at", "closed_at"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    organisation: Mapped[Organisation]
    reason: Mapped[str] = mapped_column(String(500))
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(String(60))


class TombstoneRow(Table):
    """A file that was deleted: what it was, when and why. What was read in it stays.

    `removed_at` is when its bytes were removed from the disk; until then, or for ever while another attachment needs
    the same bytes, it is empty.
    """

    __tablename__ = "tombstones"
    __table_args__ = (Index("ix_tombstones_sha256", "sha256"), Index("ix_tombstones_removed_at", "removed_at"))

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)
    organisation: Mapped[Organisation]
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200))
    deleted_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
