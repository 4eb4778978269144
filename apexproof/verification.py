"""Verification: what the checks found, and what follows for the line and for the claim. Pure, and without a clock."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from msgspec import Struct

from apexproof.attestation import Attestation, in_force
from apexproof.checks.case import Answer, Case, Check, ExhibitCheck, F, Failure, LineCheck, Result
from apexproof.checks.table import EXHIBIT_CHECKS, LINE_CHECKS
from apexproof.claim import AttachedFile, Claim, Exhibit, History, ServiceLine
from apexproof.policy import Demand, Policy
from apexproof.settlement import Settled, attested, heard, settled


class Outcome(StrEnum):
    """What the evidence is worth. The worst line decides for the claim."""

    VERIFIED = "verified"
    NEEDS_REVIEW = "needs_review"
    MISSING_EVIDENCE = "missing_evidence"
    CONTRADICTED = "contradicted"
    NOT_APPLICABLE = "not_applicable"
    """The claim has no D3351 line: there is nothing to verify."""


_WORST_FIRST = (Outcome.CONTRADICTED, Outcome.MISSING_EVIDENCE, Outcome.NEEDS_REVIEW, Outcome.VERIFIED)
# A question that does not arise (the date order of a predetermination) is no reason to hold a line back.
_GOOD_ENOUGH = (Result.PASS, Result.NOT_APPLICABLE)
_FAULTY = (Result.FAIL, Result.UNSURE)


class Finding(Struct, frozen=True, kw_only=True):
    """An answer with the check that gave it, what it counts for, and the remark codes that it may draw."""

    check: str
    fault: str
    demand: Demand
    failure: Failure
    answer: Answer
    stands: Result
    """What counts: what the check found, or what a person settled."""
    holds_back: bool
    """Whether it stands between the line and `verified`."""
    remark_codes: tuple[str, ...]
    exhibit: Exhibit | None = None
    settled: Settled | None = None

    @property
    def result(self) -> Result:
        """What the check found."""
        return self.answer.result


class Considered(Struct, frozen=True, kw_only=True):
    """A radiograph that was looked at and does not carry the proof, with the checks that stand in its way."""

    exhibit: Exhibit
    obstacles: tuple[Finding, ...]


class LineVerification(Struct, frozen=True, kw_only=True):
    """The answer for one D3351 line.

    `findings` are those of the line, then those of the radiograph that carries the proof or, when none does, of the
    one that comes closest.
    """

    line: ServiceLine
    outcome: Outcome
    proof: Exhibit | None
    findings: tuple[Finding, ...]
    considered: tuple[Considered, ...]


class Verification(Struct, frozen=True, kw_only=True):
    """The answer for one claim under one policy."""

    claim: Claim
    policy: Policy
    files: tuple[AttachedFile, ...]
    lines: tuple[LineVerification, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst outcome among the lines."""
        return next(
            (worst for worst in _WORST_FIRST if any(line.outcome is worst for line in self.lines)),
            Outcome.NOT_APPLICABLE,
        )


def verify(
    claim: Claim,
    files: tuple[AttachedFile, ...],
    history: History,
    policy: Policy,
    attestations: Sequence[Attestation] = (),
) -> Verification:
    """Judge every D3351 line of a claim by the files that came with it, and what persons settled of it."""
    exhibits = tuple(Exhibit(file=file, radiograph=picture) for file in files for picture in file.reading.radiographs)
    known = History(
        services=(*claim.history.services, *history.services), images=(*claim.history.images, *history.images)
    )
    lines = tuple(
        _verify_line(
            Case(
                claim=claim,
                line=line,
                files=files,
                exhibits=exhibits,
                history=known,
                policy=policy,
                attestations=in_force(attestations),
            )
        )
        for line in claim.initial_visits()
    )
    return Verification(claim=claim, policy=policy, files=files, lines=lines)


def _verify_line(case: Case) -> LineVerification:
    demand_of = case.policy.demand
    of_line = tuple(
        [
            _finding(check, demand, case, None, check.function)
            for check in LINE_CHECKS
            if (demand := demand_of(check.id)) is not Demand.OFF
        ]
    )
    of_exhibits = [_findings_on(case, exhibit) for exhibit in case.exhibits]
    order = sorted(range(len(of_exhibits)), key=lambda index: (*_distance_from_proof(of_exhibits[index]), index))
    best = of_exhibits[order[0]] if order else ()
    proof = case.exhibits[order[0]] if order and not any(finding.holds_back for finding in best) else None
    findings = (*of_line, *best)
    return LineVerification(
        line=case.line,
        outcome=_outcome(findings, proof),
        proof=proof,
        findings=findings,
        considered=tuple(
            Considered(
                exhibit=case.exhibits[index],
                obstacles=tuple(finding for finding in of_exhibits[index] if finding.holds_back),
            )
            for index in order
            if case.exhibits[index] is not proof
        ),
    )


def _findings_on(case: Case, exhibit: Exhibit) -> tuple[Finding, ...]:
    demand_of = case.policy.demand
    return tuple(
        [
            _finding(check, demand, case, exhibit, partial(_ask_of_exhibit, check, exhibit))
            for check in EXHIBIT_CHECKS
            if (demand := demand_of(check.id)) is not Demand.OFF
        ]
    )


def _ask_of_exhibit(check: Check[ExhibitCheck], exhibit: Exhibit, case: Case) -> Answer:
    """What a check says of a picture, and then of what persons state of it."""
    answer = check.function(case, exhibit)
    with_words = attested(exhibit, check.id, case.policy, case.attestations) if case.attestations else None
    return answer if with_words is None else heard(answer, check.function(case, with_words), check.id, case.policy)


def _finding(check: Check[F], demand: Demand, case: Case, exhibit: Exhibit | None, ask: LineCheck) -> Finding:
    try:
        answer = ask(case)
    except Exception as error:  # noqa: BLE001 - a check that crashes must not take the verification with it
        answer = Answer(
            result=Result.CRASHED,
            message=f"This check broke down ({type(error).__name__}); a person has to look.",
            remedy="Look at this point by hand, and report the fault with the engine's version.",
        )
    stands, settlement = answer.result, None
    if case.attestations:
        settlement = settled(answer, check.id, case.policy, case.attestations, line=case.line.number, exhibit=exhibit)
        stands = settlement.stands if settlement else stands
    return Finding(
        check=check.id,
        fault=check.fault,
        demand=demand,
        failure=check.failure,
        answer=answer,
        stands=stands,
        holds_back=demand is Demand.REQUIRED and stands not in _GOOD_ENOUGH,
        remark_codes=case.policy.remark_codes.get(check.id, ()) if answer.result in _FAULTY else (),
        exhibit=exhibit,
        settled=settlement,
    )


def _distance_from_proof(findings: tuple[Finding, ...]) -> tuple[int, int, list[int], list[int]]:
    """How far a radiograph is from carrying the proof: how much is refuted, how much is in the way, and how soon.

    The table asks for the view first, so a periapical of another tooth comes closer than a panoramic of this one.
    Pictures that are equally far have the same outcome, so the order of the files never decides it.
    """
    obstacles = [index for index, finding in enumerate(findings) if finding.holds_back]
    refuted = [index for index in obstacles if findings[index].stands is Result.FAIL]
    return len(refuted), len(obstacles), [-index for index in obstacles], [-index for index in refuted]


def _outcome(findings: tuple[Finding, ...], proof: Exhibit | None) -> Outcome:
    obstacles = [finding for finding in findings if finding.holds_back]
    refuted = {finding.failure for finding in obstacles if finding.stands is Result.FAIL}
    if Failure.CONTRADICTED in refuted:
        return Outcome.CONTRADICTED
    if Failure.MISSING in refuted:
        return Outcome.MISSING_EVIDENCE
    if obstacles:
        return Outcome.NEEDS_REVIEW
    return Outcome.VERIFIED if proof is not None else Outcome.MISSING_EVIDENCE
