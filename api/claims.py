"""Claims: sent, listed, shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlalchemy.orm import Session

from apexproof.admission import Overloaded
from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.read_claim import is_resource
from apexproof.formats.native import LARGEST_DOCUMENT, parse_documents
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.segments import is_interchange
from apexproof.reception import ClaimNumberTaken, receive_document
from apexproof.retention import BlobVanished
from apexproof.review import PIXELS
from apexproof.store.attachments import attachments_of, read_already
from apexproof.store.blobs import BlobsAway, StorageFull
from apexproof.store.claims import Wanted, claim_by_number, list_claims, obstacles
from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import ClaimRow
from apexproof.store.tombstones import tombstones_of
from apexproof.verification import Outcome
from api.batch import Batch
from api.documents import (
    AttachmentAnswer,
    ClaimPage,
    ClaimSummary,
    ReceivedClaimAnswer,
    ReceivedClaimsAnswer,
    claim_address,
    verification_address,
)
from api.interchanges import take_interchange
from api.parameters import NUMBER_MOST, PLAIN, ClaimNumber, Day
from api.premises import Here, Premises
from api.problems import BodyTooLarge, InterchangeUnusable, NotFound, ResourceUnusable, documented
from api.security import Reader, SenderTrail
from api.so_far import SoFarAnswer, what_is_known
from api.trail import Trail
from api.uploads import opened, take_document

router = APIRouter(prefix="/v1/claims", tags=["claims"])
_ORIGIN = "request body"
_CLAIM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "claim.json"}},
            "application/fhir+json": {"schema": {"type": "object", "required": ["resourceType"]}},
            "application/edi-x12": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "",
    summary="Send a claim, or a file of claims",
    status_code=HTTPStatus.CREATED,
    openapi_extra=_CLAIM,
    responses={
        200: {
            "model": ReceivedClaimAnswer | ReceivedClaimsAnswer,
            "description": "The same as was sent before; nothing was changed",
        },
        **documented(
            *(ClaimUnusable, InterchangeUnusable, ResourceUnusable, ClaimNumberTaken),
            *(BodyTooLarge, BlobsAway, BlobVanished, Overloaded, StorageFull),
        ),
    },
)
async def send_claim(
    request: Request, response: Response, here: Here, trail: SenderTrail
) -> ReceivedClaimAnswer | ReceivedClaimsAnswer:
    """Take in a claim document (docs/schema/claim.json), several (docs/schema/claims.json), an X12 837D, or FHIR R4.

    Its content tells which. The number names a claim: the same content again changes nothing, another content becomes
    a new revision, and what was sent before stays on record. A claim of another billing provider under the same number
    is refused. Of a file each claim stands by itself: one that cannot be used stops no other.
    """
    head, stream = await opened(request.stream())
    if is_interchange(head):
        blob = await take_interchange(stream, here)
        batch = Batch(here, trail, blob)
        await to_thread.run_sync(batch.take_interchange, limiter=here.interchanges)
        return _listed(batch, response)
    document = await take_document(stream, most=LARGEST_DOCUMENT)
    batch = Batch(here, trail, None)
    if is_resource(document):
        await run_in_threadpool(batch.take_resource, document)
        return _listed(batch, response)
    documents = await run_in_threadpool(parse_documents, document, origin=_ORIGIN)
    if len(documents) > 1:
        await run_in_threadpool(batch.take_documents, documents)
        return _listed(batch, response)

    answer, is_new = await run_in_threadpool(receive_claim, here, trail, documents[0])
    if not is_new:
        response.status_code = HTTPStatus.OK
    response.headers["Location"] = claim_address(answer.number)
    return answer


def receive_claim(here: Premises, trail: Trail, document: ClaimDocument) -> tuple[ReceivedClaimAnswer, bool]:
    """Take in one claim; whether it is new, or a new revision.

    Raises:
        ClaimNumberTaken: its number is that of another provider's claim.
    """
    with here.database.writing() as session:
        received = receive_document(session, trail.caller.organisation, document, here.clock())
        trail.note(session, claim_id=received.row.id)
    here.doorbell.ring_aside(received.rings)
    row = received.row
    answer = ReceivedClaimAnswer(
        number=row.number, revision=row.revision, verification=verification_address(row.number)
    )
    return answer, received.is_new


def _listed(batch: Batch, response: Response) -> ReceivedClaimsAnswer:
    if not any(claim.is_new for claim in batch.claims):
        response.status_code = HTTPStatus.OK
    return batch.answer()


@router.get("", summary="List claims", responses=documented())
def claims(  # noqa: PLR0913, PLR0917 - one argument for each filter
    here: Here,
    caller: Reader,
    outcome: Outcome | None = None,
    payer: Annotated[
        str | None, Query(max_length=200, pattern=PLAIN, description="the payer's identifier, else its name")
    ] = None,
    provider: Annotated[str | None, Query(pattern=r"^[0-9]{10}$", description="NPI of the billing provider")] = None,
    check: Annotated[str | None, Query(pattern=r"^APX[0-9]{3}$", description="a check that is in the way")] = None,
    visited_from: Annotated[Day | None, Query(description="first day of the D3351 visit")] = None,
    visited_until: Annotated[Day | None, Query(description="last day of it")] = None,
    after: Annotated[
        str | None, Query(max_length=NUMBER_MOST, pattern=PLAIN, description="the number of the last claim seen")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ClaimPage:
    """The claims that are wanted, by number; each page names the address of the next."""
    wanted = Wanted(
        outcome=outcome,
        payer=payer,
        provider=provider,
        check=check,
        visited_from=visited_from,
        visited_until=visited_until,
        after=after,
    )
    with here.database.looking() as session:
        rows = list_claims(session, caller.organisation, wanted, most=limit + 1)
        page = list(rows[:limit])
        ids = [row.id for row in page]
        jobs, in_the_way = states_of_claims(session, ids), obstacles(session, ids)
    further = None
    if len(rows) > limit:
        said = {
            "outcome": outcome,
            "payer": payer,
            "provider": provider,
            "check": check,
            "visited_from": visited_from,
            "visited_until": visited_until,
            "after": page[-1].number,
            "limit": limit,
        }
        further = f"/v1/claims?{urlencode({key: value for key, value in said.items() if value is not None})}"
    return ClaimPage(claims=[ClaimSummary.of(row, jobs[row.id], in_the_way[row.id]) for row in page], next=further)


def find_claim(session: Session, organisation: str, number: str) -> ClaimRow:
    """The organisation's claim of that number.

    Raises:
        NotFound: it has none.
    """
    row = claim_by_number(session, organisation, number)
    if row is None:
        raise NotFound("There is no claim of this number.")
    return row


class ClaimAnswer(ClaimSummary):
    """A claim with its files."""

    attachments: list[AttachmentAnswer]
    verification: Annotated[str | None, Field(description="where its latest verification is")]
    so_far: Annotated[
        SoFarAnswer | None, Field(description="what is known while files are still being read; null when all are")
    ]


# The routes below a claim are added before this one: a number may hold a slash, so this one takes all that is left.
def add_claim_route(to: APIRouter) -> None:
    """Add the route of a single claim, behind all routes that are more precise."""

    @to.get("/v1/claims/{number:path}", summary="Show a claim", tags=["claims"], responses=documented(NotFound))
    def claim(number: ClaimNumber, here: Here, caller: Reader) -> ClaimAnswer:
        """Where a claim stands, and its files."""
        with here.database.looking() as session:
            row = find_claim(session, caller.organisation, number)
            files = attachments_of(session, row)
            hashes = [file.sha256 for file in files]
            gone = tombstones_of(session, [file.id for file in files])
            read = read_already(session, caller.organisation, hashes, version=PIXELS)
            jobs, in_the_way = states_of_claims(session, [row.id]), obstacles(session, [row.id])
            known = what_is_known(session, here.settings, row) if len(read) < len(set(hashes)) else None
        summary = ClaimSummary.of(row, jobs[row.id], in_the_way[row.id])
        return ClaimAnswer(
            **dict(summary),
            so_far=known,
            attachments=[
                AttachmentAnswer.of(file, read=file.sha256 in read, tombstone=gone.get(file.id)) for file in files
            ],
            verification=verification_address(number, row.verification) if row.verification else None,
        )
