"""APX702."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from apexproof.checks.case import Answer, Result
from apexproof.checks.visits_out_of_order import visits_out_of_order
from apexproof.claim import EarlierService
from tests.builders import VISIT, case, claim, d3351, earlier, judged, service, universal


def followed(days: int, code: str = "D3352", tooth: str = "8") -> Answer:
    later = service(code, tooth, day=VISIT + timedelta(days=days), line=2)
    return visits_out_of_order.function(case(of=claim(d3351(), later)))


@pytest.mark.parametrize("code", ["D3352", "D3353"])
def test_later_visit_before_the_initial_one_fails(code: str) -> None:
    answer = followed(-30, code)
    assert (visits_out_of_order.id, judged(answer), answer.measured) == ("APX702", Result.FAIL, -30)
    assert answer.message.startswith("A later visit lies before the initial one: ")


def test_both_visits_on_one_day_fail() -> None:
    answer = followed(0)
    assert (judged(answer), answer.measured, answer.limit) == (Result.FAIL, 0, 7)
    assert answer.message == "A later visit is billed for the day of the initial one: D3352 on line 2 (2026-02-03)."


def test_visit_after_three_days_is_left_to_a_person() -> None:
    answer = followed(3)
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 3, 7)


def test_visit_after_three_months_passes() -> None:
    answer = followed(90)
    assert (judged(answer), answer.measured) == (Result.PASS, 90)


def test_other_tooth_does_not_count() -> None:
    assert judged(followed(-30, tooth="9")) is Result.PASS


def test_history_counts() -> None:
    service = EarlierService(
        procedure="D3352", tooth=universal("8"), service_date=date(2025, 12, 1), claim_number="C-0"
    )
    assert judged(visits_out_of_order.function(case(history=earlier(service)))) is Result.FAIL


def test_undated_later_visit_is_left_to_a_person() -> None:
    service = EarlierService(procedure="D3353", tooth=universal("8"))
    assert judged(visits_out_of_order.function(case(history=earlier(service)))) is Result.UNSURE


def test_period_that_contains_the_later_visit_is_left_to_a_person() -> None:
    made = claim(d3351(last_day=VISIT + timedelta(days=9)), service("D3352", "8", day=VISIT + timedelta(days=5)))
    assert judged(visits_out_of_order.function(case(of=made))) is Result.UNSURE


def test_without_a_tooth_the_question_does_not_arise() -> None:
    assert judged(visits_out_of_order.function(case(of=claim(d3351(tooth=None))))) is Result.NOT_APPLICABLE


def test_law_moving_the_later_visit_later_never_makes_it_worse() -> None:
    rank = [Result.FAIL, Result.UNSURE, Result.PASS]
    ranks = [rank.index(judged(followed(days))) for days in range(-10, 20)]
    assert ranks == sorted(ranks)


def test_a_visit_on_the_last_day_of_a_longer_one_is_left_to_a_person() -> None:
    first = d3351(first_day=VISIT - timedelta(days=2))
    answer = visits_out_of_order.function(case(of=claim(first, service("D3352", "8", line=2))))
    assert (judged(answer), answer.measured) == (Result.UNSURE, 0)
    assert "by only 0 days" in answer.message


def test_evidence_names_the_claim_of_the_later_visit_and_the_initial_one() -> None:
    known = EarlierService(procedure="D3352", tooth=universal("8"), service_date=date(2025, 12, 1), claim_number="C-0")
    answer = visits_out_of_order.function(case(history=earlier(known)))
    assert [(piece.source, piece.value) for piece in answer.evidence] == [
        ("history, C-0", "D3352 on 2025-12-01, claim C-0"),
        ("claim, lines[0].service_date", "2026-02-03"),
    ]
    nameless = visits_out_of_order.function(case(history=earlier(replace(known, claim_number=None))))
    assert nameless.evidence[0].source == "history, claim not stated"


def test_a_policy_without_a_least_spacing_takes_a_visit_of_the_next_day() -> None:
    asked = case(of=claim(d3351(), service("D3352", "8", day=VISIT + timedelta(days=1), line=2)))
    sequence = asked.policy.sequence.model_copy(update={"min_days_between_visits": 0})
    policy = asked.policy.model_copy(update={"sequence": sequence})
    answer = visits_out_of_order.function(replace(asked, policy=policy))
    assert (judged(answer), answer.measured, answer.limit) == (Result.PASS, 1, 0)
    assert answer.message == "D3352 on line 2 (2026-02-04) follows the initial visit by 1 day."


def test_a_later_visit_that_was_perhaps_another_patients_refutes_nothing() -> None:
    doubted = EarlierService(
        procedure="D3352",
        tooth=universal("8"),
        service_date=date(2025, 12, 1),
        claim_number="C-0",
        patient_doubted=True,
    )
    answer = visits_out_of_order.function(case(history=earlier(doubted)))
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, -64, 7)
    assert "perhaps another patient's: D3352 on 2025-12-01, claim C-0." in answer.message
    soon = visits_out_of_order.function(case(history=earlier(replace(doubted, service_date=VISIT + timedelta(days=3)))))
    assert "follows the initial visit by only 3 days" in soon.message
