"""APX302."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.tooth_missing_or_invalid import tooth_missing_or_invalid
from apexproof.claim import ClaimedTooth
from apexproof.tooth import NumberingSystem, Tooth
from tests.builders import case, claim, d3351, judged


def test_line_without_a_tooth_fails() -> None:
    answer = tooth_missing_or_invalid.function(case(of=claim(d3351(tooth=None))))
    assert (tooth_missing_or_invalid.id, judged(answer)) == ("APX302", Result.FAIL)


def test_tooth_that_does_not_exist_fails() -> None:
    nowhere = ClaimedTooth(written="99", system=NumberingSystem.UNIVERSAL, tooth=None)
    answer = tooth_missing_or_invalid.function(case(of=claim(d3351(tooth=nowhere))))
    assert (judged(answer), answer.measured) == (Result.FAIL, "99")
    assert "universal" in answer.message


@pytest.mark.parametrize("fdi", [11, 48, 51, 85])
def test_law_every_tooth_of_iso_3950_is_a_tooth(fdi: int) -> None:
    named = ClaimedTooth(written=str(fdi), system=NumberingSystem.FDI, tooth=Tooth(fdi=fdi))
    answer = tooth_missing_or_invalid.function(case(of=claim(d3351(tooth=named))))
    assert (judged(answer), answer.measured) == (Result.PASS, str(fdi))
