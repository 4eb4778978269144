"""How ambiguous statements about teeth are settled."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from apexproof.checks.tooth_readings import settled_teeth
from apexproof.observation import Observation, Strength
from apexproof.radiograph import TeethStatement
from apexproof.tooth import Tooth
from tests.builders import MARIGOLD, at, attached, case, claim, either, picture_of, said, teeth

ELEVEN = said(either("11", Tooth(fdi=23), Tooth(fdi=11)), source="ImageComments", strength=Strength.FREE_TEXT)


def settled(*observations: Observation[TeethStatement]) -> tuple[Observation[TeethStatement], ...]:
    made = case(attached(picture_of(teeth=observations)))
    return settled_teeth(made, made.exhibits[0])


def test_a_statement_that_excludes_one_reading_settles_the_other_at_the_strength_of_the_weaker() -> None:
    weaker = said(teeth("8"), source="claim", strength=Strength.DECLARED)
    read, other = settled(ELEVEN, weaker)
    assert (read.value and read.value.settled, read.strength) == ((Tooth(fdi=11),), Strength.DECLARED)
    assert (read.source, other) == ("ImageComments, read by claim", weaker)


def test_a_statement_that_excludes_all_readings_or_none_settles_nothing() -> None:
    for named in (("9",), ("8", "11")):
        other = said(teeth(*named), source="claim", strength=Strength.DECLARED)
        assert settled(ELEVEN, other) == (ELEVEN, other)


def test_the_age_when_it_was_taken_settles_what_may_be_a_milk_tooth_and_without_a_date_the_age_at_the_visit() -> None:
    old_code = said(either("old code", Tooth(fdi=11), Tooth(fdi=51)))
    undated, early = picture_of(teeth=(old_code,), exposure=()), (said(at("2022-02-02")),)
    nine, unborn = (replace(MARIGOLD, birth_date=born) for born in (date(2016, 3, 3), None))
    early_picture = replace(undated, exposure=early)
    for picture, patient, readings in ((undated, nine, 1), (early_picture, nine, 2), (undated, unborn, 2)):
        made = case(attached(picture), of=claim(patient=patient))
        (read,) = settled_teeth(made, made.exhibits[0])
        assert read.value is not None
        assert len(read.value.readings) == readings
