"""Claim: a Claim is taken in, alone or in a Bundle with what it refers to, as a claim document is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.operation_outcome import OperationOutcome, Severity, issues
from apexproof.formats.fhir.read_claim import read_resource
from apexproof.formats.native import LARGEST_DOCUMENT
from apexproof.formats.native_documents import ClaimDocument
from apexproof.reception import ClaimNumberTaken
from apexproof.store.blobs import StorageFull
from api.claims import receive_claim
from api.documents import claim_address
from api.fhir.errors import BASE, FHIR_JSON, outcomes
from api.premises import Here
from api.problems import BodyTooLarge, FaultFound, MediaTypeUnsupported, ResourceUnusable
from api.security import SubmitterTrail
from api.uploads import take_document

router = APIRouter(prefix=f"{BASE}/Claim", tags=["FHIR"])
_ORIGIN = "request body"
_TAKEN = (FHIR_JSON, "application/json")
_OUTCOME: dict[str, Any] = {
    "content": {FHIR_JSON: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}},
}
_RESOURCE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FHIR_JSON: {
                "schema": {
                    "type": "object",
                    "required": ["resourceType"],
                    "properties": {"resourceType": {"enum": ["Claim", "Bundle"]}},
                }
            }
        },
    }
}


@router.post(
    "",
    summary="Send a claim in FHIR",
    status_code=HTTPStatus.CREATED,
    response_class=Response,
    openapi_extra=_RESOURCE,
    responses={
        200: {"description": "The same as was sent before; nothing was changed", **_OUTCOME},
        201: {"description": "Taken in; a warning for each part that was left out", **_OUTCOME},
        **outcomes(
            *(ClaimUnusable, ResourceUnusable, ClaimNumberTaken, BodyTooLarge, MediaTypeUnsupported, StorageFull)
        ),
    },
)
async def send_claim_in_fhir(request: Request, here: Here, trail: SubmitterTrail) -> Response:
    """Take in a Claim of R4, alone or in a Bundle that holds one, by the rules of docs/fhir.md.

    What it means is what the claim document of the same content means, so that the same claim may come in either form.
    Whatever it refers to has to come with it: no reference is followed anywhere else.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TAKEN:
        raise MediaTypeUnsupported(f"A claim in FHIR comes as '{FHIR_JSON}'.")
    content = await take_document(request.stream(), most=LARGEST_DOCUMENT)
    claim, left_out = await run_in_threadpool(_claim_in, content)
    received, is_new = await run_in_threadpool(receive_claim, here, trail, claim)
    said = f"The claim stands here in revision {received.revision}."
    outcome = OperationOutcome(
        issue=[
            *issues([said], Severity.INFORMATION, "informational"),
            *issues(left_out, Severity.WARNING, "not-supported"),
        ]
    )
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    headers = {"Location": claim_address(received.number)}
    return Response(outcome.written(), status_code=status, media_type=FHIR_JSON, headers=headers)


def _claim_in(content: bytes) -> tuple[ClaimDocument, list[str]]:
    """The one claim of a resource, and what of it was left out.

    Raises:
        ClaimUnusable: it is no resource that is taken, or holds several claims.
        ResourceUnusable: its claim cannot be used.
    """
    claims: list[ClaimDocument] = []
    said: list[str] = []
    for found in read_resource(content, origin=_ORIGIN):
        if isinstance(found, str):
            said.append(found)
        else:
            claims.append(found)
    if len(claims) > 1:
        raise ClaimUnusable(origin=_ORIGIN, reason="it holds several claims; send each by itself.")
    if not claims:
        faults = said or ["Bundle.entry: it holds no Claim"]
        raise ResourceUnusable(
            "The claim cannot be used.", [FaultFound(segment=None, claim=None, reason=fault) for fault in faults]
        )
    return claims[0], said
