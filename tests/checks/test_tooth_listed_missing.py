"""APX304."""

from __future__ import annotations

from msgspec.structs import replace

from apexproof.checks.case import Result
from apexproof.checks.tooth_listed_missing import tooth_listed_missing
from tests.builders import MARIGOLD, case, claim, d3351, judged, universal


def missing(*numbers: str) -> Result:
    patient = replace(MARIGOLD, missing_teeth=tuple(universal(number) for number in numbers))
    return judged(tooth_listed_missing.function(case(of=claim(patient=patient))))


def test_treated_tooth_cannot_be_missing() -> None:
    patient = replace(MARIGOLD, missing_teeth=(universal("8"),))
    answer = tooth_listed_missing.function(case(of=claim(patient=patient)))
    assert (tooth_listed_missing.id, judged(answer), answer.measured) == ("APX304", Result.FAIL, "#8 (FDI 11)")
    assert answer.evidence[0].source == "claim, lines[0].tooth"


def test_other_teeth_may_be_missing() -> None:
    assert missing("7", "E") is Result.PASS


def test_without_a_list_or_a_tooth_the_question_does_not_arise() -> None:
    assert missing() is Result.NOT_APPLICABLE
    assert judged(tooth_listed_missing.function(case(of=claim(d3351(tooth=None))))) is Result.NOT_APPLICABLE


def test_law_a_longer_list_never_clears_the_fault() -> None:
    assert [missing("8"), missing("8", "9"), missing("1", "8", "9")] == [Result.FAIL] * 3
