"""APX403."""

from __future__ import annotations

from datetime import date

from apexproof.checks.case import Answer, Result
from apexproof.checks.service_date_missing import service_date_missing
from apexproof.claim import ClaimKind
from tests.builders import VISIT, case, claim, d3351, judged


def on(first: date | None, last: date | None, kind: ClaimKind = ClaimKind.CLAIM) -> Answer:
    return service_date_missing.function(case(of=claim(d3351(first_day=first, last_day=last), kind=kind)))


def test_line_without_a_date_fails() -> None:
    assert (service_date_missing.id, judged(on(None, None))) == ("APX403", Result.FAIL)


def test_dated_line_passes() -> None:
    answer = on(VISIT, VISIT)
    assert (judged(answer), answer.measured) == (Result.PASS, "2026-02-03")
    assert answer.message == "The visit of line 1 was on 2026-02-03."


def test_period_is_a_date_and_is_said_to_be_one() -> None:
    answer = on(VISIT, date(2026, 2, 6))
    assert (judged(answer), answer.measured) == (Result.PASS, "2026-02-03 to 2026-02-06")
    assert "states a period, 2026-02-03 to 2026-02-06;" in answer.message


def test_visit_after_the_receipt_of_the_claim_is_doubted() -> None:
    answer = on(date(2027, 2, 3), date(2027, 2, 3))
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, "2027-02-03", "2026-02-10")


def test_visit_before_birth_is_doubted() -> None:
    assert judged(on(date(2016, 2, 3), date(2016, 2, 3))) is Result.UNSURE


def test_predetermination_has_no_visit_yet() -> None:
    assert judged(on(None, None, ClaimKind.PREDETERMINATION)) is Result.NOT_APPLICABLE


def test_law_any_day_between_birth_and_receipt_passes() -> None:
    for day in (date(2017, 3, 3), date(2020, 2, 29), date(2026, 2, 10)):
        assert judged(on(day, day)) is Result.PASS
