"""ClaimResponse (FHIR R4, 4.0.1): a stored verification as a payer says it; nothing is judged here.

    outcome                queued: not verified yet; partial: something newer is on its way; complete; error: given up
    item[].adjudication    `evidence` with the outcome of the line; then one for each check in its way, with what it
                           says and the remark codes that it may draw, which are hints: the payer decides
    processNote            what each of those checks found and what to do about it, by item[].noteNumber
    error                  the checks that failed or broke down, by line

No amount is here, for none is read; and no name, for the claim has it: the patient is named by their member id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from apexproof.checks.case import Result
from apexproof.formats.fhir.code_system import EVIDENCE, VERIFICATION
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.verification_json import (
    ClaimVerificationDocument,
    FindingDocument,
    LineVerificationDocument,
    holds_back,
    stands,
)
from apexproof.verification import Outcome

NPI = "http://hl7.org/fhir/sid/us-npi"
_CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
_RARC = "https://x12.org/codes/remittance-advice-remark-codes"
_ORAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "oral"}]}
_DISPOSITIONS = {
    Outcome.VERIFIED: "The evidence for every D3351 line holds.",
    Outcome.NEEDS_REVIEW: "A person has to look at the evidence.",
    Outcome.MISSING_EVIDENCE: "Evidence that is required is not there.",
    Outcome.CONTRADICTED: "The evidence says otherwise than the claim.",
    Outcome.NOT_APPLICABLE: "The claim has no D3351 line, so there is nothing to verify.",
}
_UNJUDGED = ("The claim is still being read.", "It failed again and again, and a person has to look.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim as it stands: what was claimed, and what was found of it, if anything was yet."""

    identity: str
    claim: ClaimDocument
    outcome: Literal["queued", "partial", "complete", "error"]
    made_at: datetime
    found: ClaimVerificationDocument | None


def claim_response(judged: Judged) -> dict[str, Any]:
    """The answer to a claim."""
    claim, found = judged.claim, judged.found
    notes: list[dict[str, Any]] = []
    items = [_item(line, notes) for line in found["lines"]] if found else []
    errors = [error for line in found["lines"] for error in _errors(line)] if found else []
    return _without_nothing(
        {
            "resourceType": "ClaimResponse",
            "id": judged.identity,
            "status": "active",
            "type": _ORAL,
            "use": claim.kind.value,
            "patient": _reference(claim.patient.member_id, "the patient of the claim"),
            "created": judged.made_at.isoformat(timespec="seconds"),
            "insurer": _reference(claim.payer.id, claim.payer.name or "not stated"),
            "requestor": _requestor(claim),
            "request": {"reference": f"Claim/{judged.identity}", "identifier": {"value": claim.claim_number}},
            "outcome": judged.outcome,
            "disposition": _DISPOSITIONS[found["outcome"]] if found else _UNJUDGED[judged.outcome == "error"],
            "item": items,
            "processNote": notes,
            "error": errors,
        }
    )


def _item(line: LineVerificationDocument, notes: list[dict[str, Any]]) -> dict[str, Any]:
    """A line; what is in its way is added to the notes."""
    numbers: list[int] = []
    adjudication = [{"category": _coded(EVIDENCE), "reason": _coded(line["outcome"])}]
    for finding in _obstacles(line):
        numbers.append(len(notes) + 1)
        notes.append({"number": numbers[-1], "type": "display", "text": said_of(finding)})
        adjudication.append(
            {
                "category": _coded(finding["check"]),
                "reason": {"coding": [*_coded(stands(finding))["coding"], *_remarks(finding)]},
            }
        )
    item = {"itemSequence": line["line"], "noteNumber": numbers, "adjudication": adjudication}
    return _without_nothing(item)


def said_of(finding: FindingDocument) -> str:
    """What a check found, and what to do about it."""
    return " ".join(filter(None, (f"{finding['check']}:", finding["message"], finding["remedy"])))


def _errors(line: LineVerificationDocument) -> Iterator[dict[str, Any]]:
    for finding in _obstacles(line):
        if stands(finding) in {Result.FAIL, Result.CRASHED}:
            yield {"itemSequence": line["line"], "code": _coded(finding["check"])}


def _obstacles(line: LineVerificationDocument) -> list[FindingDocument]:
    return [finding for finding in line["findings"] if holds_back(finding)]


def _coded(code: str) -> dict[str, Any]:
    return {"coding": [{"system": VERIFICATION, "code": str(code)}]}


def _remarks(finding: FindingDocument) -> list[dict[str, str]]:
    return [{"system": _CARC if code.isdecimal() else _RARC, "code": code} for code in finding["remark_codes"]]


def _reference(identifier: str | None, display: str) -> dict[str, Any]:
    return {"identifier": {"value": identifier}} if identifier else {"display": display}


def _requestor(claim: ClaimDocument) -> dict[str, Any] | None:
    provider = claim.billing_provider
    if provider.npi is None:
        return None
    return {"identifier": {"system": NPI, "value": provider.npi}}


def _without_nothing(resource: dict[str, Any]) -> dict[str, Any]:
    """FHIR knows no null and no empty list."""
    return {name: value for name, value in resource.items() if value not in (None, [])}
