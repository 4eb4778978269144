"""Reports: what is missing and since when, written as it is read from the store; made by the hour, and kept.

A report looks at the rows a page at a time, each in a look of its own, so that a million claims take no memory and hold
nothing up. It tells what stood at its moment and has not changed since: a claim whose outcome changes meanwhile is not
told of twice.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from sqlalchemy.orm import Session

from apexproof.errors import ApexproofError
from apexproof.formats.reports.as_csv import missing_evidence_csv, summary_csv
from apexproof.formats.reports.as_html import missing_evidence_html, summary_html
from apexproof.formats.reports.as_json import missing_evidence_json, summary_json
from apexproof.formats.reports.as_pdf import missing_evidence_pdf
from apexproof.formats.reports.heading import Heading
from apexproof.report import OpenClaim, ReportForm, ReportKind, Totals
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.kept_reports import (
    SELECTION,
    ReportState,
    add_part,
    add_report,
    due_schedules,
    forget_parts,
    note_report,
)
from apexproof.store.reports import Asked, Place, open_claims, summary, totals
from apexproof.store.tables import ReportRow

Looking = Callable[[], AbstractContextManager[Session]]
"""How a door lets one look at the rows."""
_PAGE = 500
_PART = 256 * 1024
_DUE_AT_ONCE = 100


class FormUnknown(ApexproofError):
    """A report is not written in that form."""


class Every(StrEnum):
    """How often a report is made."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def hour(self, starts_at: datetime, number: int) -> datetime:
        """The hour so many periods after the first; in a month that is too short it is that of its last day."""
        if self is Every.DAY:
            return starts_at + timedelta(days=number)
        if self is Every.WEEK:
            return starts_at + timedelta(weeks=number)
        years, month = divmod(starts_at.month - 1 + number, 12)
        year, month = starts_at.year + years, month + 1
        return starts_at.replace(year=year, month=month, day=min(starts_at.day, calendar.monthrange(year, month)[1]))

    def after(self, starts_at: datetime, now: datetime) -> datetime:
        """The first of its hours that is yet to come."""
        return next(hour for number in count() if (hour := self.hour(starts_at, number)) > now)


def written(looking: Looking, asked: Asked, kind: ReportKind, form: ReportForm) -> Iterator[bytes]:
    """A report, piece by piece.

    Raises:
        FormUnknown: it is not written in that form.
    """
    heading = Heading(organisation=asked.organisation, as_of=asked.as_of, selection=asked.selection)
    if kind is ReportKind.SUMMARY:
        return _summary(looking, asked, heading, form)

    def counted() -> Totals:
        with looking() as session:
            return totals(session, asked)

    claims = _open_claims(looking, asked)
    if form is ReportForm.JSON:
        return missing_evidence_json(heading, claims, counted)
    if form is ReportForm.CSV:
        return missing_evidence_csv(heading, claims)
    if form is ReportForm.HTML:
        return missing_evidence_html(heading, claims, counted)
    return missing_evidence_pdf(heading, claims, counted())


def promise_due(session: Session, clock: Clock) -> list[Ring]:
    """Promise the reports whose hour has come; hours that were missed are made up for once."""
    rings = []
    for schedule in due_schedules(session, now=clock.now, most=_DUE_AT_ONCE):
        report = add_report(session, schedule, as_of=clock.now)
        rings.append(promise(session, Work.REPORT, of=report, clock=clock))
        schedule.next_at = Every(schedule.every).after(schedule.starts_at, clock.now)
    return rings


def make(looking: Looking, writing: Looking, report: int) -> int:
    """Write a kept report part by part, from the beginning however far an earlier try came; its size in bytes."""
    with writing() as session:
        row = session.get_one(ReportRow, report)
        if row.state != ReportState.PROMISED:
            return row.size or 0
        forget_parts(session, report)
    asked = Asked(organisation=row.organisation, selection=SELECTION.validate_json(row.wanted), as_of=row.as_of)
    size = 0
    for number, octets in enumerate(_parts(written(looking, asked, ReportKind(row.report), ReportForm(row.form)))):
        size += len(octets)
        with writing() as session:
            add_part(session, report, number, octets)
    return size


def done(session: Session, report: int, size: int, clock: Clock) -> None:
    """Let a report that is written be seen."""
    note_report(session, report, ReportState.MADE, size=size, now=clock.now)


def give_up(session: Session, report: int, clock: Clock) -> None:
    """Say of a report that it could not be made."""
    note_report(session, report, ReportState.FAILED, size=None, now=clock.now)


def must_be_written(kind: ReportKind, form: ReportForm) -> None:
    """Refuse a form in which a report is not written.

    Raises:
        FormUnknown: the summary as PDF.
    """
    if kind is ReportKind.SUMMARY and form is ReportForm.PDF:
        raise FormUnknown("The summary is written as JSON, CSV and HTML; print the HTML for a PDF.")


def _summary(looking: Looking, asked: Asked, heading: Heading, form: ReportForm) -> Iterator[bytes]:
    must_be_written(ReportKind.SUMMARY, form)
    with looking() as session:
        found = summary(session, asked)
    if form is ReportForm.JSON:
        return summary_json(heading, found)
    return summary_csv(found) if form is ReportForm.CSV else summary_html(heading, found)


def _open_claims(looking: Looking, asked: Asked) -> Iterator[OpenClaim]:
    place: Place | None = None
    while True:
        with looking() as session:
            page = open_claims(session, asked, place, most=_PAGE)
        yield from (claim for _, claim in page)
        if len(page) < _PAGE:
            return
        place = page[-1][0]


def _parts(pieces: Iterator[bytes]) -> Iterator[bytes]:
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= _PART:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
