"""Reports that are kept, part by part, and the schedules by which they are made."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from apexproof.report import Selection
from apexproof.store.reports import Asked
from apexproof.store.tables import JobRow, ReportPartRow, ReportRow, ReportScheduleRow

SELECTION = TypeAdapter(Selection)
"""How a selection is kept, as JSON."""


class ReportState(StrEnum):
    """How far a report is."""

    PROMISED = "promised"
    MADE = "made"
    FAILED = "failed"


def add_schedule(
    session: Session, asked: Asked, *, report: str, form: str, every: str, starts_at: datetime
) -> ReportScheduleRow:
    """Have a report made again and again, as of now first at `starts_at`."""
    row = ReportScheduleRow(
        organisation=asked.organisation,
        report=report,
        form=form,
        wanted=SELECTION.dump_json(asked.selection).decode(),
        every=every,
        starts_at=starts_at,
        next_at=starts_at,
        created_at=asked.as_of,
    )
    session.add(row)
    session.flush()
    return row


def schedules(session: Session, organisation: str) -> Sequence[ReportScheduleRow]:
    """The schedules of the organisation."""
    of_theirs = select(ReportScheduleRow).where(ReportScheduleRow.organisation == organisation)
    return session.scalars(of_theirs.order_by(ReportScheduleRow.id)).all()


def end_schedule(session: Session, organisation: str, schedule: int) -> bool:
    """End a schedule; the reports that it had made stay. Whether there was one."""
    theirs = ReportScheduleRow.organisation == organisation, ReportScheduleRow.id == schedule
    return session.execute(delete(ReportScheduleRow).where(*theirs).returning(ReportScheduleRow.id)).first() is not None


def due_schedules(session: Session, *, now: datetime, most: int) -> Sequence[ReportScheduleRow]:
    """The schedules whose hour has come, held."""
    due = select(ReportScheduleRow).where(ReportScheduleRow.next_at <= now).order_by(ReportScheduleRow.next_at)
    return session.scalars(due.limit(most).with_for_update(skip_locked=True)).all()


def add_report(session: Session, schedule: ReportScheduleRow, *, as_of: datetime) -> ReportRow:
    """Promise a report of a schedule."""
    row = ReportRow(
        organisation=schedule.organisation,
        schedule_id=schedule.id,
        report=schedule.report,
        form=schedule.form,
        wanted=schedule.wanted,
        state=ReportState.PROMISED,
        as_of=as_of,
    )
    session.add(row)
    session.flush()
    return row


def report_of(session: Session, organisation: str, report: int) -> ReportRow | None:
    """A kept report of the organisation."""
    return session.scalar(select(ReportRow).where(ReportRow.organisation == organisation, ReportRow.id == report))


def kept_reports(session: Session, organisation: str, *, before: int | None, most: int) -> Sequence[ReportRow]:
    """The kept reports of the organisation, the newest first."""
    query = select(ReportRow).where(ReportRow.organisation == organisation)
    if before is not None:
        query = query.where(ReportRow.id < before)
    return session.scalars(query.order_by(ReportRow.id.desc()).limit(most)).all()


def forget_parts(session: Session, report: int) -> None:
    """Begin to write a report anew."""
    session.execute(delete(ReportPartRow).where(ReportPartRow.report_id == report))


def add_part(session: Session, report: int, number: int, octets: bytes) -> None:
    """Keep the next bytes of a report."""
    session.add(ReportPartRow(report_id=report, number=number, octets=zlib.compress(octets)))


def part(session: Session, report: int, number: int) -> bytes | None:
    """Some bytes of a report; None behind the last."""
    octets = session.scalar(
        select(ReportPartRow.octets).where(ReportPartRow.report_id == report, ReportPartRow.number == number)
    )
    return None if octets is None else zlib.decompress(octets)


def note_report(session: Session, report: int, state: ReportState, *, size: int | None, now: datetime | None) -> None:
    """A report stands so, since `now` when that is an end."""
    values = {"state": state, "size": size, "made_at": now}
    session.execute(update(ReportRow).where(ReportRow.id == report).values(**values))


def forget_reports(session: Session, *, before: datetime, most: int) -> None:
    """Remove reports that are older."""
    old = list(session.scalars(select(ReportRow.id).where(ReportRow.as_of < before).limit(most)))
    if old:
        session.execute(delete(ReportPartRow).where(ReportPartRow.report_id.in_(old)))
        session.execute(delete(JobRow).where(JobRow.report_id.in_(old)))
        session.execute(delete(ReportRow).where(ReportRow.id.in_(old)))
