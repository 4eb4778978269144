"""APX701."""

from __future__ import annotations

from datetime import date

from apexproof.checks.case import Answer, Result
from apexproof.checks.initial_visit_billed_before import initial_visit_billed_before
from apexproof.claim import EarlierService
from apexproof.tooth import Tooth
from tests.builders import VISIT, case, claim, d3351, earlier, judged, service, universal

EIGHT = universal("8")


def billed(
    claim_number: str | None, *, tooth: Tooth | None = EIGHT, day: date | None = date(2025, 9, 1), code: str = "D3351"
) -> Answer:
    history = earlier(EarlierService(procedure=code, tooth=tooth, service_date=day, claim_number=claim_number))
    return initial_visit_billed_before.function(case(history=history))


def test_initial_visit_in_the_history_fails() -> None:
    answer = billed("C-0")
    assert (initial_visit_billed_before.id, judged(answer)) == ("APX701", Result.FAIL)
    assert (answer.measured, answer.limit) == (2, 1)
    assert "claim C-0" in answer.message
    assert [(piece.source, piece.value) for piece in answer.evidence] == [
        ("history, C-0", "D3351 on 2025-09-01, claim C-0")
    ]
    assert billed(None).evidence[0].source == "history, claim not stated"


def test_first_initial_visit_passes() -> None:
    answer = initial_visit_billed_before.function(case())
    assert (judged(answer), answer.measured, answer.limit) == (Result.PASS, 1, 1)


def test_same_claim_sent_again_is_no_second_visit() -> None:
    answer = billed("C-1", day=VISIT)
    assert (judged(answer), answer.measured, answer.limit) == (Result.PASS, 1, 1)
    assert "same claim" in answer.message


def test_other_tooth_and_other_procedure_do_not_count() -> None:
    assert judged(billed("C-0", tooth=universal("9"))) is Result.PASS
    assert judged(billed("C-0", code="D3352")) is Result.PASS


def test_history_without_a_tooth_or_a_claim_number_leaves_it_open() -> None:
    answer = billed("C-0", tooth=None)
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 1, 0)
    assert judged(billed(None, day=VISIT)) is Result.UNSURE
    assert judged(billed(None, day=date(2025, 9, 1))) is Result.FAIL


def test_second_line_of_the_same_tooth_fails_and_the_first_does_not() -> None:
    made = claim(service("D3351", "8"), service("D3351", "8", line=2))
    first, second = made.lines
    assert judged(initial_visit_billed_before.function(case(of=made, line=first))) is Result.PASS
    answer = initial_visit_billed_before.function(case(of=made, line=second))
    assert (judged(answer), answer.measured, answer.limit) == (Result.FAIL, 2, 1)


def test_other_visits_and_lines_without_a_tooth_are_no_initial_visit() -> None:
    before = date(2026, 1, 5)
    others = (service("D3352", "8", day=before), service("D3351", None, day=before), service("D3351", "9", day=before))
    made = claim(*others, d3351(number=4))
    assert judged(initial_visit_billed_before.function(case(of=made, line=made.lines[-1]))) is Result.PASS


def test_the_earlier_day_is_the_initial_visit_whatever_the_order_of_lines() -> None:
    made = claim(service("D3351", "8"), service("D3351", "8", day=date(2026, 1, 5), line=2))
    results = [judged(initial_visit_billed_before.function(case(of=made, line=line))) for line in made.lines]
    assert results == [Result.FAIL, Result.PASS]


def test_without_a_tooth_the_question_does_not_arise() -> None:
    assert judged(initial_visit_billed_before.function(case(of=claim(d3351(tooth=None))))) is Result.NOT_APPLICABLE


def test_law_more_history_never_clears_the_fault() -> None:
    found = EarlierService(procedure="D3351", tooth=EIGHT, service_date=date(2025, 9, 1), claim_number="C-0")
    more = EarlierService(procedure="D3351", tooth=EIGHT, service_date=VISIT, claim_number="C-1")
    for history in (earlier(found), earlier(found, more), earlier(more, found)):
        assert judged(initial_visit_billed_before.function(case(history=history))) is Result.FAIL


def test_a_visit_that_was_perhaps_another_patients_is_said_to_be_that() -> None:
    doubted = EarlierService(
        procedure="D3351",
        tooth=universal("8"),
        service_date=date(2025, 9, 1),
        claim_number="C-0",
        patient_doubted=True,
    )
    answer = initial_visit_billed_before.function(case(history=earlier(doubted)))
    assert judged(answer) is Result.UNSURE
    assert "an initial visit that was perhaps another patient's:" in answer.message
    unnumbered = billed(None, day=VISIT)
    assert "an initial visit of the same day, without its claim number:" in unnumbered.message
