"""What follows from the findings for a line and for a claim."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from apexproof.checks.case import Result
from apexproof.checks.table import ALL_CHECKS, EXHIBIT_CHECKS
from apexproof.claim import AttachedFile, Claim, ClaimKind, EarlierImage, History
from apexproof.observation import Strength
from apexproof.policy import Demand, Policy, load_policy
from apexproof.radiograph import Radiograph
from apexproof.verification import LineVerification, Outcome, Verification, verify
from apexproof.view import View
from tests.builders import (
    at,
    attached,
    claim,
    d3351,
    earlier,
    fingerprint,
    legibility,
    picture_of,
    said,
    service,
    teeth,
    views,
)
from tests.strategies import CLAIMS, FILES

PAYER = load_policy("payer")
NOTHING = History()
PANORAMIC = (said(views(View.PANORAMIC)),)
NINE = (said(teeth("9"), strength=Strength.CODED),)
AFTER = (said(at("2026-02-05")),)
BLURRED = (said(legibility(sharpness=0.1)),)


def film(digit: str, **changes: object) -> AttachedFile:
    """A file with one picture that differs from the proof in what is named."""
    picture = picture_of(fingerprint=(said(fingerprint(digit)),))
    return attached(replace(picture, **changes), name=f"film-{digit}.dcm")


PROOF = film("a")
SPOILT = (
    film("b", view=PANORAMIC),
    film("c", teeth=NINE),
    film("d", exposure=AFTER),
    film("e", legibility=BLURRED),
    film("f", patient=()),
)


def verified(
    *files: AttachedFile, of: Claim | None = None, policy: Policy = PAYER, history: History = NOTHING
) -> Verification:
    return verify(of or claim(), files, history, policy)


def only_line(*files: AttachedFile, of: Claim | None = None, policy: Policy = PAYER) -> LineVerification:
    (line,) = verified(*files, of=of, policy=policy).lines
    return line


def obstacles(line: LineVerification) -> set[str]:
    return {finding.check for finding in line.findings if finding.holds_back}


def test_one_sound_radiograph_proves_the_line() -> None:
    line = only_line(PROOF)
    assert line.outcome is Outcome.VERIFIED
    assert line.proof is not None
    assert line.proof.label == "film-a.dcm"
    assert {finding.check for finding in line.findings} == {check.id for check in ALL_CHECKS}


def test_four_images_with_one_virtue_each_prove_nothing() -> None:
    virtues: tuple[tuple[str, Radiograph], ...] = (
        ("a", picture_of(teeth=(), exposure=(), patient=())),
        ("b", picture_of(view=(), exposure=(), patient=())),
        ("c", picture_of(view=(), teeth=(), patient=())),
        ("d", picture_of(view=(), teeth=(), exposure=())),
    )
    files = [
        attached(replace(picture, fingerprint=(said(fingerprint(digit)),)), name=f"{digit}.dcm")
        for digit, picture in virtues
    ]
    line = only_line(*files)
    assert line.outcome is Outcome.NEEDS_REVIEW
    assert line.proof is None
    assert len(line.considered) == 4


def test_images_that_each_lack_one_thing_prove_nothing() -> None:
    line = only_line(*SPOILT)
    assert line.proof is None
    assert line.outcome is not Outcome.VERIFIED


@pytest.mark.parametrize(
    ("files", "outcome", "in_the_way"),
    [
        ((), Outcome.MISSING_EVIDENCE, {"APX101"}),
        ((attached(name="broken.dcm"),), Outcome.MISSING_EVIDENCE, {"APX102"}),
        ((SPOILT[0],), Outcome.MISSING_EVIDENCE, {"APX201"}),
        ((SPOILT[1],), Outcome.CONTRADICTED, {"APX301"}),
        ((SPOILT[2],), Outcome.CONTRADICTED, {"APX401"}),
        ((SPOILT[3],), Outcome.MISSING_EVIDENCE, {"APX502"}),
        ((SPOILT[4],), Outcome.NEEDS_REVIEW, {"APX501"}),
    ],
)
def test_each_fault_has_its_outcome(files: tuple[AttachedFile, ...], outcome: Outcome, in_the_way: set[str]) -> None:
    line = only_line(*files)
    assert (line.outcome, obstacles(line), line.proof) == (outcome, in_the_way, None)


def test_worse_images_never_harm_the_proof() -> None:
    for spoilt in SPOILT:
        for files in ((PROOF, spoilt), (spoilt, PROOF), (PROOF, *SPOILT)):
            line = only_line(*files)
            assert line.outcome is Outcome.VERIFIED
            assert line.proof is not None
            assert line.proof.label == "film-a.dcm"


@settings(max_examples=60)
@given(files=FILES)
def test_whatever_else_is_attached_never_harms_the_proof(files: tuple[AttachedFile, ...]) -> None:
    assert only_line(PROOF, *files).outcome is Outcome.VERIFIED
    assert only_line(*files, PROOF).outcome is Outcome.VERIFIED


def test_images_that_do_not_carry_the_proof_are_told_with_their_obstacles() -> None:
    line = only_line(PROOF, SPOILT[0], SPOILT[1])
    told = [
        (considered.exhibit.label, [finding.check for finding in considered.obstacles])
        for considered in line.considered
    ]
    assert told == [("film-c.dcm", ["APX301"]), ("film-b.dcm", ["APX201"])]


def test_order_of_files_does_not_change_the_outcome() -> None:
    twice_missing, once = film("b", view=PANORAMIC, legibility=BLURRED), film("c", view=PANORAMIC, teeth=NINE)
    open_view, open_tooth = film("d", view=(), teeth=NINE), film("e", view=PANORAMIC, teeth=())
    equally_far = ((twice_missing, once), (open_view, open_tooth))
    for files in ((PROOF, *SPOILT[:2]), SPOILT[:3], SPOILT[1:4], *equally_far):
        outcomes = {(line.outcome, frozenset(obstacles(line))) for line in (only_line(*f) for f in permutations(files))}
        assert len(outcomes) == 1


@settings(max_examples=60)
@given(claim=CLAIMS, files=FILES)
def test_a_line_is_verified_only_by_a_radiograph_that_passes_all_that_is_required(
    claim: Claim, files: tuple[AttachedFile, ...]
) -> None:
    for line in verify(claim, files, NOTHING, PAYER).lines:
        held_back = any(finding.holds_back for finding in line.findings)
        assert (line.outcome is Outcome.VERIFIED) == (line.proof is not None and not held_back)


def test_crashed_check_is_never_a_pass() -> None:
    spoilt = earlier(images=(EarlierImage(claim_number="C-0", perceptual="not a hash"),))
    (line,) = verified(PROOF, history=spoilt).lines
    crashed = [finding for finding in line.findings if finding.result is Result.CRASHED]
    assert {finding.check for finding in crashed} == {"APX601", "APX602"}
    assert all("not a hash" not in finding.answer.message for finding in crashed)
    assert (line.outcome, line.proof, obstacles(line)) == (Outcome.NEEDS_REVIEW, None, {"APX601"})


def test_advisory_findings_change_no_outcome() -> None:
    bare = claim(narrative="")
    line = only_line(PROOF, of=bare)
    faults = {f.check for f in line.findings if f.result in (Result.FAIL, Result.UNSURE)}
    assert faults == {"APX105", "APX802", "APX803", "APX804", "APX805"}
    assert line.outcome is Outcome.VERIFIED
    assert only_line(PROOF, of=bare, policy=load_policy("strict")).outcome is Outcome.MISSING_EVIDENCE


def test_check_that_is_off_is_not_asked() -> None:
    without = PAYER.model_copy(update={"checks": PAYER.checks | {"APX301": Demand.OFF}})
    line = only_line(SPOILT[1], policy=without)
    assert line.outcome is Outcome.VERIFIED
    assert "APX301" not in {finding.check for finding in line.findings}


def test_remark_codes_stand_beside_faults_only() -> None:
    for finding in only_line(SPOILT[1]).findings:
        assert bool(finding.remark_codes) == (finding.result in (Result.FAIL, Result.UNSURE))


def test_worst_line_decides_for_the_claim() -> None:
    narrative = "Teeth #8 and #9, trauma, open apex."
    two = claim(d3351(), service("D3351", "9", line=2), narrative=narrative)
    nine = film("c", teeth=NINE)
    assert [line.outcome for line in verified(PROOF, nine, of=two).lines] == [Outcome.VERIFIED] * 2
    both = verified(PROOF, of=two)
    assert [line.outcome for line in both.lines] == [Outcome.VERIFIED, Outcome.CONTRADICTED]
    assert both.outcome is Outcome.CONTRADICTED
    assert verified(PROOF, nine, of=two).outcome is Outcome.VERIFIED


def test_predetermination_is_verified_without_a_date() -> None:
    undated = d3351(first_day=None, last_day=None)
    line = only_line(PROOF, of=claim(undated, kind=ClaimKind.PREDETERMINATION))
    open_questions = {f.check for f in line.findings if f.result is Result.NOT_APPLICABLE}
    assert {"APX401", "APX402", "APX403"} <= open_questions
    assert line.outcome is Outcome.VERIFIED
    assert only_line(PROOF, of=claim(undated)).outcome is Outcome.MISSING_EVIDENCE


def test_claim_without_a_d3351_line_has_nothing_to_verify() -> None:
    nothing = verified(PROOF, of=claim(service("D0220", "8")))
    assert (nothing.lines, nothing.outcome) == ((), Outcome.NOT_APPLICABLE)


def test_the_same_input_gives_the_same_verification() -> None:
    first, second = verified(PROOF, *SPOILT), verified(PROOF, *SPOILT)
    assert first == second
    assert repr(first.lines) == repr(second.lines)


def test_practice_trusts_its_own_word_and_the_payer_does_not() -> None:
    declared = Strength.DECLARED
    typed = picture_of(
        view=(said(views(View.PERIAPICAL), strength=declared),),
        teeth=(said(teeth("8"), strength=declared),),
        exposure=(said(at("2026-02-01"), strength=declared),),
        patient=tuple(said(o.value, strength=declared) for o in picture_of().patient),
    )
    assert only_line(attached(typed), policy=load_policy("practice")).outcome is Outcome.VERIFIED
    line = only_line(attached(typed))
    assert (line.outcome, obstacles(line)) == (Outcome.NEEDS_REVIEW, {"APX201", "APX301", "APX401", "APX501"})


def test_the_closest_radiograph_is_shown_when_none_proves_the_line() -> None:
    far = film("b", view=PANORAMIC, teeth=NINE)
    line = only_line(far, SPOILT[3])
    shown = {f.exhibit.label for f in line.findings if f.exhibit is not None}
    assert shown == {"film-e.dcm"}
    assert len([f for f in line.findings if f.exhibit is not None]) == len(EXHIBIT_CHECKS)


def test_what_is_open_comes_closer_than_what_is_refuted() -> None:
    line = only_line(SPOILT[0], film("f", view=(), patient=()))
    assert (line.outcome, obstacles(line)) == (Outcome.NEEDS_REVIEW, {"APX201", "APX501"})
