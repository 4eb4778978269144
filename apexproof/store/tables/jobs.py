"""Work that was promised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Identity, Organisation, Table


class JobRow(Table):
    """Work that was promised: the row is the truth, the message in the queue only rings.

    `wake_at` is when the sweep looks after it: not heard of since it was sent, or its lease has run out.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_wake_at", "state", "wake_at"),
        Index("ix_jobs_claim_id_state", "claim_id", "state"),
        Index("ix_jobs_attachment_id_state", "attachment_id", "state"),
        Index("ix_jobs_delivery_id", "delivery_id"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    work: Mapped[str] = mapped_column(String(20))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_deliveries.id"))
    reprocessing_id: Mapped[int | None] = mapped_column(ForeignKey("reprocessings.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    request: Mapped[str | None] = mapped_column(String(36))
    """The id of the request from which it came, however many jobs lie between."""
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    sendings: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(40))
    wake_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))


class SweepRow(Table):
    """When jobs that were lost were last looked for: one row."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
