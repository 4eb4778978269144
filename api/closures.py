"""Closures: a claim of which nothing more is expected is closed, and so the time of its files begins to run."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from apexproof.store.closures import close, closure_of
from apexproof.store.tables import ClosureRow
from api.claims import find_claim
from api.documents import Answer
from api.parameters import PLAIN, ClaimNumber
from api.premises import Here
from api.problems import NotFound, documented
from api.security import Reader, SubmitterTrail

router = APIRouter(tags=["closures"])


class ClosureWanted(BaseModel):
    """Why a claim is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=PLAIN, examples=["paid in full"])]


class ClosureAnswer(Answer):
    """Whether a claim is closed, and until when its files stay."""

    closed: bool
    reason: str | None
    closed_at: datetime | None
    files_kept_until: Annotated[
        datetime | None, Field(description="null while it is open, and where files are never deleted")
    ]

    @classmethod
    def of(cls, row: ClosureRow | None, *, days: int | None) -> Self:
        """Show a closure."""
        if row is None:
            return cls(closed=False, reason=None, closed_at=None, files_kept_until=None)
        until = None if days is None else row.closed_at + timedelta(days=days)
        return cls(closed=True, reason=row.reason, closed_at=row.closed_at, files_kept_until=until)


@router.post(
    "/v1/claims/{number:path}/closure",
    summary="Close a claim",
    status_code=HTTPStatus.CREATED,
    responses={200: {"model": ClosureAnswer, "description": "It is closed already"}, **documented(NotFound)},
)
def close_claim(
    number: ClaimNumber, wanted: ClosureWanted, response: Response, here: Here, trail: SubmitterTrail
) -> ClosureAnswer:
    """Say that nothing more is expected of a claim. A new revision opens it again.

    Some time later, as the installation decides, its files are deleted; what was found in them and the verifications
    stay.
    """
    with here.database.writing() as session:
        claim = find_claim(session, trail.caller.organisation, number)
        row, is_new = close(session, claim, reason=wanted.reason, by=trail.caller.key, now=trail.clock.now)
        trail.note(session, claim_id=claim.id)
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return ClosureAnswer.of(row, days=here.settings.retention_days)


@router.get("/v1/claims/{number:path}/closure", summary="Is a claim closed?", responses=documented(NotFound))
def closure(number: ClaimNumber, here: Here, caller: Reader) -> ClosureAnswer:
    """Whether a claim is closed, since when and why."""
    with here.database.looking() as session:
        row = closure_of(session, find_claim(session, caller.organisation, number))
    return ClosureAnswer.of(row, days=here.settings.retention_days)
