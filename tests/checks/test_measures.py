"""What each check measures in a sound claim, and against which limit: what a person reads beside its answer."""

from __future__ import annotations

from apexproof.checks.case import Answer
from apexproof.checks.table import EXHIBIT_CHECKS, LINE_CHECKS
from tests.builders import attached, case, picture_of

SOUND = case(attached(picture_of()))
TOOTH, NAME = "#8 (FDI 11)", "Quill, Marigold, born 2017-03-03"
MEASURED = {
    "APX101": ("pass", 1, 1),
    "APX102": ("pass", 1, 1),
    "APX103": ("pass", 0, 0),
    "APX104": ("not_applicable", None, None),
    "APX105": ("fail", 0, 1),
    "APX201": ("pass", "periapical", "periapical"),
    "APX301": ("pass", TOOTH, TOOTH),
    "APX302": ("pass", "8", None),
    "APX303": ("pass", "permanent", "permanent"),
    "APX304": ("not_applicable", None, None),
    "APX305": ("pass", 8, "6 to 13 years"),
    "APX401": ("pass", "2026-02-02 09:30", "2026-02-03"),
    "APX402": ("pass", 1, 365),
    "APX403": ("pass", "2026-02-03", None),
    "APX404": ("pass", 0, 0),
    "APX501": ("pass", NAME, f"{NAME}, chart number 1001"),
    "APX502": ("pass", None, None),
    "APX503": ("not_applicable", None, None),
    "APX504": ("not_applicable", None, None),
    "APX601": ("pass", None, 16),
    "APX602": ("pass", None, 16),
    "APX603": ("pass", None, 16),
    "APX701": ("pass", 1, 1),
    "APX702": ("pass", None, None),
    "APX703": ("pass", 0, 0),
    "APX704": ("not_applicable", None, None),
    "APX801": ("pass", None, None),
    "APX802": ("pass", None, None),
    "APX803": ("pass", None, None),
    "APX804": ("pass", 2, 2),
    "APX805": ("pass", None, None),
    "APX806": ("pass", TOOTH, TOOTH),
    "APX807": ("pass", None, None),
    "APX901": ("pass", 0, 0),
}


def test_each_check_says_what_it_measured_and_what_was_allowed() -> None:
    answers: dict[str, Answer] = {check.id: check.function(SOUND) for check in LINE_CHECKS}
    answers |= {check.id: check.function(SOUND, SOUND.exhibits[0]) for check in EXHIBIT_CHECKS}
    assert {name: (answer.result, answer.measured, answer.limit) for name, answer in answers.items()} == MEASURED
