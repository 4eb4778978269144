"""Claims: sent, listed, shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from apexproof.errors import ClaimUnusable
from apexproof.formats.native import LARGEST_DOCUMENT
from apexproof.reception import receive_claim
from apexproof.review import PIXELS
from apexproof.store.attachments import attachments_of, read_already
from apexproof.store.claims import Wanted, claim_by_number, list_claims, obstacles
from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import ClaimRow
from apexproof.store.tombstones import tombstones_of
from apexproof.verification import Outcome
from api.documents import (
    AttachmentAnswer,
    ClaimAnswer,
    ClaimPage,
    ClaimSummary,
    ReceivedClaimAnswer,
    claim_address,
    verification_address,
)
from api.parameters import NUMBER_MOST, PLAIN, ClaimNumber, Day
from api.premises import Here
from api.problems import BodyTooLarge, NotFound, documented
from api.security import Reader, SubmitterTrail
from api.uploads import take_document

router = APIRouter(prefix="/v1/claims", tags=["claims"])
_CLAIM = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "claim.json"}}}}}


@router.post(
    "",
    summary="Send a claim",
    status_code=HTTPStatus.CREATED,
    openapi_extra=_CLAIM,
    responses={
        200: {"model": ReceivedClaimAnswer, "description": "The same as was sent before; nothing was changed"},
        **documented(ClaimUnusable, BodyTooLarge),
    },
)
async def send_claim(request: Request, response: Response, here: Here, trail: SubmitterTrail) -> ReceivedClaimAnswer:
    """Take in a claim document (docs/schema/claim.json).

    The number names the claim: the same content again changes nothing, another content becomes a new revision, and
    what was sent before stays on record.
    """
    document = await take_document(request.stream(), most=LARGEST_DOCUMENT)

    def receive() -> ReceivedClaimAnswer:
        with here.database.writing() as session:
            received = receive_claim(session, trail.caller.organisation, document, here.clock())
            trail.note(session, claim_id=received.row.id)
        if not received.is_new:
            response.status_code = HTTPStatus.OK
        here.doorbell.ring_aside(received.rings)
        row = received.row
        return ReceivedClaimAnswer(
            number=row.number, revision=row.revision, verification=verification_address(row.number)
        )

    answer = await run_in_threadpool(receive)
    response.headers["Location"] = claim_address(answer.number)
    return answer


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
        summary = ClaimSummary.of(row, jobs[row.id], in_the_way[row.id])
        return ClaimAnswer(
            **dict(summary),
            attachments=[
                AttachmentAnswer.of(file, read=file.sha256 in read, tombstone=gone.get(file.id)) for file in files
            ],
            verification=verification_address(number, row.verification) if row.verification else None,
        )
