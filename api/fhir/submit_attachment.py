"""Submit attachment (Da Vinci CDex 2.1.0): files that come apart from their claim, in FHIR."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from apexproof.admission import Overloaded
from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.embedded import Base64Unusable
from apexproof.formats.fhir.operation_outcome import OperationOutcome, Severity, issues
from apexproof.formats.fhir.read_submission import Submission, SubmissionFaulty, SubmittedFile, read_submission
from apexproof.formats.native_documents import AttachmentDocument
from apexproof.reception import AttachmentOfAnother, Link, ReceivedAttachment, number_of, receive_attachment
from apexproof.retention import demand_kept
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob, FileTooLarge, StorageFull
from apexproof.store.jobs import Ring
from api.fhir.errors import BASE, FHIR_JSON, OUTCOME, outcomes, taking
from api.premises import Here, Premises
from api.problems import BodyTooLarge, FaultFound, MediaTypeUnsupported, SubmissionUnusable
from api.security import SenderTrail
from api.trail import Trail
from api.uploads import aside, demand_fhir

router = APIRouter(prefix=BASE, tags=["FHIR"])
_ORIGIN = "request body"


@router.post(
    "/$submit-attachment",
    summary="Submit attachments of a claim, in FHIR (CDex)",
    response_class=Response,
    openapi_extra=taking("Parameters"),
    responses={
        200: {"description": "Taken in; an issue for each file says whether it is held", **OUTCOME},
        **outcomes(
            *(SubmissionUnusable, AttachmentOfAnother, FileTooLarge, BodyTooLarge, MediaTypeUnsupported),
            *(Overloaded, StorageFull),
        ),
    },
)
async def submit_attachment(request: Request, here: Here, trail: SenderTrail) -> Response:
    """Take in attachments under the control number (TrackingId) that their claim declares, before it or after it.

    All of them are taken, or none. A claim of another member or another provider never gets them.
    """
    demand_fhir(request.headers)
    async with aside(request.stream(), most=here.settings.largest_interchange, folder=here.incoming) as octets:
        said = await to_thread.run_sync(_take, here, trail, octets, limiter=here.interchanges)
    outcome = OperationOutcome(issue=issues(said, Severity.INFORMATION, "informational"))
    return Response(outcome.written(), media_type=FHIR_JSON)


def _take(here: Premises, trail: Trail, octets: Any) -> list[str]:  # noqa: ANN401 - bytes, or a mapping of them
    try:
        submission = read_submission(octets, origin=_ORIGIN)
    except ClaimUnusable as error:
        fault = FaultFound(segment=None, claim=None, reason=": ".join(filter(None, (error.place, error.reason))))
        raise SubmissionUnusable("The attachments cannot be taken.", [fault]) from None
    except SubmissionFaulty as faulty:
        faults = [FaultFound(segment=None, claim=None, reason=fault) for fault in faulty.faults]
        raise SubmissionUnusable("The attachments cannot be taken.", faults) from None
    blobs: list[Blob] = []
    is_taken = False
    try:
        blobs.extend(_kept(here, submitted) for submitted in submission.files)  # one by one, up to the first fault
        received = _received(here, trail, submission, blobs)
        is_taken = True
    finally:
        if not is_taken:
            here.drop((blob.sha256 for blob in blobs), now=trail.clock.now)
    return [_told(one) for one in received]


def _kept(here: Premises, submitted: SubmittedFile) -> Blob:
    try:
        return here.keep(submitted.file.pieces())
    except Base64Unusable as error:
        fault = FaultFound(segment=None, claim=None, reason=f"{submitted.file.place}: {error}")
        raise SubmissionUnusable("The attachments cannot be taken.", [fault]) from None


def _received(here: Premises, trail: Trail, submission: Submission, blobs: list[Blob]) -> list[ReceivedAttachment]:
    organisation, clock = trail.caller.organisation, here.clock()
    link = Link(
        control_number=submission.control_number,
        claim_number=None,
        providers=frozenset(submission.providers),
        member_id=submission.member_id,
    )
    found: list[ReceivedAttachment] = []
    rings: tuple[Ring, ...] = ()
    with here.database.writing() as session:
        number = number_of(session, organisation, link)
        for submitted, blob in zip(submission.files, blobs, strict=True):
            demand_kept(session, here.blobs, blob.sha256)
            declared = AttachmentDocument(date_taken=submitted.taken, lines=list(submitted.lines))
            sent = Sent(
                organisation=organisation,
                claim_number=number,
                control_number=submission.control_number,
                member_id=submission.member_id,
                file_name=submitted.file.name,
                declared=declared.model_dump_json(exclude_defaults=True),
            )
            received = receive_attachment(session, sent, blob, clock)
            trail.note(session, claim_id=received.row.claim_id, thing=blob.sha256)
            found.append(received)
            rings += received.rings
    here.doorbell.ring_aside(rings)
    return found


def _told(received: ReceivedAttachment) -> str:
    row = received.row
    if row.claim_id is None:
        return f"The file {row.sha256} is held until a claim comes that declares its control number."
    return f"The file {row.sha256} belongs to claim {row.claim_number}, Claim/{row.claim_id}."
