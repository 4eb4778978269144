"""Sessions: who is signed in to the pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Table


class SessionRow(Table):
    """A browser that was signed in by a key. The token itself is nowhere; its SHA-256 is."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_seen_at", "seen_at"), Index("ix_sessions_key", "key"))

    token_sha256: Mapped[Digest] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), ForeignKey("keys.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
