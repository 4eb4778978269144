"""APX807."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.narrative_tells_of_a_later_visit import narrative_tells_of_a_later_visit
from tests.builders import NARRATIVE, case, claim, judged


def told(narrative: str) -> Result:
    return judged(narrative_tells_of_a_later_visit.function(case(of=claim(narrative=narrative))))


@pytest.mark.parametrize("narrative", ["Second visit of apexification.", "Final visit, obturated with gutta percha."])
def test_later_visit_contradicts(narrative: str) -> None:
    assert (narrative_tells_of_a_later_visit.id, told(narrative)) == ("APX807", Result.FAIL)


def test_doubt_about_a_later_visit_is_left_to_a_person() -> None:
    assert told("Possible second visit of apexification.") is Result.UNSURE


def test_notes_of_the_first_visit_pass() -> None:
    assert told(NARRATIVE) is Result.PASS


def test_without_a_narrative_the_question_does_not_arise() -> None:
    assert told("") is Result.NOT_APPLICABLE


def test_law_more_words_never_clear_the_fault() -> None:
    assert {told("Second visit of apexification." + more) for more in ("", " Open apex.", " Trauma.")} == {Result.FAIL}
