"""Sources: attachments out of an interchange (275), and for auditors where each revision of a claim was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from apexproof.admission import Overloaded
from apexproof.formats.x12.segments import is_interchange
from apexproof.retention import BlobVanished
from apexproof.store.blobs import BlobsAway, StorageFull
from apexproof.store.sources import has_interchange, revisions
from apexproof.store.tables import InterchangeRow, RevisionSourceRow
from api.claims import find_claim
from api.documents import ReceivedAttachmentsAnswer, RevisionAnswer, RevisionHistory, SourceAnswer
from api.interchanges import EnclosedBatch, take_interchange
from api.parameters import ClaimNumber
from api.premises import Here
from api.problems import BodyTooLarge, InterchangeUnusable, NotFound, UploadUnusable, documented
from api.security import Reader, SenderTrail
from api.uploads import opened

router = APIRouter(tags=["interchanges"])
X12 = "application/edi-x12"
_AT_ONCE = 1024**2
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {X12: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "/v1/attachments/x12",
    summary="Send attachments as an X12 275",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=_BODY,
    responses={
        200: {"model": ReceivedAttachmentsAnswer, "description": "All of it came before"},
        **documented(
            UploadUnusable, InterchangeUnusable, BodyTooLarge, BlobsAway, BlobVanished, Overloaded, StorageFull
        ),
    },
)
async def send_attachments_x12(
    request: Request, response: Response, here: Here, trail: SenderTrail
) -> ReceivedAttachmentsAnswer:
    """Take in the files of a 275 (005010X210, 006020X314), each for its claim.

    A file goes to the claim of its number (REF*X1 or REF*EJ), else to the one claim that declares its control number
    (TRN02); one whose claim is not here yet is held by its control number.
    """
    head, stream = await opened(request.stream())
    if not is_interchange(head):
        raise UploadUnusable("This is no X12 interchange, which begins with ISA; send a file to its claim instead.")
    blob = await take_interchange(stream, here)
    batch = EnclosedBatch(here, trail, blob)
    answer = await to_thread.run_sync(batch.take, limiter=here.interchanges)
    if not any(file.is_new for file in answer.attachments):
        response.status_code = HTTPStatus.OK
    return answer


@router.get("/v1/claims/{number:path}/revisions", summary="Show all revisions", responses=documented(NotFound))
def claim_revisions(number: ClaimNumber, here: Here, caller: Reader) -> RevisionHistory:
    """What the sender claimed each time, the first one first, and in which interchange it was said."""
    with here.database.looking() as session:
        found = revisions(session, find_claim(session, caller.organisation, number))
    return RevisionHistory(
        revisions=[
            RevisionAnswer(
                revision=row.revision,
                received_at=row.received_at,
                digest=row.digest,
                document=json.loads(row.document),
                source=_shown(source, interchange),
            )
            for row, source, interchange in found
        ]
    )


def _shown(source: RevisionSourceRow | None, interchange: InterchangeRow | None) -> SourceAnswer | None:
    if source is None or interchange is None:
        return None
    return SourceAnswer(
        sha256=interchange.sha256,
        address=f"/v1/interchanges/{interchange.sha256}",
        segment=source.segment,
        interchange=source.interchange,
        group=source.group,
        transaction_set=source.transaction_set,
        line_control_numbers=json.loads(source.line_control_numbers),
    )


@router.get(
    "/v1/interchanges/{interchange}",
    summary="Fetch an interchange as it came",
    response_class=StreamingResponse,
    responses={
        200: {"content": {X12: {"schema": {"type": "string", "format": "binary"}}}},
        **documented(NotFound, BlobsAway),
    },
)
def interchange_as_it_came(
    interchange: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], here: Here, caller: Reader
) -> StreamingResponse:
    """The bytes as they were sent; their SHA-256 is the one in the address."""
    with here.database.looking() as session:
        if not has_interchange(session, caller.organisation, interchange):
            raise NotFound("There is no interchange of this hash.")
    stack = ExitStack()
    stream = stack.enter_context(stack.enter_context(here.blobs.at_hand(interchange)).open("rb"))

    def content() -> Iterator[bytes]:
        with stack:
            while piece := stream.read(_AT_ONCE):
                yield piece

    headers = {
        "Content-Disposition": f'attachment; filename="{interchange[:12]}.x12"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(content(), media_type=X12, headers=headers)
