"""Runs that judge kept claims anew, and the difference that each made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table


class ReprocessingRow(Table):
    """A run over claims, in the order of their identities.

    `reached` is the last one judged, `until` the last one there was when the run was asked for: what comes later is
    not part of it.
    """

    __tablename__ = "reprocessings"
    __table_args__ = (Index("ix_reprocessings_organisation_id", "organisation", "id"),)

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    why: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(100))
    policy_digest: Mapped[Digest] = mapped_column(ForeignKey("policies.digest"))
    wanted: Mapped[str] = mapped_column(Text)
    """Which claims, as JSON; or that they are listed in `reprocessing_claims`."""
    is_list: Mapped[bool]
    dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(500))
    reached: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int]
    done: Mapped[int]
    changed: Mapped[int]
    failed: Mapped[int]
    waiting: Mapped[int]
    """Claims reached whose files have to be read first."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ReprocessedClaimRow(Table):
    """A claim that is on the list of a run, or one that waits until its files are read."""

    __tablename__ = "reprocessing_claims"

    reprocessing_id: Mapped[int] = mapped_column(ForeignKey("reprocessings.id"), primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    waits: Mapped[bool]


class DifferenceRow(Table):
    """A claim whose outcome came out otherwise in a run, or could not be judged (`fault`)."""

    __tablename__ = "reprocessing_differences"

    reprocessing_id: Mapped[int] = mapped_column(ForeignKey("reprocessings.id"), primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    checks_before: Mapped[str] = mapped_column(Text)
    checks_after: Mapped[str] = mapped_column(Text)
    """The checks in the way, divided by blanks."""
    verification: Mapped[int | None]
    """The number, among the claim's verifications, of the one that was added; none in a dry run."""
    fault: Mapped[str | None] = mapped_column(String(200))
