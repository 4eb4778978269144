"""Attestations: what persons settled that a machine could not."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.concurrency import run_in_threadpool

from apexproof.attesting import AttestationRefused, attest, listed
from apexproof.errors import AttestationsUnusable
from apexproof.formats.attestations import AttestationsDocument, ListedAttestation
from apexproof.store.attestations import attestations_of
from api.claims import find_claim
from api.documents import verification_address
from api.premises import Here
from api.problems import BodyTooLarge, NotFound, documented
from api.security import Reader, Reviewer
from api.uploads import take_document

router = APIRouter(tags=["attestations"])
_LARGEST = 64 * 1024
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "attestation.json"}}}}
}


@router.post(
    "/v1/claims/{number:path}/attestations",
    summary="Settle what a machine left open",
    status_code=HTTPStatus.CREATED,
    openapi_extra=_BODY,
    responses={
        200: {"model": ListedAttestation, "description": "The same was said before and holds; nothing was added"},
        **documented(NotFound, AttestationsUnusable, AttestationRefused, BodyTooLarge),
    },
)
async def send_attestation(
    number: str, request: Request, response: Response, here: Here, caller: Reviewer, background: BackgroundTasks
) -> ListedAttestation:
    """Take in the word of a person: who, what, why. The claim is judged again, and its finding says who settled it.

    It holds for the finding as it stands: when the check comes to say something else, the question is open again. It
    is never changed; another that revokes it takes it back. The policy says which checks persons may settle.
    """
    document = await take_document(request.stream(), most=_LARGEST)

    def receive() -> ListedAttestation:
        with here.database.writing() as session:
            claim = find_claim(session, caller.organisation, number)
            attested = attest(session, claim.id, document, caller, here.clock())
        if not attested.is_new:
            response.status_code = HTTPStatus.OK
        background.add_task(here.doorbell.ring, attested.rings)
        return listed(attested.row)

    answer = await run_in_threadpool(receive)
    response.headers["Location"] = verification_address(number)
    return answer


@router.get(
    "/v1/claims/{number:path}/attestations", summary="List what persons settled", responses=documented(NotFound)
)
def attestations(number: str, here: Here, caller: Reader) -> AttestationsDocument:
    """Every word that was ever said of the claim, the first one first, also those that were taken back.

    It is what `apexproof verify --attestations` takes.
    """
    with here.database.looking() as session:
        claim = find_claim(session, caller.organisation, number)
        rows = attestations_of(session, caller.organisation, [claim.id]).get(claim.id, ())
    return AttestationsDocument(attestations=[listed(row) for row in rows])
