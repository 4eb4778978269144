"""Capability: what this server takes and answers in FHIR, and its limits (CapabilityStatement, R4)."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Response

from apexproof import __version__
from apexproof.formats.fhir.code_system import PROBLEM, VERIFICATION
from apexproof.formats.native import LARGEST_DOCUMENT
from apexproof.settings import Settings
from api.fhir.errors import BASE, FHIR_JSON, resource
from api.premises import Here

router = APIRouter(prefix=BASE, tags=["FHIR"])
_DATE = "2026-11-28"
_RESPONSE = "How the claim of the same id stands: queued until it is verified, partial while something newer is read."
_OUT = "GET Claim/[id]/$verification: an issue for each line and for each check that is in its way."
_CDEX = "http://hl7.org/fhir/us/davinci-cdex/OperationDefinition/submit-attachment"
_OWN = "urn:apexproof:operation:"
_STATEMENT: dict[str, Any] = {
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
            "operation": [{"name": "submit-attachment", "definition": _CDEX}],
            "resource": [
                {
                    "type": "Claim",
                    "interaction": [{"code": "create"}, {"code": "read"}],
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


@router.get(
    "/metadata",
    summary="What is spoken of FHIR?",
    response_class=Response,
    responses={200: resource("CapabilityStatement")},
)
def fhir_capabilities(here: Here) -> Response:
    """The statement, with the limits in force; it is the same for everybody and asks for no key."""
    return Response(json.dumps(_stated(here.settings)), media_type=FHIR_JSON)


def _stated(settings: Settings) -> dict[str, Any]:
    (server,) = _STATEMENT["rest"]
    claim, *others = server["resource"]
    (operation,) = server["operation"]
    limits = (
        f" {settings.largest_interchange} bytes at most, {settings.largest_file} for each file in it once decoded, and"
        f" {LARGEST_DOCUMENT} for all but the files. References are looked for in what was sent and never followed."
    )
    claim = {**claim, "documentation": f"A Claim, or a Bundle of Claims with what they refer to:{limits}"}
    operation = {**operation, "documentation": f"DocumentReference, Media or Binary with bytes inline:{limits}"}
    return {**_STATEMENT, "rest": [{**server, "resource": [claim, *others], "operation": [operation]}]}
