"""In other people's forms: a page of a claim's verification, the request for what it lacks, and the claim itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter, ValidationError

from apexproof.formats.inspection_json import EngineDocument
from apexproof.formats.native import parse_documents
from apexproof.formats.summary_pdf import Made, summary_pdf
from apexproof.formats.verification_json import ClaimVerificationDocument, PolicyDocument
from apexproof.formats.x12.write_277 import write_request
from apexproof.formats.x12.write_837d import Sending, write_claims
from apexproof.store.claims import latest_revision
from apexproof.store.tables import PolicyRow, VerificationRow
from apexproof.store.verifications import verification
from apexproof.verification import Outcome
from api.claims import find_claim
from api.parameters import ClaimNumber
from api.premises import Here, Premises
from api.problems import NotFound, NothingToRequest, NotVerifiedYet, documented
from api.security import Reader

router = APIRouter(tags=["results"])
PDF, X12 = "application/pdf", "application/edi-x12"
_SHOWN = TypeAdapter(ClaimVerificationDocument)
_PARTY = r"^[A-Za-z0-9 ._-]{1,15}$"


@router.get(
    "/v1/claims/{number:path}/summary.pdf",
    summary="Show the verification that holds now as one page",
    response_class=Response,
    responses={
        200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
        **documented(NotFound, NotVerifiedYet),
    },
)
def claim_summary(number: ClaimNumber, here: Here, caller: Reader) -> Response:
    """What holds, what stands in the way and what to do about it, on a page that names no person."""
    return summary_of(here, caller.organisation, number)


def summary_of(here: Premises, organisation: str, number: str) -> Response:
    """The page of a claim.

    Raises:
        NotFound: there is no such claim, or its verification was written by another version.
        NotVerifiedYet: it has no verification.
    """
    with here.database.looking() as session:
        claim = find_claim(session, organisation, number)
        row, policy = _latest(verification(session, claim.id, claim.verification) if claim.verification else None)
    made = Made(
        policy=PolicyDocument(name=policy.name, version=policy.version, digest=policy.digest),
        engine=EngineDocument(version=row.engine, reader=row.reader),
        when=f"{row.made_at:%Y-%m-%d %H:%M} UTC",
    )
    return Response(summary_pdf([shown(row.document)], made), media_type=PDF, headers={"Cache-Control": "no-store"})


@router.get(
    "/v1/claims/{number:path}/claim.x12",
    summary="Write a claim as X12 (837D)",
    response_class=Response,
    responses={
        200: {"content": {X12: {"schema": {"type": "string", "format": "binary"}}}},
        **documented(NotFound),
    },
)
def claim_in_x12(
    number: ClaimNumber,
    here: Here,
    caller: Reader,
    sender: Annotated[str, Query(pattern=_PARTY, description="who sends, as ISA06 names them")] = "PROVIDER",
    receiver: Annotated[str, Query(pattern=_PARTY, description="who receives, as ISA08 names them")] = "PAYER",
    control_number: Annotated[int, Query(ge=1, le=999_999_999, description="of the interchange, ISA13")] = 1,
) -> Response:
    """What is claimed now, whichever format it came in, without what an 837D has no place for (docs/x12.md).

    It is no claim to be paid by: charges and addresses are not known here.
    """
    with here.database.looking() as session:
        revision = latest_revision(session, find_claim(session, caller.organisation, number))
    if revision is None:
        raise NotFound("There is no claim of this number.")
    (document,) = parse_documents(revision.document.encode(), origin="the claim as it was received")
    sending = Sending(sender=sender, receiver=receiver, control_number=control_number, made_at=here.clock().now)
    return Response(write_claims([document], sending), media_type=X12, headers={"Cache-Control": "no-store"})


@router.get(
    "/v1/claims/{number:path}/request.x12",
    summary="Write the request for a missing radiograph (277)",
    response_class=Response,
    responses={
        200: {"content": {X12: {"schema": {"type": "string", "format": "binary"}}}},
        **documented(NotFound, NotVerifiedYet, NothingToRequest),
    },
)
def claim_request(
    number: ClaimNumber,
    here: Here,
    caller: Reader,
    sender: Annotated[str, Query(pattern=_PARTY, description="who asks, as ISA06 names them")] = "PAYER",
    receiver: Annotated[str, Query(pattern=_PARTY, description="who is asked, as ISA08 names them")] = "PROVIDER",
    control_number: Annotated[int, Query(ge=1, le=999_999_999, description="of the interchange, ISA13")] = 1,
) -> Response:
    """A 277 that asks for a radiograph of each D3351 line for which evidence is missing.

    It names version 006020X313, is built to public facts, and is not held against the licensed guide.
    """
    with here.database.looking() as session:
        claim = find_claim(session, caller.organisation, number)
        row, _ = _latest(verification(session, claim.id, claim.verification) if claim.verification else None)
        revision = latest_revision(session, claim)
    if revision is None:
        raise NotFound("There is no claim of this number.")
    lines = [line["line"] for line in shown(row.document)["lines"] if line["outcome"] is Outcome.MISSING_EVIDENCE]
    if not lines:
        raise NothingToRequest("No line of this claim lacks evidence, so there is nothing to ask for.")
    (document,) = parse_documents(revision.document.encode(), origin="the claim as it was received")
    sending = Sending(sender=sender, receiver=receiver, control_number=control_number, made_at=here.clock().now)
    request_number = f"APX{claim.id}V{row.number}"
    content = write_request(document, lines, sending, request_number=request_number)
    return Response(content, media_type=X12, headers={"Cache-Control": "no-store"})


def _latest(found: tuple[VerificationRow, PolicyRow] | None) -> tuple[VerificationRow, PolicyRow]:
    if found is None:
        raise NotVerifiedYet("This claim is still being read; ask again in a moment.")
    return found


def shown(document: str) -> ClaimVerificationDocument:
    """A verification as it was kept.

    Raises:
        NotFound: another version of this program wrote it, in another shape.
    """
    try:
        return _SHOWN.validate_json(document)
    except ValidationError:
        raise NotFound("This verification was written by another version, so it can only be had as JSON.") from None
