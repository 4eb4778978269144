"""APX803."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.cause_not_documented import cause_not_documented
from tests.builders import case, claim, judged


def told(narrative: str) -> Result:
    return judged(cause_not_documented.function(case(of=claim(narrative=narrative))))


@pytest.mark.parametrize("narrative", ["", "Open apex."])
def test_narrative_without_a_cause_fails(narrative: str) -> None:
    assert (cause_not_documented.id, told(narrative)) == ("APX803", Result.FAIL)


@pytest.mark.parametrize("narrative", ["Trauma to the tooth.", "Necrotic pulp after deep caries."])
def test_cause_is_documented(narrative: str) -> None:
    assert told(narrative) is Result.PASS


@pytest.mark.parametrize(
    ("narrative", "result", "message"),
    [
        ("", Result.FAIL, "The claim has no narrative, so nothing tells of a cause."),
        ("Open apex.", Result.FAIL, "The narrative does not tell of a cause."),
        ("No trauma.", Result.FAIL, "The narrative says that there was none: a cause."),
        ("Possible trauma.", Result.UNSURE, "The narrative leaves a cause in doubt."),
        ("Trauma to the tooth.", Result.PASS, "The narrative tells of a cause."),
    ],
)
def test_what_the_narrative_says_of_it_is_said(narrative: str, result: Result, message: str) -> None:
    answer = cause_not_documented.function(case(of=claim(narrative=narrative)))
    assert (judged(answer), answer.message) == (result, message)


def test_law_more_words_never_undo_the_documentation() -> None:
    assert {told("Trauma." + more) for more in ("", " Open apex.", " Returns in 3 months.")} == {Result.PASS}
