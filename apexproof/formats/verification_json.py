"""Verifications as JSON: deterministic, so the same input under the same policy gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.json import encode
from pydantic import with_config
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from apexproof.attestation import Attestation, Decision
from apexproof.checks.case import Result
from apexproof.claim import AttachedFile, ClaimedTooth, ClaimKind, Exhibit, ServiceLine
from apexproof.formats.inspection_json import EngineDocument, FileDocument, engine, file_document
from apexproof.formats.shown import STRICT, ShownDocument
from apexproof.policy import Demand, Policy
from apexproof.tooth import NumberingSystem
from apexproof.verification import Considered, Finding, LineVerification, Outcome, Verification


class PolicyDocument(ShownDocument):
    """The policy that was in force."""

    name: str
    version: str
    digest: str


@with_config(STRICT)
class ClaimedToothDocument(TypedDict):
    """The tooth as the claim writes it, and in both numbering systems when the system has such a tooth."""

    number: str
    system: NumberingSystem
    universal: str | None
    fdi: str | None


@with_config(STRICT)
class ExhibitDocument(TypedDict):
    """Which radiograph: its file, and its place in it when the file holds more than one."""

    file: str
    sha256: str
    place: str


@with_config(STRICT)
class EvidenceDocument(TypedDict):
    """What a finding rests on; `strength` is null for what stands in the claim or its history."""

    value: str
    source: str
    strength: str | None
    file: str | None
    sha256: str | None
    place: str


@with_config(STRICT)
class SettledDocument(TypedDict):
    """That a person settled what a check found: `accepted` is no obstacle, `rejected` counts as failed."""

    decision: Decision
    person: str
    why: str
    attestation: int


@with_config(STRICT)
class FindingDocument(TypedDict):
    """What one check found."""

    check: str
    fault: str
    demand: Demand
    result: Result
    message: str
    remedy: str | None
    measured: str | int | float | bool | None
    limit: str | int | float | bool | None
    evidence: list[EvidenceDocument]
    remark_codes: list[str]
    radiograph: ExhibitDocument | None
    settled: SettledDocument | None


@with_config(STRICT)
class ConsideredDocument(TypedDict):
    """A radiograph that does not carry the proof, and what stands in its way."""

    radiograph: ExhibitDocument
    obstacles: list[FindingDocument]


@with_config(STRICT)
class PeriodDocument(TypedDict):
    """First and last day of a service that was claimed for a range of days."""

    start: date
    end: date


@with_config(STRICT)
class LineVerificationDocument(TypedDict):
    """One D3351 line; `proof` is the radiograph that carries it, or null."""

    line: int
    procedure: str
    tooth: ClaimedToothDocument | None
    service_date: date | None
    service_period: PeriodDocument | None
    outcome: Outcome
    proof: ExhibitDocument | None
    findings: list[FindingDocument]
    considered: list[ConsideredDocument]


@with_config(STRICT)
class ClaimVerificationDocument(TypedDict):
    """One claim: its outcome, its D3351 lines, and the files that came with it."""

    claim_number: str
    kind: ClaimKind
    outcome: Outcome
    lines: list[LineVerificationDocument]
    files: list[FileDocument]


class VerificationDocument(ShownDocument):
    """The output of `apexproof verify --format json`. It holds no clock: the same input gives the same bytes."""

    engine: EngineDocument
    policy: PolicyDocument
    claims: list[ClaimVerificationDocument]
    unassigned_files: list[FileDocument]
    faults: list[str]


_GOOD_ENOUGH = (Result.PASS, Result.NOT_APPLICABLE)


def verification_document(
    verifications: Iterable[Verification],
    policy: Policy,
    unassigned: Iterable[AttachedFile],
    faults: Iterable[str] = (),
) -> VerificationDocument:
    """Show verifications made under one policy, the files that no claim declares, and what of claims was unusable."""
    return VerificationDocument(
        engine=engine(),
        policy=PolicyDocument(name=policy.name, version=policy.version, digest=policy.digest),
        claims=[_claim(verification) for verification in verifications],
        unassigned_files=[file_document(file.name, file.reading) for file in unassigned],
        faults=list(faults),
    )


def claim_json(verification: Verification) -> str:
    """The answer for one claim as the service keeps it."""
    return encode(_claim(verification)).decode()


def stands(finding: FindingDocument) -> Result:
    """What counts: what the check found, or what a person settled."""
    settled = finding["settled"]
    if settled is None:
        return finding["result"]
    return Result.FAIL if settled["decision"] is Decision.REJECTED else Result.PASS


def holds_back(finding: FindingDocument) -> bool:
    """Whether it stands between its line and `verified`."""
    return finding["demand"] is Demand.REQUIRED and stands(finding) not in _GOOD_ENOUGH


def _tooth(claimed: ClaimedTooth) -> ClaimedToothDocument:
    tooth = claimed.tooth
    return {
        "number": claimed.written,
        "system": claimed.system,
        "universal": tooth.universal if tooth else None,
        "fdi": str(tooth.fdi) if tooth else None,
    }


def _exhibit(exhibit: Exhibit) -> ExhibitDocument:
    return {"file": exhibit.file.name, "sha256": exhibit.file.reading.sha256, "place": exhibit.radiograph.place}


def _finding(finding: Finding) -> FindingDocument:
    answer = finding.answer
    return {
        "check": finding.check,
        "fault": finding.fault,
        "demand": finding.demand,
        "result": answer.result,
        "message": answer.message,
        "remedy": answer.remedy,
        "measured": answer.measured,
        "limit": answer.limit,
        "evidence": [
            {
                "value": evidence.value,
                "source": evidence.source,
                "strength": evidence.strength.label if evidence.strength else None,
                "file": evidence.file,
                "sha256": evidence.sha256,
                "place": evidence.place,
            }
            for evidence in answer.evidence
        ],
        "remark_codes": list(finding.remark_codes),
        "radiograph": _exhibit(finding.exhibit) if finding.exhibit else None,
        "settled": _settled(finding.settled.attestation) if finding.settled else None,
    }


def _settled(attestation: Attestation) -> SettledDocument:
    return {
        "decision": attestation.decision,
        "person": attestation.person,
        "why": attestation.why,
        "attestation": attestation.number,
    }


def _considered(considered: Considered) -> ConsideredDocument:
    return {
        "radiograph": _exhibit(considered.exhibit),
        "obstacles": [_finding(finding) for finding in considered.obstacles],
    }


def _line(verified: LineVerification) -> LineVerificationDocument:
    line = verified.line
    one_day = line.first_day == line.last_day
    return {
        "line": line.number,
        "procedure": line.procedure,
        "tooth": _tooth(line.tooth) if line.tooth else None,
        "service_date": line.first_day if one_day else None,
        "service_period": None if one_day else _period(line),
        "outcome": verified.outcome,
        "proof": _exhibit(verified.proof) if verified.proof else None,
        "findings": [_finding(finding) for finding in verified.findings],
        "considered": [_considered(considered) for considered in verified.considered],
    }


def _claim(verification: Verification) -> ClaimVerificationDocument:
    return {
        "claim_number": verification.claim.number,
        "kind": verification.claim.kind,
        "outcome": verification.outcome,
        "lines": [_line(line) for line in verification.lines],
        "files": [file_document(file.name, file.reading) for file in verification.files],
    }


def _period(line: ServiceLine) -> PeriodDocument | None:
    if line.first_day is None or line.last_day is None:
        return None
    return {"start": line.first_day, "end": line.last_day}
