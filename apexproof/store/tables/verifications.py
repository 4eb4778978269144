"""Verifications, and the policies that they were made under."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, PackedText, Table


class PolicyRow(Table):
    """A policy that was ever in force, so that years later it can be said what was demanded."""

    __tablename__ = "policies"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)


class VerificationRow(Table):
    """An answer for a claim. Rows are added and never changed; the same question is answered once."""

    __tablename__ = "verifications"
    __table_args__ = (
        UniqueConstraint(
            "claim_id",
            "revision",
            "files_digest",
            "reader",
            "engine",
            "policy_digest",
            "history_digest",
            "attestations_digest",
            name="uq_verifications_question",
        ),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    files_digest: Mapped[Digest]
    reader: Mapped[str] = mapped_column(String(20))
    engine: Mapped[str] = mapped_column(String(20))
    policy_digest: Mapped[Digest] = mapped_column(ForeignKey("policies.digest"))
    history_digest: Mapped[Digest]
    """Over what other claims said that bore on it (`store.histories`)."""
    attestations_digest: Mapped[Digest]
    """Over what persons had settled."""
    outcome: Mapped[str] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(PackedText)
    made_at: Mapped[datetime]
