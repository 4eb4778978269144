"""Check before sending: a claim and its files go in, the answer forms, what was wrong is put right and checked again.

It is the way that every claim goes: what is dropped here is kept, and a correction is a new revision of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from apexproof.formats.native_documents import AttachmentDocument, ClaimDocument
from apexproof.formats.verification_json import FindingDocument
from apexproof.reception import receive_document
from apexproof.store.attachments import attachments_of
from apexproof.store.claims import latest_revision
from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import AttachmentRow, ClaimRow
from apexproof.store.verifications import verification
from apexproof.view import View
from api.attachments import send_attachment
from api.claims import find_claim, send_claim
from api.documents import ClaimState, ReceivedAttachmentAnswer, ReceivedClaimAnswer, ReceivedClaimsAnswer
from api.pages.headline import headline, obstacles
from api.pages.mending import is_about, with_file, with_line
from api.pages.page import page
from api.pages.visit import Fields, PageReader, PageSenderTrail, PageSubmitter, PageSubmitterTrail
from api.parameters import NUMBER_MOST, ClaimNumber
from api.premises import Here
from api.problems import NotFound
from api.results import shown
from api.so_far import SoFarAnswer, what_is_known

router = APIRouter(include_in_schema=False)
_CHECK = "/check"
_VIEWS = (View.PERIAPICAL, View.BITEWING, View.OCCLUSAL, View.PANORAMIC, View.FULL_MOUTH_SERIES, View.PHOTOGRAPH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How a claim stands, and what of it can be put right here."""

    claim: ClaimRow
    claimed: ClaimDocument
    state: ClaimState
    sentence: str
    in_the_way: Sequence[FindingDocument]
    so_far: SoFarAnswer | None
    files: Sequence[tuple[AttachmentRow, AttachmentDocument]]
    """Each with what its sender says of it."""


@router.get(_CHECK)
def check_page(
    request: Request,
    here: Here,
    caller: PageSubmitter,
    number: Annotated[str, Query(max_length=NUMBER_MOST)] = "",
) -> Response:
    """Where a claim and its files are dropped; with a number, that claim as it stands."""
    with here.database.looking() as session:
        checked = _checked(session, here, find_claim(session, caller.organisation, number)) if number else None
    return page(request, "check.html", checked=checked, views=_VIEWS, largest=here.settings.largest_file)


@router.post(f"{_CHECK}/claim", response_model=None, status_code=HTTPStatus.CREATED)
async def drop_claim(
    request: Request, response: Response, here: Here, trail: PageSenderTrail
) -> ReceivedClaimAnswer | ReceivedClaimsAnswer:
    """Take in a claim in any format that the API takes."""
    return await send_claim(request, response, here, trail)


@router.post(f"{_CHECK}/{{number:path}}/files", response_model=None)
async def drop_file(
    number: ClaimNumber, request: Request, response: Response, here: Here, trail: PageSenderTrail
) -> ReceivedAttachmentAnswer:
    """Take in a file of a claim."""
    return await send_attachment(number, request, response, here, trail)


@router.get(f"{_CHECK}/{{number:path}}/result")
def result(request: Request, number: ClaimNumber, here: Here, caller: PageReader) -> Response:
    """How it stands now; it is asked for again as long as something is being read."""
    with here.database.looking() as session:
        checked = _checked(session, here, find_claim(session, caller.organisation, number))
    return page(request, "check_result.html", checked=checked, views=_VIEWS)


@router.post(f"{_CHECK}/{{number:path}}/lines/{{line}}")
def mend_line(
    request: Request,
    number: ClaimNumber,
    line: Annotated[int, Path(ge=1, le=9999)],
    here: Here,
    trail: PageSubmitterTrail,
    fields: Fields,
) -> Response:
    """Correct the tooth and the day of a line."""
    return _mended(request, here, trail, number, lambda claim, _: with_line(claim, line, fields))


@router.post(f"{_CHECK}/{{number:path}}/files/{{sha256}}")
def mend_file(
    request: Request,
    number: ClaimNumber,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    here: Here,
    trail: PageSubmitterTrail,
    fields: Fields,
) -> Response:
    """Say what a file is, of which tooth, and when it was taken: the sender's word."""

    def mended(claim: ClaimDocument, files: Sequence[AttachmentRow]) -> ClaimDocument:
        name = next((file.file_name for file in files if file.sha256 == sha256), None)
        if name is None:
            raise NotFound("This claim has no file of this hash.")
        return with_file(claim, sha256, name, fields)

    return _mended(request, here, trail, number, mended)


def _mended(
    request: Request,
    here: Here,
    trail: PageSubmitterTrail,
    number: str,
    mend: Callable[[ClaimDocument, Sequence[AttachmentRow]], ClaimDocument],
) -> Response:
    """The result anew, after the claim as it was last sent became another one."""
    with here.database.writing() as session:
        claim = find_claim(session, trail.caller.organisation, number)
        mended = mend(_claimed(session, claim), attachments_of(session, claim))
        received = receive_document(session, trail.caller.organisation, mended, here.clock())
        trail.note(session, claim_id=claim.id)
    here.doorbell.ring_aside(received.rings)
    with here.database.looking() as session:
        checked = _checked(session, here, find_claim(session, trail.caller.organisation, number))
    return page(request, "check_result.html", checked=checked, views=_VIEWS)


def _claimed(session: Session, claim: ClaimRow) -> ClaimDocument:
    revision = latest_revision(session, claim)
    if revision is None:
        raise NotFound("Files of this claim have come, and the claim itself has not; drop it first.")
    return ClaimDocument.model_validate_json(revision.document)


def _checked(session: Session, here: Here, claim: ClaimRow) -> Checked:
    claimed = _claimed(session, claim)
    state = ClaimState.of(claim, states_of_claims(session, [claim.id])[claim.id])
    found = verification(session, claim.id, claim.verification) if claim.verification else None
    document = shown(found[0].document) if found else None
    is_over = state is ClaimState.CHECKED and document is not None
    return Checked(
        claim=claim,
        claimed=claimed,
        state=state,
        sentence=headline(document) if is_over and document else "",
        in_the_way=[one for line in document["lines"] for one in obstacles(line)] if is_over and document else [],
        so_far=None if is_over else what_is_known(session, here.settings, claim),
        files=[(file, _declared(claimed, file)) for file in attachments_of(session, claim)],
    )


def _declared(claimed: ClaimDocument, file: AttachmentRow) -> AttachmentDocument:
    """What is said of a file, where the claim says something of it; else nothing."""
    said = (one for one in claimed.attachments if is_about(one.sha256, one.file_name, file.sha256, file.file_name))
    return next(said, AttachmentDocument())
