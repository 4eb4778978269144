"""Reports: what is missing and how claims stand, at once; and those that the schedule makes and keeps."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import StreamingResponse

from apexproof.formats.reports.as_json import MissingEvidenceDocument, SummaryDocument
from apexproof.report import ReportForm, ReportKind, Selection
from apexproof.reports import FormUnknown, must_be_written, written
from apexproof.store.kept_reports import (
    ReportState,
    add_schedule,
    end_schedule,
    kept_reports,
    part,
    report_of,
    schedules,
)
from apexproof.store.keys import Caller
from apexproof.store.reports import Asked
from apexproof.store.tables import ReportRow
from apexproof.verification import Outcome
from api.parameters import PLAIN, Day
from api.premises import Here, Premises
from api.problems import NotAcceptable, NotFound, documented
from api.reports_documents import (
    CHECK,
    PROVIDER,
    WAITING_MOST,
    ReportAnswer,
    ReportPage,
    ScheduleAnswer,
    ScheduleAsked,
    ScheduleList,
)
from api.security import Reader, SubmitterTrail

router = APIRouter(prefix="/v1/reports", tags=["reports"])
MEDIA_TYPES = {
    ReportForm.JSON: "application/json",
    ReportForm.CSV: "text/csv",
    ReportForm.HTML: "text/html",
    ReportForm.PDF: "application/pdf",
}
# The page loads nothing and runs nothing: should something slip into it, it stays text.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_CSV, _HTML, _PDF = ({MEDIA_TYPES[form]: {"schema": {"type": "string"}}} for form in list(ReportForm)[1:])
_FORMAT = Query(alias="format", description="instead of the header Accept")
Identity = Annotated[int, Path(ge=1, le=2**62)]


@router.get(
    "/missing-evidence",
    summary="Report what is missing",
    response_class=StreamingResponse,
    responses={
        200: {"model": MissingEvidenceDocument, "content": _CSV | _HTML | _PDF},
        **documented(NotAcceptable),
    },
)
def missing_evidence(  # noqa: PLR0913, PLR0917 - one argument for each filter
    here: Here,
    caller: Reader,
    form: Annotated[ReportForm | None, _FORMAT] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
    outcome: Outcome | None = None,
    payer: Annotated[str | None, Query(max_length=200, pattern=PLAIN)] = None,
    provider: Annotated[str | None, Query(pattern=PROVIDER, description="NPI of the billing provider")] = None,
    check: Annotated[str | None, Query(pattern=CHECK, description="a check that is in the way")] = None,
    visited_from: Annotated[Day | None, Query(description="first day of the D3351 visit")] = None,
    visited_until: Annotated[Day | None, Query(description="last day of it")] = None,
    waiting_days: Annotated[int | None, Query(ge=0, le=WAITING_MOST, description="at least so many days")] = None,
) -> Response:
    """Each claim that is not verified: what is missing, since when, and what to send; then the totals.

    Those that wait longest come first. As JSON, CSV, HTML or PDF, by `format` or the header Accept; it is sent while it
    is made, so it may be of any length. A PDF lists 10,000 claims at most, and says so on its first page.
    """
    selection = Selection(
        outcome=outcome,
        payer=payer,
        provider=provider,
        check=check,
        visited_from=visited_from,
        visited_until=visited_until,
        waiting_days=waiting_days,
    )
    return report_now(here, caller, selection, ReportKind.MISSING_EVIDENCE, form or _accepted(accept))


@router.get(
    "/summary",
    summary="Report how claims stand",
    response_class=StreamingResponse,
    responses={
        200: {"model": SummaryDocument, "content": _CSV | _HTML},
        **documented(NotAcceptable, FormUnknown),
    },
)
def summary(  # noqa: PLR0913, PLR0917 - one argument for each filter
    here: Here,
    caller: Reader,
    form: Annotated[ReportForm | None, _FORMAT] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
    payer: Annotated[str | None, Query(max_length=200, pattern=PLAIN)] = None,
    provider: Annotated[str | None, Query(pattern=PROVIDER, description="NPI of the billing provider")] = None,
    visited_from: Annotated[Day | None, Query(description="first day of the D3351 visit")] = None,
    visited_until: Annotated[Day | None, Query(description="last day of it")] = None,
) -> Response:
    """How many claims there are, by outcome, check, payer, provider and month of arrival, and how many passed at first.

    A claim passes at first when it is verified as it was first claimed, within a day of its arrival.
    """
    selection = Selection(payer=payer, provider=provider, visited_from=visited_from, visited_until=visited_until)
    return report_now(here, caller, selection, ReportKind.SUMMARY, form or _accepted(accept))


@router.post(
    "/schedules",
    summary="Have a report made again and again",
    status_code=HTTPStatus.CREATED,
    responses=documented(FormUnknown),
)
def begin_schedule(asked: ScheduleAsked, here: Here, trail: SubmitterTrail) -> ScheduleAnswer:
    """Have a report made every day, week or month at the same hour (UTC); it is kept, and listed with the reports."""
    must_be_written(asked.report, asked.format)
    now = here.clock().now
    of = Asked(organisation=trail.caller.organisation, selection=asked.selection.selection, as_of=now)
    with here.database.writing() as session:
        row = add_schedule(
            session,
            of,
            report=asked.report,
            form=asked.format,
            every=asked.every,
            starts_at=max(asked.starts_at or now, now),
        )
        trail.note(session, thing=str(row.id))
    return ScheduleAnswer.of(row)


@router.get("/schedules", summary="List the schedules", responses=documented())
def list_schedules(here: Here, caller: Reader) -> ScheduleList:
    """The schedules of the organisation."""
    with here.database.looking() as session:
        return ScheduleList(schedules=[ScheduleAnswer.of(row) for row in schedules(session, caller.organisation)])


@router.delete(
    "/schedules/{schedule}",
    summary="End a schedule",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(NotFound),
)
def delete_schedule(schedule: Identity, here: Here, trail: SubmitterTrail) -> None:
    """End a schedule; the reports that it had made are kept."""
    with here.database.writing() as session:
        trail.note(session)
        known = end_schedule(session, trail.caller.organisation, schedule)
    if not known:
        raise NotFound("There is no schedule of this number.")


@router.get("", summary="List the kept reports", responses=documented())
def list_reports(
    here: Here,
    caller: Reader,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ReportPage:
    """The reports that schedules had made, the newest first."""
    with here.database.looking() as session:
        rows = kept_reports(session, caller.organisation, before=before, most=limit + 1)
    page = [ReportAnswer.of(row) for row in rows[:limit]]
    further = f"{router.prefix}?before={page[-1].id}&limit={limit}" if len(rows) > limit else None
    return ReportPage(reports=page, next=further)


@router.get("/{report}", summary="Show a kept report", responses=documented(NotFound))
def show_report(report: Identity, here: Here, caller: Reader) -> ReportAnswer:
    """What it tells of and how far it is."""
    return ReportAnswer.of(_found(here, caller, report))


@router.get(
    "/{report}/content",
    summary="Fetch a kept report",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {"schema": {}}} | _CSV | _HTML | _PDF}, **documented(NotFound)},
)
def fetch_report(report: Identity, here: Here, caller: Reader) -> Response:
    """The report itself, in the form in which it was asked for."""
    row = _found(here, caller, report)
    if row.state != ReportState.MADE:
        raise NotFound("This report is not made yet; ask for its state.")
    return _streamed(_parts(here, row.id), ReportKind(row.report), ReportForm(row.form), row.as_of.date().isoformat())


def report_now(here: Premises, caller: Caller, selection: Selection, kind: ReportKind, form: ReportForm) -> Response:
    """A report as it stands now, sent while it is made.

    Raises:
        FormUnknown: it is not written in that form.
    """
    must_be_written(kind, form)
    asked = Asked(organisation=caller.organisation, selection=selection, as_of=here.clock().now)
    return _streamed(written(here.database.looking, asked, kind, form), kind, form, asked.as_of.date().isoformat())


def _streamed(pieces: Iterator[bytes], kind: ReportKind, form: ReportForm, day: str) -> Response:
    headers = dict(_HARMLESS)
    if form in (ReportForm.CSV, ReportForm.PDF):
        headers["Content-Disposition"] = f'attachment; filename="{kind}-{day}.{form}"'
    text = "; charset=utf-8" if form in (ReportForm.CSV, ReportForm.HTML) else ""
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[form] + text, headers=headers)


def _parts(here: Premises, report: int) -> Iterator[bytes]:
    number = 0
    while True:
        with here.database.looking() as session:
            octets = part(session, report, number)
        if octets is None:
            return
        yield octets
        number += 1


def _found(here: Premises, caller: Caller, report: int) -> ReportRow:
    with here.database.looking() as session:
        row = report_of(session, caller.organisation, report)
    if row is None:
        raise NotFound("There is no report of this number.")
    return row


def _accepted(accept: str) -> ReportForm:
    """The form that the caller would rather have; JSON, when all are alike.

    Raises:
        NotAcceptable: none of them.
    """
    best: tuple[float, ReportForm] | None = None
    for offered in accept.split(","):
        media_type, *parameters = (step.strip().lower() for step in offered.split(";"))
        weight = _weight(parameters)
        for form, known in MEDIA_TYPES.items():
            fits = media_type in (known, "*/*", f"{known.partition('/')[0]}/*")
            if fits and weight > 0 and (best is None or weight > best[0]):
                best = weight, form
    if best is None:
        raise NotAcceptable("A report is written as JSON, CSV, HTML or PDF; name one with 'format'.")
    return best[1]


def _weight(parameters: list[str]) -> float:
    """The `q` of RFC 9110, 12.4.2."""
    stated = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
    try:
        return float(stated)
    except ValueError:
        return 0.0
