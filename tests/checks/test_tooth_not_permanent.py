"""APX303."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.tooth_not_permanent import tooth_not_permanent
from tests.builders import case, claim, d3351, judged, service


def test_milk_tooth_is_not_for_apexification() -> None:
    answer = tooth_not_permanent.function(case(of=claim(service("D3351", "E"))))
    assert (tooth_not_permanent.id, judged(answer)) == ("APX303", Result.FAIL)
    assert (answer.measured, answer.limit) == ("deciduous", "permanent")


def test_permanent_tooth_passes() -> None:
    assert judged(tooth_not_permanent.function(case())) is Result.PASS


def test_supernumerary_tooth_is_left_to_a_person() -> None:
    answer = tooth_not_permanent.function(case(of=claim(service("D3351", "58"))))
    assert (judged(answer), answer.measured) == (Result.UNSURE, "supernumerary")


def test_without_a_tooth_the_question_does_not_arise() -> None:
    assert judged(tooth_not_permanent.function(case(of=claim(d3351(tooth=None))))) is Result.NOT_APPLICABLE


@pytest.mark.parametrize("number", list("ABCDEFGHIJKLMNOPQRST"))
def test_law_no_letter_is_a_permanent_tooth(number: str) -> None:
    assert judged(tooth_not_permanent.function(case(of=claim(service("D3351", number))))) is Result.FAIL
