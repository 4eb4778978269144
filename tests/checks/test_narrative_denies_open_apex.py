"""APX801."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Answer, Result
from apexproof.checks.narrative_denies_open_apex import narrative_denies_open_apex
from tests.builders import case, claim, judged


def told(narrative: str) -> Answer:
    return narrative_denies_open_apex.function(case(of=claim(narrative=narrative)))


def test_closed_apex_contradicts_and_is_quoted() -> None:
    answer = told("Tooth #8: the apex is closed.")
    assert (narrative_denies_open_apex.id, judged(answer)) == ("APX801", Result.FAIL)
    assert any("closed" in piece.value for piece in answer.evidence)


def test_open_apex_passes() -> None:
    assert judged(told("Immature root with open apex.")) is Result.PASS


def test_both_leave_it_in_doubt() -> None:
    assert judged(told("Open apex. Closed apex.")) is Result.UNSURE


@pytest.mark.parametrize("narrative", ["", "Calcium hydroxide placed."])
def test_silence_is_not_denial(narrative: str) -> None:
    assert judged(told(narrative)) is Result.NOT_APPLICABLE


def test_law_more_words_of_other_things_never_clear_the_denial() -> None:
    for more in ("", " Canal accessed.", " Patient returns in 3 months."):
        assert judged(told("The apex is closed." + more)) is Result.FAIL
