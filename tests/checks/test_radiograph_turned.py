"""APX504."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.checks.case import Answer, Result
from apexproof.checks.radiograph_turned import radiograph_turned
from apexproof.radiograph import Crowns, Towards
from tests.builders import claim, judged, picture_of, said, service, universal
from tests.checks.exhibits import ask


def shown(*crowns: Crowns, tooth: str = "8") -> Answer:
    picture = picture_of(tooth, crowns=tuple(said(value, source="pixels") for value in crowns))
    return ask(radiograph_turned, picture, of=claim(service("D3351", tooth)))


def at(towards: Towards, probability: float = 0.99) -> Crowns:
    return Crowns(towards=towards, probability=probability)


@pytest.mark.parametrize(("tooth", "belongs"), [("8", Towards.BOTTOM), ("24", Towards.TOP)])
def test_crowns_that_are_not_where_those_of_the_jaw_belong_are_pointed_out(tooth: str, belongs: Towards) -> None:
    for towards in Towards:
        answer = shown(at(towards), tooth=tooth)
        assert judged(answer) is (Result.PASS if towards is belongs else Result.UNSURE)
        assert (radiograph_turned.id, answer.measured, answer.limit) == ("APX504", towards.value, belongs.value)


def test_film_on_its_side_is_told_from_one_upside_down() -> None:
    assert "on its side" in shown(at(Towards.LEFT)).message
    assert "upside down" in shown(at(Towards.TOP)).message


def test_pixels_that_are_not_sure_say_nothing() -> None:
    assert judged(shown()) is Result.NOT_APPLICABLE
    assert judged(shown(at(Towards.LEFT, 0.94))) is Result.NOT_APPLICABLE
    assert judged(shown(at(Towards.LEFT, 0.95))) is Result.UNSURE


@given(st.sampled_from(Towards), st.floats(0, 1), st.sampled_from([str(number) for number in range(1, 33)]))
def test_law_it_asks_for_a_look_at_most_and_never_for_both_jaws(towards: Towards, share: float, tooth: str) -> None:
    answer = judged(shown(at(towards, share), tooth=tooth))
    assert answer is not Result.FAIL
    if share >= 0.95:
        jaw_passes = towards is (Towards.BOTTOM if universal(tooth).maxillary else Towards.TOP)
        assert (answer is Result.PASS) is jaw_passes
