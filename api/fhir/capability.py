"""Capability: what this server takes and answers in FHIR, and its limits (CapabilityStatement, R4)."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Response

from apexproof import __version__
from apexproof.formats.fhir.code_system import PROBLEM, VERIFICATION
from apexproof.formats.native import LARGEST_DOCUMENT
from api.fhir.errors import BASE, FHIR_JSON, resource

router = APIRouter(prefix=BASE, tags=["FHIR"])
_DATE = "2026-11-28"
_CLAIM = (
    f"A Claim, or a Bundle of Claims with their Patients, Coverages and Organizations; {LARGEST_DOCUMENT} bytes at"
    " most. References are looked for in what was sent and never followed. What was left out is answered as warnings."
)
_RESPONSE = "How the claim of the same id stands: queued until it is verified, partial while something newer is read."
_OUT = "GET Claim/[id]/$verification: an issue for each line and for each check that is in its way."
_OWN = "urn:apexproof:operation:"
STATEMENT: dict[str, Any] = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": _DATE,
    "kind": "instance",
    "software": {"name": "apexproof", "version": __version__},
    "implementation": {"description": "Does the evidence attached to a D3351 claim line hold?"},
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "rest": [
        {
            "mode": "server",
            "security": {"description": "A key, as 'Authorization: Bearer ...'; requests are limited by key."},
            "resource": [
                {
                    "type": "Claim",
                    "documentation": _CLAIM,
                    "interaction": [{"code": "create"}],
                    "operation": [{"name": "verification", "definition": f"{_OWN}verification", "documentation": _OUT}],
                },
                {
                    "type": "ClaimResponse",
                    "documentation": _RESPONSE,
                    "interaction": [{"code": "read"}, {"code": "search-type"}],
                    "searchParam": [
                        {
                            "name": "request",
                            "type": "reference",
                            "documentation": "Claim/17, or by :identifier",
                        },
                        {"name": "_id", "type": "token", "documentation": "the claim's id"},
                    ],
                },
                {
                    "type": "CodeSystem",
                    "documentation": f"{VERIFICATION} and {PROBLEM}, as verification and problem.",
                    "interaction": [{"code": "read"}],
                },
            ],
        }
    ],
}
_WRITTEN = json.dumps(STATEMENT)


@router.get(
    "/metadata",
    summary="What is spoken of FHIR?",
    response_class=Response,
    responses={200: resource("CapabilityStatement")},
)
def fhir_capabilities() -> Response:
    """The statement; it is the same for everybody and asks for no key."""
    return Response(_WRITTEN, media_type=FHIR_JSON)
