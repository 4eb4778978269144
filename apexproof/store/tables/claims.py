"""Claims, every revision of them, and what stands in their way."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table


class ClaimRow(Table):
    """A claim, under its sender's number."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("organisation", "number"),
        Index("ix_claims_organisation_outcome_number", "organisation", "outcome", "number"),
        Index("ix_claims_organisation_outcome_since_id", "organisation", "outcome_since", "id"),
        Index("ix_claims_organisation_outcome_outcome_since_id", "organisation", "outcome", "outcome_since", "id"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    number: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int]
    received_at: Mapped[datetime]
    payer: Mapped[str | None] = mapped_column(String(200))
    provider: Mapped[str | None] = mapped_column(String(10))
    visit: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    verification: Mapped[int | None]
    """The number, among the claim's verifications, of the one that holds now."""
    outcome_since: Mapped[datetime | None]
    """When the first of its latest verifications was made that all had this outcome."""
    first_pass: Mapped[bool | None]
    """Whether it was verified as it was first claimed, and soon; None of one that never was verified."""


class RevisionRow(Table):
    """What the sender claimed, each time it changed."""

    __tablename__ = "claim_revisions"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[Digest]
    document: Mapped[str] = mapped_column(Text)
    as_read: Mapped[str | None] = mapped_column(Text)
    """What was read in it (JSON), by the engine of that version."""
    as_read_by: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[datetime]


class ControlNumberRow(Table):
    """An attachment control number that the latest revision of a claim declares."""

    __tablename__ = "claim_control_numbers"
    __table_args__ = (Index("ix_claim_control_numbers_number", "organisation", "control_number"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    control_number: Mapped[str] = mapped_column(String(80), primary_key=True)
    organisation: Mapped[Organisation]


class ObstacleRow(Table):
    """A check that stands between a claim and `verified`, as of the verification that holds now."""

    __tablename__ = "claim_obstacles"
    __table_args__ = (Index("ix_claim_obstacles_check", "check"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    check: Mapped[str] = mapped_column(String(10), primary_key=True)
    message: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str | None] = mapped_column(Text)
