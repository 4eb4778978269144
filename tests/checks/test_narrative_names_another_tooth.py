"""APX806."""

from __future__ import annotations

from apexproof.checks.case import Answer, Result
from apexproof.checks.narrative_names_another_tooth import narrative_names_another_tooth
from apexproof.claim import ClaimedTooth
from apexproof.tooth import NumberingSystem, Tooth
from tests.builders import case, claim, d3351, judged, service


def told(narrative: str, *, tooth: str = "8") -> Answer:
    named = ClaimedTooth(
        written=tooth, system=NumberingSystem.UNIVERSAL, tooth={"8": Tooth(fdi=11), "11": Tooth(fdi=23)}[tooth]
    )
    return narrative_names_another_tooth.function(case(of=claim(d3351(tooth=named), narrative=narrative)))


def test_another_tooth_contradicts() -> None:
    answer = told("Trauma to tooth #9.")
    assert (narrative_names_another_tooth.id, judged(answer)) == ("APX806", Result.FAIL)
    assert (answer.measured, answer.limit) == ("#9 (FDI 21)", "#8 (FDI 11)")


def test_claimed_tooth_among_others_passes() -> None:
    assert judged(told("Trauma to teeth #8 and #9.")) is Result.PASS


def test_ambiguous_number_is_read_in_the_system_of_the_claim() -> None:
    assert judged(told("Tooth #11 accessed.", tooth="11")) is Result.PASS


def test_number_of_the_other_system_is_left_to_a_person() -> None:
    assert judged(told("Tooth 11 accessed.", tooth="8")) is Result.UNSURE


def test_name_that_may_be_the_milk_tooth_passes() -> None:
    assert judged(told("Maxillary right central incisor, open apex.")) is Result.PASS


def test_tooth_of_another_line_is_left_to_a_person() -> None:
    others = (service("D0220", None, line=2), service("D3351", "9", line=3))
    made = claim(d3351(), *others, narrative="Trauma to tooth #9.")
    assert judged(narrative_names_another_tooth.function(case(of=made))) is Result.UNSURE


def test_no_tooth_named_nothing_contradicted() -> None:
    assert judged(told("Open apex.")) is Result.NOT_APPLICABLE
    for none in (None, ClaimedTooth(written="99", system=NumberingSystem.UNIVERSAL, tooth=None)):
        assert (
            judged(narrative_names_another_tooth.function(case(of=claim(d3351(tooth=none))))) is Result.NOT_APPLICABLE
        )


def test_law_naming_the_claimed_tooth_too_always_clears() -> None:
    for narrative in ("Tooth #9.", "Tooth 11.", "Open apex."):
        assert judged(told(narrative + " Also tooth #8.")) is Result.PASS
