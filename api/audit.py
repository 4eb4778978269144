"""The audit trail of an organisation, shown to its administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import Field

from apexproof.store.audit import Sought, entries, heads
from apexproof.store.tables import AuditRow
from api.documents import Answer
from api.parameters import LARGEST_NUMBER, Moment
from api.premises import Here
from api.problems import documented
from api.security import Administrator

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditEntryAnswer(Answer):
    """One read or write."""

    position: Annotated[int, Field(description="its place in your organisation's chain")]
    hash: Annotated[str, Field(description="over the entry and the hash of the one before it")]
    at: datetime
    actor: Annotated[str, Field(description="the identifier of a key, `worker`, or a user of the machine")]
    action: Annotated[str, Field(description="the route that was asked for, or the work that was done")]
    claim: Annotated[str | None, Field(description="the number of the claim that it was done to")]
    thing: Annotated[str | None, Field(description="what else it was done to: a file's SHA-256, a key, a number")]
    address: Annotated[str | None, Field(description="where it came from")]
    request: Annotated[str | None, Field(description="the request's identifier, if it has one")]

    @classmethod
    def of(cls, row: AuditRow, claim: str | None) -> Self:
        """Show an entry."""
        return cls(
            position=row.position or 0,
            hash=row.hash or "",
            at=row.at,
            actor=row.actor,
            action=row.action,
            claim=claim,
            thing=row.thing,
            address=row.address,
            request=row.request,
        )


class AuditHeadAnswer(Answer):
    """The end of the chain. Keep it elsewhere: a chain that was written anew does not lead to it."""

    position: int
    hash: str


class AuditPage(Answer):
    """Entries, the newest first; `next` is the address of the page behind it, or null."""

    head: AuditHeadAnswer | None
    entries: list[AuditEntryAnswer]
    next: str | None


@router.get("", summary="Show the audit trail", responses=documented())
def audit(  # noqa: PLR0913, PLR0917 - one argument for each filter
    here: Here,
    caller: Administrator,
    claim: Annotated[str | None, Query(max_length=80, description="the number of a claim")] = None,
    actor: Annotated[str | None, Query(max_length=60, description="a key, by its identifier")] = None,
    since: Moment | None = None,
    until: Moment | None = None,
    before: Annotated[
        int | None, Query(ge=1, le=LARGEST_NUMBER, description="the position of the last entry seen")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    """Who read or wrote what of your organisation. A new entry shows a few seconds after what it tells of."""
    sought = Sought(claim_number=claim, actor=actor, since=since, until=until, before=before)
    with here.database.looking() as session:
        found = entries(session, caller.organisation, sought, most=limit + 1)
        ends = heads(session, caller.organisation)
    further = None
    if len(found) > limit:
        said = {
            "claim": claim,
            "actor": actor,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "before": found[limit - 1][0].position,
            "limit": limit,
        }
        further = f"/v1/audit?{urlencode({name: value for name, value in said.items() if value is not None})}"
    return AuditPage(
        head=AuditHeadAnswer(position=ends[0].position, hash=ends[0].hash) if ends else None,
        entries=[AuditEntryAnswer.of(row, number) for row, number in found[:limit]],
        next=further,
    )
