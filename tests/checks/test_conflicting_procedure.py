"""APX703."""

from __future__ import annotations

from datetime import date

import pytest

from apexproof.checks.case import Result
from apexproof.checks.conflicting_procedure import conflicting_procedure
from apexproof.claim import EarlierService
from tests.builders import case, claim, d3351, earlier, judged, service, universal


@pytest.mark.parametrize("code", ["D3310", "D3320", "D3330", "D3355", "D3356", "D3357"])
def test_conflicting_code_on_the_same_tooth_fails(code: str) -> None:
    answer = conflicting_procedure.function(case(of=claim(d3351(), service(code, "8", line=2))))
    assert (conflicting_procedure.id, judged(answer)) == ("APX703", Result.FAIL)
    assert (answer.measured, answer.limit) == (1, 0)
    assert code in answer.message
    assert [(piece.source, piece.value) for piece in answer.evidence] == [
        ("claim, lines[1].procedure", f"{code}, 2026-02-03"),
        ("claim, lines[0].service_date", "2026-02-03"),
    ]


def test_other_tooth_and_harmless_codes_pass() -> None:
    made = claim(d3351(), service("D3310", "9", line=2), service("D0220", "8", line=3))
    assert judged(conflicting_procedure.function(case(of=made))) is Result.PASS


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 5, 1), Result.FAIL), (date(2027, 5, 1), Result.UNSURE), (None, Result.UNSURE)],
)
def test_history_conflicts_when_it_lies_before(day: date | None, expected: Result) -> None:
    done = EarlierService(procedure="D3310", tooth=universal("8"), service_date=day, claim_number="C-0")
    assert judged(conflicting_procedure.function(case(history=earlier(done)))) is expected


def test_without_a_tooth_the_question_does_not_arise() -> None:
    assert judged(conflicting_procedure.function(case(of=claim(d3351(tooth=None))))) is Result.NOT_APPLICABLE


def test_law_another_line_never_clears_the_fault() -> None:
    lines = (d3351(), service("D3310", "8", line=2))
    for more in ((), (service("D3310", "9", line=3),), (service("D3320", "8", line=3),)):
        assert judged(conflicting_procedure.function(case(of=claim(*lines, *more)))) is Result.FAIL


def test_what_the_history_knows_of_other_teeth_and_harmless_codes_is_no_conflict() -> None:
    for procedure, tooth in (("D3310", "9"), ("D0220", "8")):
        done = EarlierService(
            procedure=procedure, tooth=universal(tooth), service_date=date(2024, 5, 1), claim_number="C-0"
        )
        assert judged(conflicting_procedure.function(case(history=earlier(done)))) is Result.PASS


def test_a_line_is_named_with_its_day_where_it_has_one() -> None:
    dated = conflicting_procedure.function(case(of=claim(d3351(), service("D3310", "8", line=2))))
    bare = conflicting_procedure.function(case(of=claim(d3351(), service("D3310", "8", day=None, line=2))))
    assert "(2026-02-03)" in dated.message
    assert "(" not in bare.message.partition("billed with")[2].partition(", which")[0]


def test_another_line_without_a_day_is_of_this_visit_and_one_of_a_later_day_is_left_to_a_person() -> None:
    undated = conflicting_procedure.function(case(of=claim(d3351(), service("D3310", "8", day=None, line=2))))
    assert judged(undated) is Result.FAIL
    later = service("D3310", "8", day=date(2026, 2, 9), line=2)
    answer = conflicting_procedure.function(case(of=claim(d3351(), later)))
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 1, 0)
    assert answer.message == (
        "#8 (FDI 11) is also billed with D3310 on line 2 (2026-02-09), after this visit or without a date."
    )


def test_what_was_perhaps_another_patients_is_said_to_be_that() -> None:
    doubted = EarlierService(
        procedure="D3310",
        tooth=universal("8"),
        service_date=date(2024, 5, 1),
        claim_number="C-0",
        patient_doubted=True,
    )
    answer = conflicting_procedure.function(case(history=earlier(doubted)))
    assert judged(answer) is Result.UNSURE
    assert answer.message == (
        "#8 (FDI 11) is also billed with D3310 on 2024-05-01, claim C-0, perhaps of another patient."
    )
    assert [piece.source for piece in answer.evidence] == ["history, C-0", "claim, lines[0].service_date"]
