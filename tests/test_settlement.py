"""What a person says settles what was left open, hides nothing, and clears nothing that was refuted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from apexproof.attestation import Attestation, Decision, in_force
from apexproof.checks.case import Result
from apexproof.claim import AttachedFile, Claim, History
from apexproof.exposure import ExposureInterval
from apexproof.observation import Strength
from apexproof.policy import Attestations, Policy, load_policy
from apexproof.radiograph import Radiograph
from apexproof.settlement import finding_digest
from apexproof.verification import Finding, LineVerification, Outcome, verify
from apexproof.view import View
from tests.builders import attached, claim, picture_of, said, teeth, views
from tests.strategies import CLAIMS, FILES

PAYER = load_policy("payer")
OPEN = picture_of(view=())  # nothing says which view it is


def word(number: int = 1, decision: Decision = Decision.ACCEPTED, **said_of_it: Any) -> Attestation:  # noqa: ANN401 - any field of it
    """A word about the view of the film."""
    made = Attestation(
        number=number, person="Dr. R. Larkspur", why="The root end is in the picture.", decision=decision
    )
    about: dict[str, Any] = {"line": 1, "check": "APX201", "sha256": attached(name="pa8.dcm").reading.sha256}
    if decision is Decision.STATED:
        about = {"sha256": about["sha256"]}
    return replace(made, **{**about, **said_of_it})


def judged(picture: Radiograph, *words: Attestation, policy: Policy = PAYER) -> tuple[LineVerification, Finding]:
    """The line, and what was found of the view."""
    files: tuple[AttachedFile, ...] = (attached(picture),)
    (line,) = verify(claim(), files, History(), policy, words).lines
    return line, next(finding for finding in line.findings if finding.check == "APX201")


def test_an_open_question_is_settled_and_stays_visible() -> None:
    assert judged(OPEN)[0].outcome is Outcome.NEEDS_REVIEW
    line, finding = judged(OPEN, word())
    assert (line.outcome, finding.result) == (Outcome.VERIFIED, Result.UNSURE)
    assert finding.settled is not None
    assert finding.settled.attestation.person == "Dr. R. Larkspur"


def test_what_a_person_rejects_does_not_hold_though_the_machine_took_it() -> None:
    for picture in (OPEN, picture_of()):
        line, finding = judged(picture, word(decision=Decision.REJECTED))
        assert line.outcome is Outcome.MISSING_EVIDENCE
        assert finding.result is not Result.FAIL


def test_what_was_refuted_stays_refuted_unless_the_policy_lets_it_be_overruled() -> None:
    panoramic = picture_of(view=(said(views(View.PANORAMIC)),))
    periapical = word(2, Decision.STATED, view=views(View.PERIAPICAL))
    for words in ([word()], [periapical], [word(), periapical], [periapical, replace(word(), number=3)]):
        assert judged(panoramic, *words)[0].outcome is Outcome.MISSING_EVIDENCE
    lenient = PAYER.model_copy(update={"attestations": Attestations(may_overrule=("APX201",))})
    assert judged(panoramic, word(), policy=lenient)[0].outcome is Outcome.VERIFIED


def test_strict_hears_nobody() -> None:
    strict = load_policy("strict")
    words = [word(), word(2, Decision.STATED, view=views(View.PERIAPICAL)), word(3, Decision.REJECTED)]
    assert judged(OPEN, *words, policy=strict) == judged(OPEN, policy=strict)


@pytest.mark.parametrize(
    ("picture", "stated", "check"),
    [
        (OPEN, {"view": views(View.PERIAPICAL)}, "APX201"),
        (picture_of(teeth=()), {"teeth": teeth("8")}, "APX301"),
        (picture_of(exposure=()), {"taken": ExposureInterval.on_day(date(2026, 1, 27))}, "APX401"),
    ],
)
def test_a_stated_value_is_evidence_of_its_own_strength(
    picture: Radiograph, stated: dict[str, Any], check: str
) -> None:
    line, _ = judged(picture, word(decision=Decision.STATED, **stated))
    assert line.outcome is Outcome.VERIFIED
    (found,) = [finding for finding in line.findings if finding.check == check]
    assert found.answer.evidence[0].strength is Strength.ATTESTED
    assert "Dr. R. Larkspur" in found.answer.evidence[0].source


def test_a_stated_value_that_contradicts_the_file_opens_the_question() -> None:
    line, _ = judged(picture_of(), word(decision=Decision.STATED, teeth=teeth("9")))
    assert line.outcome is Outcome.NEEDS_REVIEW


def test_a_word_holds_for_its_own_line_file_and_finding_alone() -> None:
    others: list[dict[str, Any]] = [
        {"line": 2},
        {"sha256": "0" * 64},
        {"sha256": None},
        {"place": "frame 2"},
        {"check": "APX301"},
        {"finding": "0" * 64},
        {"claim_number": "C-1", "check": "APX999"},
    ]
    for other in others:
        assert judged(OPEN, word(**other))[0].outcome is Outcome.NEEDS_REVIEW


def test_when_the_finding_says_something_else_it_is_open_again() -> None:
    answer = judged(OPEN)[1].answer
    digest = finding_digest(
        "APX201", answer.result, answer.message, [(one.value, one.source) for one in answer.evidence]
    )
    assert judged(OPEN, word(finding=digest))[0].outcome is Outcome.VERIFIED
    guessed = picture_of(view=(said(views(View.PERIAPICAL), strength=Strength.DECLARED),))
    assert judged(guessed, word(finding=digest))[0].outcome is Outcome.NEEDS_REVIEW


def test_the_last_word_counts_and_one_that_was_taken_back_does_not() -> None:
    rejected = word(2, Decision.REJECTED)
    back = replace(word(3, Decision.REVOKED), revokes=2, line=None, check=None, sha256=None)
    assert judged(OPEN, word(), rejected)[0].outcome is Outcome.MISSING_EVIDENCE
    assert judged(OPEN, word(), rejected, back)[0].outcome is Outcome.VERIFIED
    assert in_force([back, rejected, word()]) == (word(),)


@given(CLAIMS, FILES, st.data())
def test_law_an_accepting_word_clears_no_refutation(
    made: Claim, files: tuple[AttachedFile, ...], data: st.DataObject
) -> None:
    before = verify(made, files, History(), PAYER)
    everything = [(line.line.number, finding) for line in before.lines for finding in line.findings]
    chosen = data.draw(st.lists(st.sampled_from(everything), max_size=5)) if everything else []
    words = tuple(
        Attestation(
            number=number,
            person="Dr. R. Larkspur",
            why="Seen.",
            decision=Decision.ACCEPTED,
            line=line,
            check=finding.check,
            sha256=finding.exhibit.file.reading.sha256 if finding.exhibit else None,
            place=finding.exhibit.radiograph.place if finding.exhibit else "",
        )
        for number, (line, finding) in enumerate(chosen, start=1)
    )
    after = verify(made, files, History(), PAYER, words)
    for line in after.lines:
        for finding in line.findings:
            assert finding.result is not Result.FAIL or finding.stands is Result.FAIL
        refuted = any(finding.holds_back and finding.result is Result.FAIL for finding in line.findings)
        assert not (refuted and line.outcome is Outcome.VERIFIED)
