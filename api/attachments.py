"""Attachments: files as they arrive for a claim."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from apexproof.admission import Overloaded
from apexproof.errors import DeclarationUnusable
from apexproof.formats.native import parse_attachment
from apexproof.reception import ClaimUnknown, receive_attachment
from apexproof.retention import demand_kept, remove
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob, BlobsAway, FileTooLarge, StorageFull
from api.documents import AttachmentState, ReceivedAttachmentAnswer, claim_address, verification_address
from api.parameters import NUMBER_MOST, PLAIN, ClaimNumber
from api.premises import Here, Premises
from api.problems import BodyTooLarge, UploadUnusable, documented
from api.security import SenderTrail
from api.trail import Trail
from api.uploads import Form, Keeping, is_form, plain_name, take_form, take_stream

router = APIRouter(tags=["attachments"])
_PLAIN = re.compile(PLAIN)
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "declared": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "what the sender says of the file: an entry of a claim's `attachments`",
                        },
                        "control_number": {"type": "string", "maxLength": NUMBER_MOST},
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/v1/claims/{number:path}/attachments",
    summary="Send a file of a claim",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=_BODY,
    responses={
        200: {"model": ReceivedAttachmentAnswer, "description": "The same bytes came for this claim before"},
        **documented(
            *(ClaimUnknown, UploadUnusable, DeclarationUnusable, FileTooLarge),
            *(BodyTooLarge, BlobsAway, Overloaded, StorageFull),
        ),
    },
)
async def send_attachment(  # noqa: PLR0913, PLR0917 - FastAPI passes one argument for each thing that came
    number: ClaimNumber,
    request: Request,
    response: Response,
    here: Here,
    trail: SenderTrail,
    file_name: Annotated[str, Query(max_length=255, description="when the body is the file itself")] = "",
    control_number: Annotated[
        str | None,
        Query(max_length=NUMBER_MOST, pattern=PLAIN, description="attachment control number, as the claim declares it"),
    ] = None,
) -> ReceivedAttachmentAnswer:
    """Take in a file: as a form with what is declared of it, or as a body that is the file itself.

    What was answered with 202 is on disk and recorded. A file may come before its claim when it states a control
    number: it is held, and joined when a claim of this number comes, or one that declares the control number.
    """
    form = Form(file_name=plain_name(file_name))
    with here.blobs.incoming(most=here.settings.largest_file) as incoming:
        if is_form(request.headers):
            form, keep = await take_form(request.headers["content-type"], request.stream(), incoming)
        else:
            keep = await take_stream(request.stream(), incoming)
        sent = _sent(trail.caller.organisation, number, form, control_number)
        answer, is_new = await run_in_threadpool(_receive, here, trail, sent, keep)
    response.status_code = HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK
    response.headers["Location"] = claim_address(number)
    return answer


def _sent(organisation: str, number: str, form: Form, control_number: str | None) -> Sent:
    declared = form.text("declared")
    stated = parse_attachment(declared.encode(), origin="field 'declared'").control_number if declared else None
    written = form.text("control_number")
    if written is not None and (len(written) > NUMBER_MOST or not _PLAIN.match(written)):
        raise UploadUnusable(f"A control number has at most {NUMBER_MOST} characters, and no control characters.")
    return Sent(
        organisation=organisation,
        claim_number=number,
        control_number=control_number or written or stated,
        file_name=form.file_name,
        declared=declared,
    )


def _receive(here: Premises, trail: Trail, sent: Sent, keep: Keeping) -> tuple[ReceivedAttachmentAnswer, bool]:
    blob = keep()
    try:
        return _recorded(here, trail, sent, blob)
    except ClaimUnknown:  # nobody is told that it was kept, so it is not
        with here.database.writing() as session:
            remove(session, here.blobs, blob.sha256, now=trail.clock.now)
        raise


def _recorded(here: Premises, trail: Trail, sent: Sent, blob: Blob) -> tuple[ReceivedAttachmentAnswer, bool]:
    with here.database.writing() as session:
        demand_kept(session, here.blobs, blob.sha256)
        received = receive_attachment(session, sent, blob, here.clock())
        trail.note(session, claim_id=received.row.claim_id, thing=blob.sha256)
    here.doorbell.ring_aside(received.rings)
    row = received.row
    answer = ReceivedAttachmentAnswer(
        sha256=row.sha256,
        size=row.size,
        state=AttachmentState.HELD if row.claim_id is None else AttachmentState.ACCEPTED,
        verification=verification_address(sent.claim_number),
    )
    return answer, received.is_new
