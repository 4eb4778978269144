"""Reports: who is told of, since when, what to send; each claim once, by the hour, and never somebody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from apexproof.report import ReportForm, ReportKind, Selection
from apexproof.reports import Every, FormUnknown, done, give_up, make, must_be_written, promise_due, written
from apexproof.review import replay, verify_claim
from apexproof.store.database import Database
from apexproof.store.jobs import JobState, Work, set_aside
from apexproof.store.kept_reports import (
    ReportState,
    add_schedule,
    end_schedule,
    forget_reports,
    kept_reports,
    part,
    report_of,
    schedules,
)
from apexproof.store.reports import Asked, Place, open_claims, summary, totals
from apexproof.store.tables import ClaimRow, JobRow, ReportRow
from apexproof.store.verifications import history
from fixtures.claims import line
from fixtures.claims import tooth as claimed
from tests.kept import NOON, YOUNG, clock, kept_claim
from tests.store.rows import OURS, THEIRS

LATER = NOON + timedelta(days=40)


def asked(organisation: str = OURS, as_of: datetime = LATER, **selection: Any) -> Asked:  # noqa: ANN401 - any of its fields
    return Asked(organisation=organisation, selection=Selection(**selection), as_of=as_of)


def told(database: Database, of: Asked, kind: ReportKind = ReportKind.MISSING_EVIDENCE) -> Any:  # noqa: ANN401 - JSON
    return json.loads(b"".join(written(database.looking, of, kind, ReportForm.JSON)))


def stock(database: Database) -> None:
    """One claim in order, two that are not (of two payers), one that nobody judged, and one of somebody else."""
    with database.writing() as session:
        kept_claim(session, "GOOD")
        kept_claim(session, "LATE", taken="2026-02-11", seconds=60)
        kept_claim(session, "BARE", taken=None, payer={"id": "PAYER-2"}, seconds=30 * 86400)
        kept_claim(session, "NEW", judged=None)
        kept_claim(session, "THEIRS", taken=None, organisation=THEIRS)


def test_each_claim_that_is_not_verified_is_told_of_with_what_to_send(database: Database) -> None:
    stock(database)
    report = told(database, asked())
    assert [(claim["number"], claim["outcome"], claim["waiting_days"]) for claim in report["claims"]] == [
        ("LATE", "contradicted", 39),
        ("BARE", "missing_evidence", 10),
    ]
    (late,) = report["claims"][0]["missing"]
    assert late["check"] == "APX401"
    assert "was taken on 2026-02-11" in late["message"]
    assert late["send"].startswith("Attach the image that was taken before")
    assert report["totals"]["claims"] == 2
    assert report["totals"]["not_judged_yet"] == 1
    assert report["totals"]["by_payer"] == [{"of": "PAYER-1", "claims": 1}, {"of": "PAYER-2", "claims": 1}]
    assert [(one["of"], one["claims"]) for one in report["totals"]["by_age"]] == [
        ("0 to 6 days", 0),
        ("7 to 29 days", 1),
        ("30 to 89 days", 1),
        ("90 days or more", 0),
    ]


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        ({"payer": "PAYER-2"}, ["BARE"]),
        ({"check": "APX401"}, ["LATE"]),
        ({"outcome": "missing_evidence"}, ["BARE"]),
        ({"waiting_days": 39}, ["LATE"]),
        ({"visited_from": date(2026, 2, 11)}, []),
        ({"visited_until": date(2026, 2, 10)}, ["LATE", "BARE"]),
        ({"provider": "0000000000"}, ["LATE", "BARE"]),
        ({"outcome": "verified"}, []),
    ],
)
def test_only_what_is_selected_is_told_of_and_counted(
    database: Database, selection: dict[str, Any], numbers: list[str]
) -> None:
    stock(database)
    report = told(database, asked(**selection))
    assert [claim["number"] for claim in report["claims"]] == numbers
    assert report["totals"]["claims"] == len(numbers)
    assert sum(one["claims"] for one in report["totals"]["by_payer"]) == len(numbers)


def test_an_outcome_that_stays_is_as_old_as_its_first_verification(database: Database) -> None:
    with database.writing() as session:
        claim = kept_claim(session, "LATE", taken="2026-02-11")
        verify_claim(session, claim.id, YOUNG, clock(3 * 86400))
        outcomes = [row.outcome for row, _ in history(session, claim.id)]
    assert outcomes == ["contradicted", "contradicted"]
    assert told(database, asked())["claims"][0]["since"].startswith(NOON.isoformat()[:16])


def test_pages_tell_of_every_claim_once_those_that_wait_longest_first(database: Database) -> None:
    with database.writing() as session:
        for index in range(7):
            kept_claim(session, f"C-{index}", taken=None, seconds=60 * (3 - index // 2))
    numbers, place = [], None
    with database.looking() as session:
        while page := open_claims(session, asked(), place, most=2):
            numbers += [claim.number for _, claim in page]
            place = page[-1][0]
            assert isinstance(place, Place)
    assert numbers == ["C-6", "C-4", "C-5", "C-2", "C-3", "C-0", "C-1"]


def test_a_claim_that_changes_while_the_report_is_made_is_not_told_of_twice(database: Database) -> None:
    with database.writing() as session:
        first = kept_claim(session, "A", taken=None)
        kept_claim(session, "B", taken=None)
    with database.looking() as session:
        ((place, claim),) = open_claims(session, asked(as_of=NOON), None, most=1)
        assert claim.number == "A"
    with database.writing() as session:
        kept_claim(session, "A", taken="2026-02-11", seconds=5)
        assert session.get_one(ClaimRow, first.id).outcome == "contradicted"
    with database.looking() as session:
        assert [claim.number for _, claim in open_claims(session, asked(as_of=NOON), place, most=10)] == ["B"]


def test_nobody_is_told_of_somebody_elses_claims(database: Database) -> None:
    stock(database)
    report = told(database, asked(THEIRS))
    assert [claim["number"] for claim in report["claims"]] == ["THEIRS"]
    assert told(database, asked("nobody"))["totals"]["claims"] == 0


def test_the_summary_counts_all_claims_and_how_many_passed_at_first(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        none = kept_claim(session, "OTHER", lines=[line(procedure="D0220", on=claimed("8"))], seconds=1)
        assert none.outcome == "not_applicable"
        found = summary(session, asked())
        sums = totals(session, asked())
    assert (found.claims, found.not_judged_yet, found.first_pass) == (5, 1, 1)
    assert found.first_pass_rate == pytest.approx(1 / 3)
    assert {one.of: one.claims for one in found.by_outcome} == {
        "verified": 1, "contradicted": 1, "missing_evidence": 1, "not_applicable": 1
    }  # fmt: skip
    assert [(one.of, one.claims, one.verified, one.open) for one in found.by_month] == [
        ("2026-02", 4, 1, 1),
        ("2026-03", 1, 0, 1),
    ]
    assert {one.of: (one.claims, one.first_pass) for one in found.by_payer} == {"PAYER-1": (4, 1), "PAYER-2": (1, 0)}
    assert found.by_check == sums.by_check
    assert told(database, asked(), ReportKind.SUMMARY)["first_pass_rate"] == pytest.approx(1 / 3)


def test_a_summary_of_nothing_is_no_rate(database: Database) -> None:
    with database.looking() as session:
        assert summary(session, asked()).first_pass_rate is None


@pytest.mark.parametrize("form", list(ReportForm))
def test_every_form_tells_of_the_same_claims(database: Database, form: ReportForm) -> None:
    stock(database)
    whole = b"".join(written(database.looking, asked(), ReportKind.MISSING_EVIDENCE, form))
    assert whole.startswith(b"%PDF") if form is ReportForm.PDF else all(name in whole for name in (b"LATE", b"BARE"))
    assert b"GOOD" not in whole


def test_the_summary_is_not_written_as_pdf(database: Database) -> None:
    with pytest.raises(FormUnknown, match="print the HTML"):
        must_be_written(ReportKind.SUMMARY, ReportForm.PDF)
    with pytest.raises(FormUnknown):
        written(database.looking, asked(), ReportKind.SUMMARY, ReportForm.PDF)


def begun(session: Session, *, form: ReportForm = ReportForm.CSV, every: Every = Every.WEEK) -> int:
    """A schedule from noon on."""
    return add_schedule(
        session, asked(as_of=NOON), report=ReportKind.MISSING_EVIDENCE, form=form, every=every, starts_at=NOON
    ).id


def promised(database: Database, seconds: float) -> list[int]:
    """The reports that the schedule promises at that time."""
    with database.writing() as session:
        rings = promise_due(session, clock(seconds))
        assert all(ring.work is Work.REPORT for ring in rings)
        found = select(JobRow.report_id).where(JobRow.id.in_([ring.job for ring in rings]))
        return [one for one in session.scalars(found) if one is not None]


def content(session: Session, report: int) -> Iterator[bytes]:
    number = 0
    while (octets := part(session, report, number)) is not None:
        yield octets
        number += 1


def test_a_schedule_has_its_report_made_at_its_hour_and_misses_are_made_up_for_once(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        begun(session)
    assert promised(database, -1) == []
    (report,) = promised(database, 0)
    assert promised(database, 1) == []
    size = make(database.looking, database.writing, report)
    with database.writing() as session:
        assert report_of(session, OURS, report) is not None
        done(session, report, size, clock(2))
        whole = b"".join(content(session, report))
        assert len(whole) == size
        now = Asked(organisation=OURS, selection=Selection(), as_of=NOON)
        assert whole == b"".join(written(database.looking, now, ReportKind.MISSING_EVIDENCE, ReportForm.CSV))
    assert len(promised(database, 30 * 86400)) == 1
    with database.looking() as session:
        (schedule,) = schedules(session, OURS)
        assert schedule.next_at == NOON + timedelta(weeks=5)
        assert schedules(session, THEIRS) == []


def test_a_report_that_broke_off_is_written_anew_from_its_beginning(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        begun(session, form=ReportForm.HTML)
    (report,) = promised(database, 0)
    sizes = [make(database.looking, database.writing, report) for _ in range(2)]
    with database.writing() as session:
        assert sizes[0] == sizes[1] == len(b"".join(content(session, report)))
        done(session, report, sizes[0], clock())
    assert make(database.looking, database.writing, report) == sizes[0]


def test_a_report_that_cannot_be_made_says_so_until_it_is_replayed(database: Database) -> None:
    with database.writing() as session:
        begun(session)
    (report,) = promised(database, 0)
    with database.writing() as session:
        (job,) = session.scalars(select(JobRow).where(JobRow.report_id == report))
        give_up(session, report, clock())
        set_aside(session, job.id, reason="no", now=NOON)
    with database.writing() as session:
        assert session.get_one(ReportRow, report).state == ReportState.FAILED
        assert replay(session, job.id, clock())
        session.expire_all()
        assert (session.get_one(ReportRow, report).state, session.get_one(JobRow, job.id).state) == (
            ReportState.PROMISED,
            JobState.QUEUED,
        )


def test_reports_go_when_they_are_old_and_stay_when_their_schedule_ends(database: Database) -> None:
    with database.writing() as session:
        schedule = begun(session, every=Every.DAY)
    for day in (0, 10):
        (report,) = promised(database, day * 86400)
        make(database.looking, database.writing, report)
    with database.writing() as session:
        assert not end_schedule(session, THEIRS, schedule)
        assert end_schedule(session, OURS, schedule)
        forget_reports(session, before=NOON + timedelta(days=1), most=10)
        assert [row.as_of for row in kept_reports(session, OURS, before=None, most=10)] == [NOON + timedelta(days=10)]
        assert kept_reports(session, THEIRS, before=None, most=10) == []
        assert report_of(session, THEIRS, report) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.sampled_from(Every), st.integers(0, 400))  # noqa: DTZ001 - the zone follows
def test_the_next_hour_is_the_first_that_is_yet_to_come(start: datetime, every: Every, days: int) -> None:
    starts_at = start.replace(tzinfo=UTC)
    now = starts_at + timedelta(days=days)
    following = every.after(starts_at, now)
    longest = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 31}[every]
    assert timedelta(0) < following - now <= timedelta(days=longest)
    assert following.time() == starts_at.time()


def test_a_report_of_the_thirty_first_comes_on_the_last_day_of_shorter_months() -> None:
    first = datetime(2026, 1, 31, 6, tzinfo=UTC)
    hours = [Every.MONTH.hour(first, number) for number in range(13)]
    assert [hour.day for hour in hours] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    assert hours[12] == datetime(2027, 1, 31, 6, tzinfo=UTC)
