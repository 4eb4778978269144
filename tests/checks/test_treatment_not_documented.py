"""APX804."""

from __future__ import annotations

import pytest

from apexproof.checks.case import Answer, Result
from apexproof.checks.treatment_not_documented import treatment_not_documented
from apexproof.claim import ClaimKind
from tests.builders import case, claim, judged


def told(narrative: str, kind: ClaimKind = ClaimKind.CLAIM) -> Answer:
    return treatment_not_documented.function(case(of=claim(narrative=narrative, kind=kind)))


@pytest.mark.parametrize(("narrative", "measured"), [("", 0), ("Canal accessed.", 1), ("Calcium hydroxide placed.", 1)])
def test_both_steps_have_to_be_told(narrative: str, measured: int) -> None:
    answer = told(narrative)
    assert (treatment_not_documented.id, judged(answer)) == ("APX804", Result.FAIL)
    assert (answer.measured, answer.limit) == (measured, 2)


def test_access_and_medicament_are_documented() -> None:
    answer = told("Canal accessed, calcium hydroxide placed.")
    assert (judged(answer), answer.measured) == (Result.PASS, 2)


def test_denied_medicament_is_no_medicament() -> None:
    assert judged(told("Canal accessed. No medicament placed.")) is Result.FAIL


def test_a_step_in_doubt_is_named() -> None:
    answer = told("Canal accessed. Possibly calcium hydroxide placed.")
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 1, 2)
    assert answer.message == "The narrative leaves a first medicament or barrier in doubt."


def test_predetermination_has_no_treatment_yet() -> None:
    assert judged(told("", ClaimKind.PREDETERMINATION)) is Result.NOT_APPLICABLE


def test_law_telling_more_never_documents_less() -> None:
    steps = ("Trauma.", " Canal accessed.", " Calcium hydroxide placed.")
    measured = [told("".join(steps[:count])).measured for count in range(4)]
    assert measured == [0, 0, 1, 2]
