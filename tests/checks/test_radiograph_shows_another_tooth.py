"""APX301."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from apexproof.checks.case import Answer, Result
from apexproof.checks.claimed import tooth_in_claim
from apexproof.checks.radiograph_shows_another_tooth import radiograph_shows_another_tooth
from apexproof.claim import ClaimedTooth
from apexproof.observation import Observation, Strength
from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import NumberingSystem, Tooth
from tests.builders import MARIGOLD, case, claim, d3351, either, judged, picture_of, said, service, teeth
from tests.checks.exhibits import ask

BOTH_SYSTEMS = (NumberingSystem.UNIVERSAL, NumberingSystem.FDI)
ELEVEN = either("11", Tooth(fdi=23), Tooth(fdi=11), systems=BOTH_SYSTEMS)
OLD_CODE = either("old code", Tooth(fdi=11), Tooth(fdi=51))


def shown(*observations: Observation[TeethStatement], number: str = "8", policy: str = "payer") -> Answer:
    return ask(
        radiograph_shows_another_tooth,
        picture_of(teeth=observations),
        of=claim(service("D3351", number)),
        policy=policy,
    )


def text(statement: TeethStatement) -> Observation[TeethStatement]:
    return said(statement, source="ImageComments", strength=Strength.FREE_TEXT)


def sender(statement: TeethStatement) -> Observation[TeethStatement]:
    return said(statement, source="claim", strength=Strength.DECLARED)


def test_another_tooth_contradicts() -> None:
    answer = shown(said(teeth("9"), strength=Strength.CODED))
    assert (radiograph_shows_another_tooth.id, judged(answer)) == ("APX301", Result.FAIL)
    assert (answer.measured, answer.limit) == ("#9 (FDI 21)", "#8 (FDI 11)")


def test_claimed_tooth_passes_alone_and_among_others() -> None:
    assert judged(shown(text(teeth("8")))) is Result.PASS
    assert judged(shown(text(teeth("7", "8", "9")))) is Result.PASS


def test_number_of_two_systems_stays_open() -> None:
    answer = shown(text(ELEVEN))
    assert judged(answer) is Result.UNSURE
    assert answer.message == (
        "film-0.dcm names '11': #11 (FDI 23) or #8 (FDI 11) (ImageComments), and nothing settles which."
    )
    assert [(piece.source, piece.value) for piece in answer.evidence] == [
        ("ImageComments", "'11': #11 (FDI 23) or #8 (FDI 11)"),
        ("claim, lines[0].tooth", "#8 (FDI 11)"),
    ]


def test_number_that_in_no_system_is_the_claimed_tooth_contradicts() -> None:
    assert judged(shown(text(ELEVEN), number="9")) is Result.FAIL


def test_another_statement_on_the_picture_settles_the_number() -> None:
    answer = shown(text(ELEVEN), said(either("upper right", *(Tooth(fdi=11 + n) for n in range(8)))))
    assert judged(answer) is Result.PASS
    assert "read by DICOM attribute" in answer.message


def test_number_settled_by_the_sender_is_only_as_strong_as_the_sender() -> None:
    statements = (text(ELEVEN), sender(teeth("8")))
    assert judged(shown(*statements)) is Result.UNSURE
    assert judged(shown(*statements, policy="practice")) is Result.PASS


@pytest.mark.parametrize(("years", "expected"), [(8, Result.UNSURE), (9, Result.PASS)])
def test_code_that_may_mean_the_milk_tooth_is_settled_once_that_must_be_shed(years: int, expected: Result) -> None:
    patient = replace(MARIGOLD, birth_date=date(2026 - years, 1, 1))
    picture = picture_of(teeth=(said(OLD_CODE, strength=Strength.CODED),))
    answer = ask(radiograph_shows_another_tooth, picture, of=claim(patient=patient))
    assert judged(answer) is expected


def test_region_is_not_a_tooth() -> None:
    reading = TeethReading(system=None, teeth=tuple(Tooth(fdi=11 + n) for n in range(8)))
    region = said(TeethStatement(written="upper right", readings=(reading,)))
    assert judged(shown(region)) is Result.UNSURE
    assert judged(shown(region, number="9")) is Result.FAIL


def test_sources_that_disagree_are_left_to_a_person() -> None:
    answer = shown(said(teeth("8")), text(teeth("9")))
    assert judged(answer) is Result.UNSURE
    assert answer.message == "film-0.dcm shows #8 (FDI 11) by DICOM attribute, but #9 (FDI 21) by ImageComments."


def test_word_of_the_sender_alone_is_for_the_practice() -> None:
    assert judged(shown(sender(teeth("8")))) is Result.UNSURE
    assert judged(shown(sender(teeth("8")), policy="practice")) is Result.PASS
    assert judged(shown(sender(teeth("9")))) is Result.FAIL


def test_strict_takes_no_typed_word() -> None:
    assert judged(shown(text(teeth("8")), policy="strict")) is Result.UNSURE


def test_silence_and_guesses_are_left_to_a_person() -> None:
    assert judged(shown()) is Result.UNSURE
    assert judged(shown(said(None, note="tooth 99"))) is Result.UNSURE
    assert judged(shown(said(teeth("9"), strength=Strength.BOUND))) is Result.UNSURE


def test_without_a_claimed_tooth_the_question_does_not_arise() -> None:
    answer = ask(radiograph_shows_another_tooth, picture_of(), of=claim(d3351(tooth=None)))
    assert judged(answer) is Result.NOT_APPLICABLE


def test_law_the_same_tooth_in_any_notation_gets_the_same_answer() -> None:
    for system in NumberingSystem:
        reading = TeethReading(system=system, teeth=(Tooth(fdi=11),))
        assert judged(shown(text(TeethStatement(written="any", readings=(reading,))))) is Result.PASS
        assert judged(shown(text(TeethStatement(written="any", readings=(reading,))), number="9")) is Result.FAIL


def test_six_teeth_are_one_film_and_seven_are_a_region() -> None:
    six = teeth("6", "7", "8", "9", "10", "11")
    seven = teeth("5", "6", "7", "8", "9", "10", "11")
    assert [judged(shown(said(named))) for named in (six, seven)] == [Result.PASS, Result.UNSURE]


def test_a_tooth_that_is_none_stands_in_the_evidence_as_it_was_written() -> None:
    unknown = ClaimedTooth(written="99", system=NumberingSystem.UNIVERSAL, tooth=None)
    for line, written in ((d3351(), "#8 (FDI 11)"), (d3351(tooth=unknown), "99"), (d3351(tooth=None), "none")):
        assert tooth_in_claim(case(of=claim(line))).value == written
