"""Verifications as JSON: deterministic, so the same input under the same policy gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from apexproof.checks.case import Evidence, Result
from apexproof.claim import AttachedFile, ClaimedTooth, ClaimKind, Exhibit, ServiceLine
from apexproof.formats.inspection_json import EngineDocument, FileDocument, engine
from apexproof.formats.shown import ShownDocument
from apexproof.policy import Demand, Policy
from apexproof.tooth import NumberingSystem
from apexproof.verification import Considered, Finding, LineVerification, Outcome, Verification


class PolicyDocument(ShownDocument):
    """The policy that was in force."""

    name: str
    version: str
    digest: str


class ClaimedToothDocument(ShownDocument):
    """The tooth as the claim writes it, and in both numbering systems when the system has such a tooth."""

    number: str
    system: NumberingSystem
    universal: str | None
    fdi: str | None

    @classmethod
    def of(cls, claimed: ClaimedTooth) -> ClaimedToothDocument:
        """Show a claimed tooth."""
        tooth = claimed.tooth
        return cls(
            number=claimed.written,
            system=claimed.system,
            universal=tooth.universal if tooth else None,
            fdi=str(tooth.fdi) if tooth else None,
        )


class ExhibitDocument(ShownDocument):
    """Which radiograph: its file, and its place in it when the file holds more than one."""

    file: str
    sha256: str
    place: str

    @classmethod
    def of(cls, exhibit: Exhibit) -> ExhibitDocument:
        """Name a radiograph."""
        return cls(file=exhibit.file.name, sha256=exhibit.file.reading.sha256, place=exhibit.radiograph.place)


class EvidenceDocument(ShownDocument):
    """What a finding rests on; `strength` is null for what stands in the claim or its history."""

    value: str
    source: str
    strength: str | None
    file: str | None
    sha256: str | None
    place: str

    @classmethod
    def of(cls, evidence: Evidence) -> EvidenceDocument:
        """Show a piece of evidence."""
        return cls(
            value=evidence.value,
            source=evidence.source,
            strength=evidence.strength.label if evidence.strength else None,
            file=evidence.file,
            sha256=evidence.sha256,
            place=evidence.place,
        )


class FindingDocument(ShownDocument):
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

    @classmethod
    def of(cls, finding: Finding) -> FindingDocument:
        """Show a finding."""
        answer = finding.answer
        return cls(
            check=finding.check,
            fault=finding.fault,
            demand=finding.demand,
            result=answer.result,
            message=answer.message,
            remedy=answer.remedy,
            measured=answer.measured,
            limit=answer.limit,
            evidence=[EvidenceDocument.of(evidence) for evidence in answer.evidence],
            remark_codes=list(finding.remark_codes),
            radiograph=ExhibitDocument.of(finding.exhibit) if finding.exhibit else None,
        )


class ConsideredDocument(ShownDocument):
    """A radiograph that does not carry the proof, and what stands in its way."""

    radiograph: ExhibitDocument
    obstacles: list[FindingDocument]

    @classmethod
    def of(cls, considered: Considered) -> ConsideredDocument:
        """Show a radiograph that was set aside."""
        return cls(
            radiograph=ExhibitDocument.of(considered.exhibit),
            obstacles=[FindingDocument.of(finding) for finding in considered.obstacles],
        )


class PeriodDocument(ShownDocument):
    """First and last day of a service that was claimed for a range of days."""

    start: date
    end: date


class LineVerificationDocument(ShownDocument):
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

    @classmethod
    def of(cls, verified: LineVerification) -> LineVerificationDocument:
        """Show the answer for a line."""
        line = verified.line
        one_day = line.first_day == line.last_day
        return cls(
            line=line.number,
            procedure=line.procedure,
            tooth=ClaimedToothDocument.of(line.tooth) if line.tooth else None,
            service_date=line.first_day if one_day else None,
            service_period=None if one_day else _period(line),
            outcome=verified.outcome,
            proof=ExhibitDocument.of(verified.proof) if verified.proof else None,
            findings=[FindingDocument.of(finding) for finding in verified.findings],
            considered=[ConsideredDocument.of(considered) for considered in verified.considered],
        )


class ClaimVerificationDocument(ShownDocument):
    """One claim: its outcome, its D3351 lines, and the files that came with it."""

    claim_number: str
    kind: ClaimKind
    outcome: Outcome
    lines: list[LineVerificationDocument]
    files: list[FileDocument]

    @classmethod
    def of(cls, verification: Verification) -> ClaimVerificationDocument:
        """Show the answer for a claim."""
        return cls(
            claim_number=verification.claim.number,
            kind=verification.claim.kind,
            outcome=verification.outcome,
            lines=[LineVerificationDocument.of(line) for line in verification.lines],
            files=[FileDocument.of(file.name, file.reading) for file in verification.files],
        )


class VerificationDocument(ShownDocument):
    """The output of `apexproof verify --format json`. It holds no clock: the same input gives the same bytes."""

    engine: EngineDocument
    policy: PolicyDocument
    claims: list[ClaimVerificationDocument]
    unassigned_files: list[FileDocument]
    faults: list[str]


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
        claims=[ClaimVerificationDocument.of(verification) for verification in verifications],
        unassigned_files=[FileDocument.of(file.name, file.reading) for file in unassigned],
        faults=list(faults),
    )


def claim_json(verification: Verification) -> str:
    """The answer for one claim as the service keeps it."""
    return ClaimVerificationDocument.of(verification).model_dump_json()


def _period(line: ServiceLine) -> PeriodDocument | None:
    if line.first_day is None or line.last_day is None:
        return None
    return PeriodDocument(start=line.first_day, end=line.last_day)
