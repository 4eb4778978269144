"""Claim: a Claim is taken in, or those of a Bundle with what they refer to, as claim documents are."""

from __future__ import annotations

from http import HTTPStatus

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from apexproof.admission import Overloaded
from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.operation_outcome import OperationOutcome, Severity, issues
from apexproof.reception import ClaimNumberTaken
from apexproof.store.blobs import StorageFull
from api.batch import Batch
from api.fhir.errors import BASE, FHIR_JSON, OUTCOME, outcomes, taking
from api.premises import Here
from api.problems import BodyTooLarge, MediaTypeUnsupported, ResourceUnusable
from api.security import SenderTrail
from api.uploads import aside, demand_fhir

router = APIRouter(prefix=f"{BASE}/Claim", tags=["FHIR"])


@router.post(
    "",
    summary="Send a claim in FHIR",
    status_code=HTTPStatus.CREATED,
    response_class=Response,
    openapi_extra=taking("Claim", "Bundle"),
    responses={
        200: {"description": "The same as was sent before; nothing was changed", **OUTCOME},
        201: {
            "description": "Taken in; a part that was left out is a warning, a claim that was is an error",
            **OUTCOME,
        },
        **outcomes(
            *(ClaimUnusable, ResourceUnusable, ClaimNumberTaken),
            *(BodyTooLarge, MediaTypeUnsupported, Overloaded, StorageFull),
        ),
    },
)
async def send_claim_in_fhir(request: Request, here: Here, trail: SenderTrail) -> Response:
    """Take in a Claim of R4, or a Bundle that holds some, by the rules of docs/fhir.md.

    What it means is what the claim document of the same content means, so that the same claim may come in either form.
    Whatever it refers to has to come with it: no reference is followed anywhere else. Of a Bundle each claim stands by
    itself: a fault in one is an error of the outcome, and stops no other.
    """
    demand_fhir(request.headers)
    batch = Batch(here, trail, None)
    async with aside(request.stream(), most=here.settings.largest_interchange, folder=here.incoming) as octets:
        await to_thread.run_sync(batch.take_resource, octets, limiter=here.interchanges)
    taken = [
        f"Claim {claim.number} stands here in revision {claim.revision}, as Claim/{batch.identities[claim.number]}."
        for claim in batch.claims
    ]
    outcome = OperationOutcome(
        issue=[
            *issues(taken, Severity.INFORMATION, "informational"),
            *issues((fault.reason for fault in batch.faults), Severity.ERROR, "invalid"),
            *issues((part.reason for part in batch.left_out), Severity.WARNING, "not-supported"),
        ]
    )
    is_new = any(claim.is_new for claim in batch.claims)
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    first, *others = batch.identities.values()
    headers = {} if others else {"Location": f"{BASE}/Claim/{first}"}
    return Response(outcome.written(), status_code=status, media_type=FHIR_JSON, headers=headers)
