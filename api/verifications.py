"""Verifications: what was found, now and before."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from msgspec.json import encode
from sqlalchemy.orm import Session

from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import ClaimRow
from apexproof.store.verifications import history, verification
from api.claims import find_claim
from api.documents import (
    ClaimState,
    VerificationAnswer,
    VerificationHistory,
    VerificationSummary,
    made,
    verification_address,
)
from api.parameters import LARGEST_NUMBER, ClaimNumber
from api.premises import Here
from api.problems import NotFound, NotVerifiedYet, documented
from api.security import Reader

router = APIRouter(tags=["verifications"])


@router.get(
    "/v1/claims/{number:path}/verifications/latest",
    summary="Show the verification that holds now",
    response_model=VerificationAnswer,
    responses=documented(NotFound, NotVerifiedYet),
)
def latest_verification(number: ClaimNumber, here: Here, caller: Reader) -> Response:
    """The latest verification with all its reasons; `claim_state` says whether something newer is on its way."""
    with here.database.looking() as session:
        row = find_claim(session, caller.organisation, number)
        if row.verification is None:
            raise NotVerifiedYet("This claim is still being read; ask again in a moment.")
        return _shown(session, row, row.verification)


@router.get(
    "/v1/claims/{number:path}/verifications/{which}",
    summary="Show one verification",
    response_model=VerificationAnswer,
    responses=documented(NotFound),
)
def one_verification(
    number: ClaimNumber, which: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)], here: Here, caller: Reader
) -> Response:
    """One verification of the claim's history, as it was made."""
    with here.database.looking() as session:
        return _shown(session, find_claim(session, caller.organisation, number), which)


@router.get("/v1/claims/{number:path}/verifications", summary="Show all verifications", responses=documented(NotFound))
def verifications(number: ClaimNumber, here: Here, caller: Reader) -> VerificationHistory:
    """Every verification that was ever made of the claim, the first one first."""
    with here.database.looking() as session:
        found = history(session, find_claim(session, caller.organisation, number).id)
    return VerificationHistory(
        verifications=[
            VerificationSummary(**made(row, policy), address=verification_address(number, row.number))
            for row, policy in found
        ]
    )


def _shown(session: Session, row: ClaimRow, which: int) -> Response:
    """The verification, its document to the letter as it was stored: an older engine may have had another shape."""
    found = verification(session, row.id, which)
    if found is None:
        raise NotFound("This claim has no verification of this number.")
    stored, policy = found
    state = ClaimState.of(row, states_of_claims(session, [row.id])[row.id])
    said = made(stored, policy)
    content = encode({**said, "policy": said["policy"].model_dump(), "claim_state": state})
    return Response(b'%b,"verification":%b}' % (content[:-1], stored.document.encode()), media_type="application/json")
