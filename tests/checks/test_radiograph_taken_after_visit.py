"""APX401."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from apexproof.checks.case import Answer, Result
from apexproof.checks.radiograph_taken_after_visit import radiograph_taken_after_visit
from apexproof.claim import ClaimKind, ServiceLine
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.policy import SameDay
from tests.builders import at, at_time, attached, by, case, claim, d3351, judged, picture_of, said
from tests.checks.exhibits import ask, ask_of

CHECK = radiograph_taken_after_visit


def taken(
    *exposures: Observation[ExposureInterval] | ExposureInterval, line: ServiceLine | None = None, policy: str = "payer"
) -> Answer:
    stated = tuple(e if isinstance(e, Observation) else said(e) for e in exposures)
    return ask(CHECK, picture_of(exposure=stated), of=claim(line or d3351()), policy=policy)


def same_day(rule: SameDay, interval: ExposureInterval, line: ServiceLine) -> Result:
    made = case(attached(picture_of(exposure=(said(interval),))), of=claim(line))
    timing = made.policy.timing.model_copy(update={"same_day": rule})
    policy = made.policy.model_copy(update={"timing": timing})
    return judged(ask_of(CHECK, replace(made, policy=policy)))


def test_image_of_the_day_after_contradicts() -> None:
    answer = taken(at("2026-02-04 10:00"))
    assert (CHECK.id, judged(answer)) == ("APX401", Result.FAIL)
    assert (answer.measured, answer.limit) == ("2026-02-04 10:00", "2026-02-03")


def test_image_of_the_day_before_passes() -> None:
    answer = taken(at("2026-02-02"))
    assert (judged(answer), answer.measured) == (Result.PASS, "2026-02-02")


def test_upper_bound_before_the_visit_is_enough() -> None:
    assert judged(taken(by("2026-02-02"))) is Result.PASS


def test_late_upper_bound_proves_nothing() -> None:
    answer = taken(by("2026-02-09"))
    assert judged(answer) is Result.UNSURE
    assert "not later than 2026-02-09" in answer.message


@pytest.mark.parametrize(
    ("moment", "line", "expected"),
    [
        ("2026-02-03", d3351(), Result.UNSURE),
        ("2026-02-03 08:00", d3351(), Result.UNSURE),
        ("2026-02-03", at_time(9, 30), Result.UNSURE),
        ("2026-02-03 08:00", at_time(9, 30), Result.PASS),
        ("2026-02-03 09:30", at_time(9, 30), Result.FAIL),
        ("2026-02-03 11:00", at_time(9, 30), Result.FAIL),
    ],
)
def test_same_day_needs_both_times(moment: str, line: ServiceLine, expected: Result) -> None:
    assert same_day(SameDay.NEEDS_TIMES, at(moment), line) is expected


@pytest.mark.parametrize(
    ("moment", "line", "expected"),
    [
        ("2026-02-03", d3351(), Result.PASS),
        ("2026-02-03", at_time(9, 30), Result.PASS),
        ("2026-02-03 11:00", at_time(9, 30), Result.FAIL),
        ("2026-02-04", d3351(), Result.FAIL),
    ],
)
def test_same_day_may_be_accepted_unless_times_say_otherwise(moment: str, line: ServiceLine, expected: Result) -> None:
    assert same_day(SameDay.ACCEPT, at(moment), line) is expected


@pytest.mark.parametrize(
    ("moment", "line", "expected"),
    [
        ("2026-02-03", d3351(), Result.FAIL),
        ("2026-02-03 08:00", at_time(9, 30), Result.FAIL),
        ("2026-02-02", d3351(), Result.PASS),
    ],
)
def test_same_day_may_be_rejected(moment: str, line: ServiceLine, expected: Result) -> None:
    assert same_day(SameDay.REJECT, at(moment), line) is expected


def test_image_within_a_period_of_service_is_left_to_a_person() -> None:
    period = d3351(last_day=date(2026, 2, 6))
    assert judged(taken(at("2026-02-05"), line=period)) is Result.UNSURE
    assert judged(taken(at("2026-02-02"), line=period)) is Result.PASS
    assert judged(taken(at("2026-02-07"), line=period)) is Result.FAIL


def test_times_are_compared_on_the_clock_of_the_practice() -> None:
    moment = datetime.fromisoformat("2026-02-04T02:00:00+00:00")
    picture = picture_of(exposure=(said(ExposureInterval.at(moment)),))
    chicago = claim(at_time(21), zone=ZoneInfo("America/Chicago"))
    assert judged(ask(CHECK, picture, of=chicago)) is Result.PASS
    nowhere = claim(at_time(21), zone=None)
    assert judged(ask(CHECK, picture, of=nowhere)) is Result.UNSURE


def test_typed_date_is_enough_for_the_practice_only() -> None:
    typed = said(at("2026-02-01"), source="claim", strength=Strength.DECLARED)
    assert judged(taken(typed)) is Result.UNSURE
    assert judged(taken(typed, policy="practice")) is Result.PASS


def test_study_date_is_a_guess() -> None:
    assert judged(taken(said(at("2026-02-01"), strength=Strength.BOUND))) is Result.UNSURE
    assert judged(taken(said(at("2026-02-05"), strength=Strength.BOUND))) is Result.UNSURE


def test_disagreeing_dates_are_left_to_a_person() -> None:
    typed = said(at("2026-02-01"), source="EXIF", strength=Strength.FREE_TEXT)
    assert judged(taken(said(at("2026-02-05")), typed)) is Result.UNSURE
    assert judged(taken(said(at("2026-02-03")), typed)) is Result.UNSURE


def test_impossible_dates_prove_nothing() -> None:
    assert judged(taken(at("2031-01-01"))) is Result.UNSURE
    assert judged(taken(at("1970-01-01"))) is Result.UNSURE
    assert judged(taken(said(None, note="19000101"))) is Result.UNSURE
    assert judged(taken()) is Result.UNSURE


def test_without_a_visit_the_question_does_not_arise() -> None:
    undated = d3351(first_day=None, last_day=None)
    assert judged(taken(at("2026-02-02"), line=undated)) is Result.NOT_APPLICABLE
    for line in (undated, d3351()):
        answer = ask(CHECK, picture_of(), of=claim(line, kind=ClaimKind.PREDETERMINATION))
        assert judged(answer) is Result.NOT_APPLICABLE
        assert "predetermination" in answer.message


def test_law_moving_the_image_earlier_never_makes_it_worse() -> None:
    rank = [Result.FAIL, Result.UNSURE, Result.PASS]
    for line in (d3351(), at_time(9, 30), d3351(last_day=date(2026, 2, 5))):
        moments = [datetime(2026, 2, 7) - timedelta(hours=hours) for hours in range(0, 24 * 6, 3)]  # noqa: DTZ001 - local
        ranks = [rank.index(judged(taken(ExposureInterval.at(moment), line=line))) for moment in moments]
        assert ranks == sorted(ranks)


def test_a_date_as_strong_as_the_one_that_decides_and_later_leaves_it_open() -> None:
    first, second = said(at("2026-02-01"), source="Acquisition Date"), said(at("2026-02-03"), source="Content Date")
    for stated in ((first, second), (second, first)):
        answer = taken(*stated)
        assert (judged(answer), answer.measured) == (Result.UNSURE, "2026-02-01")
        assert answer.message == (
            "film-0.dcm was taken 2026-02-01 by Acquisition Date, but 2026-02-03 by Content Date."
        )


def test_dates_that_differ_prove_the_order_where_none_as_strong_excludes_the_one_that_decides() -> None:
    assert judged(taken(at("2026-02-01"), at("2026-02-02"))) is Result.PASS
    moment = at("2026-02-02 09:30").earliest
    until = ExposureInterval(earliest=at("2026-02-01").earliest, latest=moment)
    assert judged(taken(until, ExposureInterval(earliest=moment, latest=at("2026-02-05").latest))) is Result.PASS
    weaker = said(at("2026-02-03"), strength=Strength.DECLARED)
    assert judged(taken(said(at("2026-02-01")), weaker)) is Result.PASS
    bound = said(by("2026-02-09"), strength=Strength.CODED)
    assert judged(taken(at("2026-02-01"), bound)) is Result.PASS


@pytest.mark.parametrize(
    ("exposures", "message"),
    [
        ((), "Nothing usable says when film-0.dcm was taken."),
        (
            (said(at("2026-02-01"), source="claim", strength=Strength.DECLARED),),
            "film-0.dcm was taken before the visit only by 2026-02-01 (claim), which this policy does not rely on.",
        ),
        (
            (said(at("2026-02-05"), source="Study Date", strength=Strength.BOUND),),
            "film-0.dcm seems to be taken after the visit, but only by a guess: 2026-02-05 (Study Date).",
        ),
        (
            (said(at("2026-02-05"), source="Content Date"), said(at("2026-02-01"), source="EXIF")),
            "film-0.dcm was taken before the visit by 2026-02-01 (EXIF), but not by 2026-02-05 (Content Date).",
        ),
        (
            (said(by("2026-02-09"), source="modified"),),
            "film-0.dcm was taken not later than 2026-02-09 (modified); that may be before or after the visit.",
        ),
        (
            (said(at("2026-02-03"), source="EXIF"),),
            "film-0.dcm was taken on the day of the visit, 2026-02-03 (EXIF); without both times the order is open.",
        ),
    ],
)
def test_what_leaves_the_order_open_is_said(exposures: tuple[Observation[ExposureInterval], ...], message: str) -> None:
    answer = taken(*exposures)
    assert (judged(answer), answer.message) == (Result.UNSURE, message)


def test_image_within_the_days_of_the_visit_is_said_to_be_that() -> None:
    for day in ("2026-02-03", "2026-02-05", "2026-02-06"):
        answer = taken(at(day), line=d3351(last_day=date(2026, 2, 6)))
        assert answer.message == (
            f"film-0.dcm was taken {day} (DICOM attribute), within the time stated for the visit"
            " (2026-02-03 to 2026-02-06)."
        )


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-02", "2026-02-05"), ("2026-02-05", "2026-02-07"), ("2026-02-05", None), (None, "2026-02-05")],
)
def test_days_that_reach_beyond_the_visit_may_be_before_or_after_it(first: str | None, last: str | None) -> None:
    interval = ExposureInterval(
        earliest=at(first).earliest if first else None, latest=at(last).latest if last else None
    )
    answer = taken(interval, line=d3351(last_day=date(2026, 2, 6)))
    assert judged(answer) is Result.UNSURE
    assert answer.message == (
        f"film-0.dcm was taken {interval} (DICOM attribute); that may be before or after the visit."
    )


def test_evidence_is_what_tells_else_what_can_be_true_else_all_that_was_read() -> None:
    before, silent, impossible = said(at("2026-02-01")), said(by("2026-02-09")), said(at("1970-01-01"))
    told: list[tuple[tuple[Observation[ExposureInterval], ...], list[str]]] = [
        ((before, silent, impossible), ["2026-02-01"]),
        ((silent, impossible), ["not later than 2026-02-09"]),
        ((impossible, said(None, note="19000101"), said(None)), ["1970-01-01", "19000101", "unusable"]),
    ]
    for stated, shown in told:
        *seen, visit = taken(*stated).evidence
        assert [piece.value for piece in seen] == shown
        assert (visit.source, visit.value) == ("claim, lines[0].service_date", "2026-02-03")
