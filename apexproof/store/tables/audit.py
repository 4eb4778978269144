"""The audit trail: who did what, and the head of each organisation's chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table

_UNSEALED = text("position IS NULL")


class AuditRow(Table):
    """One read or write of patient data. It is added and then sealed; its content never changes.

    It names a claim by its row, never by its number, and holds nothing of a claim's content. It refers to no other
    table by a constraint: an entry outlives what it tells of.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("organisation", "position"),
        Index("ix_audit_entries_unsealed", "id", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
        Index("ix_audit_entries_claim_id", "claim_id"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    actor: Mapped[str] = mapped_column(String(60))
    """A key's identifier, `worker`, or the user of a command."""
    action: Mapped[str] = mapped_column(String(120))
    claim_id: Mapped[int | None] = mapped_column(BigInteger)
    thing: Mapped[str | None] = mapped_column(String(100))
    """What else it was done to: a file's SHA-256, a key, a number."""
    address: Mapped[str | None] = mapped_column(String(100))
    request: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    position: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[Digest | None]


class AuditHeadRow(Table):
    """How long an organisation's chain is and the hash of its last entry, so that a missing end shows."""

    __tablename__ = "audit_heads"

    organisation: Mapped[Organisation] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[Digest]
