"""Reports that are made by the schedule, and kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Identity, Organisation, Table


class ReportScheduleRow(Table):
    """A report that is to be made again and again; `next_at` is when it is made next."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        Index("ix_report_schedules_next_at", "next_at"),
        Index("ix_report_schedules_organisation_id", "organisation", "id"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    report: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[str] = mapped_column(Text)
    every: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime]
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]


class ReportRow(Table):
    """A report that was made, or is being made; its bytes are in `report_parts`."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_organisation_id", "organisation", "id"), Index("ix_reports_as_of", "as_of"))

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    schedule_id: Mapped[int | None] = mapped_column(BigInteger)
    """The schedule that had it made, which may be gone."""
    report: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[datetime]
    made_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)


class ReportPartRow(Table):
    """Some of the bytes of a report: it is written and sent part by part, and never held whole."""

    __tablename__ = "report_parts"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    octets: Mapped[bytes] = mapped_column(LargeBinary)
