"""CodeSystem (FHIR R4, 4.0.1): the codes that apexproof answers with, where HL7 and X12 have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apexproof import __version__
from apexproof.checks.case import Result
from apexproof.checks.table import ALL_CHECKS
from apexproof.verification import Outcome

VERIFICATION = "urn:apexproof:verification"
PROBLEM = "urn:apexproof:problem"
EVIDENCE = "evidence"
_MEANINGS: dict[str, str] = {
    EVIDENCE: "What the evidence for a service line is worth",
    Outcome.VERIFIED: "A radiograph carries the proof, and every required check passes",
    Outcome.NEEDS_REVIEW: "The evidence is there, and too weak or too ambiguous for a machine",
    Outcome.MISSING_EVIDENCE: "Something that is required is not there",
    Outcome.CONTRADICTED: "The evidence is there, and says otherwise",
    Outcome.NOT_APPLICABLE: "There is no D3351 line, or the check does not arise",
    Result.PASS: "The check found no fault",
    Result.FAIL: "The check found its fault",
    Result.UNSURE: "The check could not decide",
    Result.CRASHED: "The check broke down",
}


def verification_codes() -> dict[str, Any]:
    """The outcomes, what a check says, and the checks themselves, each by the fault that it looks for."""
    checks = {check.id: check.title for check in ALL_CHECKS}
    return code_system(VERIFICATION, "What apexproof found of a claim", {**_MEANINGS, **checks})


def code_system(url: str, title: str, codes: Mapping[str, str]) -> dict[str, Any]:
    """A code system that holds these codes, each with its meaning in a few words."""
    name = url.rpartition(":")[2]
    return {
        "resourceType": "CodeSystem",
        "id": name,
        "url": url,
        "version": __version__,
        "name": f"Apexproof{name.capitalize()}",
        "title": title,
        "status": "active",
        "experimental": False,
        "caseSensitive": True,
        "content": "complete",
        "count": len(codes),
        "concept": [{"code": str(code), "display": meaning} for code, meaning in codes.items()],
    }
