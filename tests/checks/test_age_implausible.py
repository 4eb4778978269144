"""APX305."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from apexproof.checks.age_implausible import age_implausible
from apexproof.checks.case import Answer, Result
from apexproof.claim import ClaimKind
from tests.builders import MARIGOLD, case, claim, d3351, judged, service


def aged(years: int, number: str = "8") -> Answer:
    patient = replace(MARIGOLD, birth_date=date(2026 - years, 2, 3))
    return age_implausible.function(case(of=claim(service("D3351", number), patient=patient)))


def test_adult_is_pointed_out() -> None:
    answer = aged(34)
    assert (age_implausible.id, judged(answer)) == ("APX305", Result.UNSURE)
    assert (answer.measured, answer.limit) == (34, "6 to 13 years")


def test_child_of_eight_passes() -> None:
    answer = aged(8)
    assert (judged(answer), answer.measured) == (Result.PASS, 8)


def test_both_ends_are_read_in_the_patients_favour() -> None:
    assert [judged(aged(years)) for years in (5, 6, 13, 14)] == [Result.UNSURE, Result.PASS, Result.PASS, Result.UNSURE]


def test_each_tooth_has_its_own_ages() -> None:
    assert judged(aged(16, "8")) is Result.UNSURE
    assert judged(aged(16, "2")) is Result.PASS


def test_third_molar_is_unlikely_in_a_child() -> None:
    assert judged(aged(8, "1")) is Result.UNSURE


def test_without_a_birth_date_nobody_can_tell() -> None:
    patient = replace(MARIGOLD, birth_date=None)
    assert judged(age_implausible.function(case(of=claim(patient=patient)))) is Result.UNSURE


def test_predetermination_is_judged_on_the_day_of_receipt() -> None:
    asked = claim(d3351(first_day=None, last_day=None), kind=ClaimKind.PREDETERMINATION)
    assert judged(age_implausible.function(case(of=asked))) is Result.PASS
    assert judged(age_implausible.function(case(of=replace(asked, received=None)))) is Result.NOT_APPLICABLE


def test_milk_tooth_has_no_such_ages() -> None:
    assert judged(aged(8, "E")) is Result.NOT_APPLICABLE


def test_law_growing_older_beyond_closure_never_makes_it_plausible_again() -> None:
    results = [judged(aged(years)) for years in range(8, 60)]
    first = results.index(Result.UNSURE)
    assert set(results[:first]) == {Result.PASS}
    assert set(results[first:]) == {Result.UNSURE}
