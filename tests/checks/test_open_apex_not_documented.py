"""APX802."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.open_apex_not_documented import open_apex_not_documented
from tests.builders import case, claim, judged


def told(narrative: str) -> Result:
    return judged(open_apex_not_documented.function(case(of=claim(narrative=narrative))))


@pytest.mark.parametrize("narrative", ["", "  \n", "Trauma. Canal accessed."])
def test_narrative_without_the_apex_fails(narrative: str) -> None:
    assert (open_apex_not_documented.id, told(narrative)) == ("APX802", Result.FAIL)


def test_open_apex_is_documented() -> None:
    assert told("Wide open apex seen.") is Result.PASS


def test_what_the_narrative_says_of_the_apex_is_another_check() -> None:
    assert told("The apex is closed.") is Result.NOT_APPLICABLE


def test_law_more_words_never_undo_the_documentation() -> None:
    assert {told("Open apex." + more) for more in ("", " Trauma.", " Returns in 3 months.")} == {Result.PASS}
