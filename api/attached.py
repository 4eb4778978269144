"""Attached: the files of a claim as they are kept: what is known of each, and the bytes as they came."""

from __future__ import annotations

from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Path, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from apexproof.formats.inspection_json import FileDocument, file_document
from apexproof.formats.native_documents import AttachmentDocument
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth
from apexproof.review import readings_by_depth
from apexproof.store.attachments import attachments_of
from apexproof.store.tables import AttachmentRow
from apexproof.store.tombstones import tombstones_of
from api.claims import find_claim
from api.documents import Answer, AttachmentAnswer, claim_address
from api.premises import Here, Premises
from api.problems import NotFound, documented
from api.security import Reader

router = APIRouter(tags=["attachments"])
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file, in lower case")]
UNTRUSTED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-cache",
}


class AttachmentList(Answer):
    """The files of a claim, by name."""

    attachments: list[AttachmentAnswer]


class AttachmentWhole(AttachmentAnswer):
    """A file of a claim with all that is known of it."""

    declared: Annotated[AttachmentDocument | None, Field(description="what its sender said of it when it was sent")]
    depth: Annotated[Depth | None, Field(description="how far it has been read")]
    reading: Annotated[
        FileDocument | None,
        Field(description="what `apexproof inspect --format json` says of the file; null if unread"),
    ]
    content: Annotated[str, Field(description="where its bytes are")]
    preview: Annotated[str, Field(description="where its first picture can be looked at")]


@router.get("/v1/claims/{number:path}/attachments", summary="List the files of a claim", responses=documented(NotFound))
def attachments(number: str, here: Here, caller: Reader) -> AttachmentList:
    """The files that belong to a claim, by name."""
    with here.database.looking() as session:
        rows = attachments_of(session, find_claim(session, caller.organisation, number))
        hashes = [row.sha256 for row in rows]
        known = readings_by_depth(session, caller.organisation, hashes)
        gone = tombstones_of(session, [row.id for row in rows])
    return AttachmentList(
        attachments=[AttachmentAnswer.of(row, read=row.sha256 in known, tombstone=gone.get(row.id)) for row in rows]
    )


@router.get(
    "/v1/claims/{number:path}/attachments/{sha256}",
    summary="Show a file of a claim",
    response_model=AttachmentWhole,
    responses=documented(NotFound),
)
def attachment(number: str, sha256: Sha256, here: Here, caller: Reader) -> AttachmentWhole:
    """What was declared of a file, and every observation that was made in it, each with its source and strength."""
    with here.database.looking() as session:
        row = _found(session, caller.organisation, number, sha256)
        read = readings_by_depth(session, caller.organisation, [sha256]).get(sha256)
        gone = tombstones_of(session, [row.id])
    known = AttachmentAnswer.of(row, read=read is not None, tombstone=gone.get(row.id))
    return AttachmentWhole(
        **dict(known),
        declared=AttachmentDocument.model_validate_json(row.declared) if row.declared else None,
        depth=read[0] if read else None,
        reading=file_document(row.file_name, read[1]) if read else None,
        content=f"{claim_address(number)}/attachments/{sha256}/content",
        preview=_preview(number, sha256, read[1] if read else None),
    )


@router.get(
    "/v1/claims/{number:path}/attachments/{sha256}/content",
    summary="Fetch a file of a claim",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        206: {"description": "The part that was asked for"},
        304: {"description": "The caller has it"},
        416: {"description": "The file is shorter than that"},
        **documented(NotFound),
    },
)
async def content(
    number: str,
    sha256: Sha256,
    here: Here,
    caller: Reader,
    if_none_match: Annotated[str | None, Header(max_length=10_000)] = None,
) -> Response:
    """The bytes as they came, whole or in the ranges that are asked for. Their hash is their entity tag."""
    name = await run_in_threadpool(kept_file, here, caller.organisation, number, sha256)
    headers = {"ETag": f'"{sha256}"', **UNTRUSTED}
    if if_none_match is not None and (if_none_match.strip() == "*" or f'"{sha256}"' in if_none_match):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    held = ExitStack()
    try:
        path = await run_in_threadpool(held.enter_context, here.blobs.at_hand(sha256))
        is_kept = path.is_file()
    except BaseException:
        await run_in_threadpool(held.close)
        raise
    if not is_kept:
        await run_in_threadpool(held.close)
        raise NotFound("This file is not kept any more.")
    return _Held(path, held, name=name, headers=headers)


class _Held(FileResponse):
    """A file that is at hand until it was sent, or the caller is gone."""

    def __init__(self, path: FilePath, held: ExitStack, *, name: str, headers: dict[str, str]) -> None:
        super().__init__(path, filename=name, headers=headers, media_type="application/octet-stream")
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._held.close)


def _preview(number: str, sha256: str, reading: FileReading | None) -> str:
    place = reading.radiographs[0].place if reading and reading.radiographs else ""
    query = f"?{urlencode({'place': place})}" if place else ""
    return f"{claim_address(number)}/attachments/{sha256}/preview{query}"


def _found(session: Session, organisation: str, number: str, sha256: str) -> AttachmentRow:
    rows = attachments_of(session, find_claim(session, organisation, number))
    row = next((row for row in rows if row.sha256 == sha256), None)
    if row is None:
        raise NotFound("This claim has no such file.")
    return row


def kept_file(here: Premises, organisation: str, number: str, sha256: str) -> str:
    """The name of a file of a claim whose bytes may be given out.

    Raises:
        NotFound: there is none, or it was deleted: the same bytes may lie there for others.
    """
    with here.database.looking() as session:
        row = _found(session, organisation, number, sha256)
        if tombstones_of(session, [row.id]):
            raise NotFound("This file is not kept any more.")
    return row.file_name
