"""APX805."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Result
from apexproof.checks.plan_not_documented import plan_not_documented
from tests.builders import case, claim, judged


def told(narrative: str) -> Result:
    return judged(plan_not_documented.function(case(of=claim(narrative=narrative))))


@pytest.mark.parametrize("narrative", ["", "Open apex after trauma."])
def test_narrative_without_a_plan_fails(narrative: str) -> None:
    assert (plan_not_documented.id, told(narrative)) == ("APX805", Result.FAIL)


def test_planned_visit_is_documented() -> None:
    assert told("Patient to return in 3 months for a medicament change.") is Result.PASS


def test_law_more_words_never_undo_the_documentation() -> None:
    plan = "Follow-up in 3 months."
    assert {told(before + plan) for before in ("", "Open apex. ", "Trauma. ")} == {Result.PASS}
