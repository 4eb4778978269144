"""What persons settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Organisation, Table


class AttestationRow(Table):
    """A person's word on a claim. Rows are added and never changed; one is taken back by another that names it."""

    __tablename__ = "attestations"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    organisation: Mapped[Organisation]
    document: Mapped[str] = mapped_column(Text)
    """What was sent (JSON)."""
    finding: Mapped[str | None] = mapped_column(String(64))
    """Over what the finding said that it settles: when that says something else, it is open again."""
    key: Mapped[str] = mapped_column(String(16))
    key_name: Mapped[str] = mapped_column(String(100))
    """The key by which it was sent, and its name then."""
    made_at: Mapped[datetime]
