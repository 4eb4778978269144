"""Claim responses: how a claim stands, as a payer says it; and what is in its way, for the practice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session

from apexproof.formats.fhir.claim_response import Judged, claim_response
from apexproof.formats.fhir.verification_outcome import verification_outcome
from apexproof.formats.fhir.write_claim import write_claim
from apexproof.formats.native_documents import ClaimDocument
from apexproof.store.claims import claim_by_identity, claim_by_number, latest_revision
from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import ClaimRow
from apexproof.store.verifications import verification
from api.documents import ClaimState
from api.fhir.errors import BASE, FHIR_JSON, OUTCOME, outcomes, resource
from api.parameters import LARGEST_NUMBER, NUMBER_MOST, PLAIN
from api.premises import Here, Premises
from api.problems import NotFound, NotVerifiedYet, ParameterUnusable
from api.results import shown
from api.security import ReaderTrail
from api.trail import Trail

router = APIRouter(prefix=BASE, tags=["FHIR"])
Identity = Annotated[str, Path(max_length=64, pattern=PLAIN, description="id of the claim")]
_IDENTITY = re.compile(r"(?:.*/)?([1-9][0-9]{0,9})", re.ASCII)
_NO_CLAIM = "There is no claim of this id."
_HEADERS = {"Cache-Control": "no-store"}


@router.get(
    "/ClaimResponse",
    summary="Search for how claims stand, in FHIR",
    response_class=Response,
    responses={200: resource("Bundle"), **outcomes(ParameterUnusable, NotFound)},
)
def claim_responses(
    here: Here,
    trail: ReaderTrail,
    request: Annotated[
        str | None, Query(max_length=2000, pattern=PLAIN, description="the claim, as Claim/17 or by its whole address")
    ] = None,
    by_number: Annotated[
        str | None,
        Query(alias="request:identifier", max_length=2000, pattern=PLAIN, description="its number: [system|]value"),
    ] = None,
    identity: Annotated[str | None, Query(alias="_id", max_length=64, pattern=PLAIN)] = None,
) -> Response:
    """The response to one claim, in a searchset; an empty one when there is no such claim.

    The system of a number is not kept, and not compared.
    """
    if request is None and by_number is None and identity is None:
        raise ParameterUnusable("State which claim it is about: 'request', 'request:identifier' or '_id'.")
    with here.database.looking() as session:
        organisation = trail.caller.organisation
        rows = [_by_identity(session, organisation, name) for name in (request, identity) if name is not None]
        if by_number is not None:
            rows.append(claim_by_number(session, organisation, by_number.rpartition("|")[2][:NUMBER_MOST]))
        row = rows[0] if all(row is rows[0] for row in rows) else None
        found = [claim_response(_judged(session, row))] if row else []
    _note(here, trail, row)
    return _answer(_searchset(found))


@router.get(
    "/ClaimResponse/{claim}",
    summary="Show how a claim stands, in FHIR",
    response_class=Response,
    responses={200: resource("ClaimResponse"), **outcomes(NotFound)},
)
def one_claim_response(claim: Identity, here: Here, trail: ReaderTrail) -> Response:
    """The response to a claim; `queued` until it is verified. Its id is the claim's."""
    return _answer(claim_response(_found(here, trail, claim)))


@router.get(
    "/Claim/{claim}/$verification",
    summary="Show what stands in a claim's way, in FHIR",
    response_class=Response,
    responses={
        200: {"description": "An issue for each line, and for each check in its way", **OUTCOME},
        **outcomes(NotFound, NotVerifiedYet),
    },
)
def claim_verification(claim: Identity, here: Here, trail: ReaderTrail) -> Response:
    """What a practice has to mend before it sends the claim, as an OperationOutcome."""
    judged = _found(here, trail, claim)
    if judged.found is None:
        raise NotVerifiedYet("This claim is still being read; ask again in a moment.")
    return Response(verification_outcome([judged.found]).written(), media_type=FHIR_JSON, headers=_HEADERS)


@router.get(
    "/Claim/{claim}",
    summary="Show a claim in FHIR",
    response_class=Response,
    responses={200: resource("Claim"), **outcomes(NotFound)},
)
def one_claim_in_fhir(claim: Identity, here: Here, trail: ReaderTrail) -> Response:
    """What is claimed now, whichever format it came in, without what a Claim of R4 cannot say (docs/fhir.md)."""
    with here.database.looking() as session:
        row = _by_identity(session, trail.caller.organisation, claim)
        revision = latest_revision(session, row) if row else None
    _note(here, trail, row)
    if row is None or revision is None:
        raise NotFound(_NO_CLAIM)
    document = ClaimDocument.model_validate_json(revision.document)
    return _answer(write_claim(document, created=row.received_at.date(), identity=str(row.id)))


def _by_identity(session: Session, organisation: str, name: str) -> ClaimRow | None:
    """The claim of an id, or of an address that ends with one; an id that none can have is looked for all the same."""
    match = _IDENTITY.fullmatch(name)
    identity = int(match[1]) if match else 0
    return claim_by_identity(session, organisation, identity if identity <= LARGEST_NUMBER else 0)


def _found(here: Premises, trail: Trail, claim: str) -> Judged:
    """How the claim of an id stands; that it was asked for is noted.

    Raises:
        NotFound: there is none.
    """
    with here.database.looking() as session:
        row = _by_identity(session, trail.caller.organisation, claim)
        judged = _judged(session, row) if row else None
    _note(here, trail, row)
    if judged is None:
        raise NotFound(_NO_CLAIM)
    return judged


def _judged(session: Session, row: ClaimRow) -> Judged:
    revision = latest_revision(session, row)
    if revision is None:
        raise NotFound(_NO_CLAIM)
    stored = verification(session, row.id, row.verification) if row.verification else None
    return Judged(
        identity=str(row.id),
        claim=ClaimDocument.model_validate_json(revision.document),
        outcome=_OUTCOMES[ClaimState.of(row, states_of_claims(session, [row.id])[row.id]), stored is not None],
        made_at=stored[0].made_at if stored else row.received_at,
        found=shown(stored[0].document) if stored else None,
    )


def _note(here: Premises, trail: Trail, row: ClaimRow | None) -> None:
    with here.database.writing(durable=False) as session:
        trail.note(session, claim_id=row.id if row else None)


def _searchset(found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    entries = [{"resource": one, "search": {"mode": "match"}} for one in found]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return {**bundle, "entry": entries} if entries else bundle


def _answer(said: dict[str, Any]) -> Response:
    return Response(json.dumps(said, ensure_ascii=False), media_type=FHIR_JSON, headers=_HEADERS)


_OUTCOMES: dict[tuple[ClaimState, bool], Literal["queued", "partial", "complete", "error"]] = {
    (ClaimState.READING, False): "queued",
    (ClaimState.READING, True): "partial",
    (ClaimState.CHECKED, True): "complete",
    (ClaimState.SET_ASIDE, False): "error",
}
