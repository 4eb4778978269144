"""Verifications as an OperationOutcome (FHIR R4, 4.0.1): what a practice has to mend before it sends the claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apexproof.checks.case import Result
from apexproof.formats.fhir.claim_response import said_of
from apexproof.formats.fhir.code_system import VERIFICATION
from apexproof.formats.fhir.operation_outcome import Coding, Details, Issue, OperationOutcome, Severity, issues
from apexproof.formats.verification_json import ClaimVerificationDocument, LineVerificationDocument, holds_back, stands


def verification_outcome(claims: Iterable[ClaimVerificationDocument], faults: Iterable[str] = ()) -> OperationOutcome:
    """An issue for each line's outcome, and one for each check in its way: an error if it failed, else a warning."""
    found = [issue for claim in claims for issue in _claim(claim)]
    return OperationOutcome(issue=[*found, *issues(faults, Severity.ERROR, "invalid")])


def _claim(claim: ClaimVerificationDocument) -> Iterator[Issue]:
    name = f"Claim {claim['claim_number']}"
    if not claim["lines"]:
        yield _issue(
            Severity.INFORMATION, claim["outcome"], f"{name} has no D3351 line, so there is nothing to verify."
        )
    for line in claim["lines"]:
        yield from _line(line, f"{name}, line {line['line']}")


def _line(line: LineVerificationDocument, name: str) -> Iterator[Issue]:
    place = f"Claim.item.where(sequence = {line['line']})"
    outcome = line["outcome"]
    yield _issue(Severity.INFORMATION, outcome, f"{name}: {outcome.replace('_', ' ')}.", place)
    for finding in filter(holds_back, line["findings"]):
        severity = Severity.ERROR if stands(finding) is Result.FAIL else Severity.WARNING
        yield _issue(severity, finding["check"], f"{name}: {said_of(finding)}", place)


def _issue(severity: Severity, code: str, said: str, place: str | None = None) -> Issue:
    return Issue(
        severity=severity,
        code="informational" if severity is Severity.INFORMATION else "business-rule",
        details=Details(coding=[Coding(system=VERIFICATION, code=str(code))]),
        diagnostics=said,
        expression=[place] if place else None,
    )
