"""Audit: who read or wrote what of the organisation, newest first, and whether its chain is whole."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apexproof.store.audit import Head, Sought, breaks, entries, heads
from apexproof.store.keys import names_of_keys
from api.pages.page import page
from api.pages.visit import PageAdministrator
from api.parameters import LARGEST_NUMBER, LEFT_EMPTY, NUMBER_MOST
from api.premises import Here

router = APIRouter(include_in_schema=False, prefix="/admin/audit")
_AT_ONCE = 50
_CHECKED_MOST = 20_000
_BREAKS_MOST = 20
_Claim = Annotated[str, Field(max_length=NUMBER_MOST)]
_Key = Annotated[str, Field(max_length=60)]


@router.get("")
def audit_page(
    request: Request,
    here: Here,
    caller: PageAdministrator,
    claim: Annotated[_Claim | None, LEFT_EMPTY, Query()] = None,
    actor: Annotated[_Key | None, LEFT_EMPTY, Query()] = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
) -> Response:
    """The sealed entries that are sought, and the end of their chain."""
    sought = Sought(claim_number=claim, actor=actor, before=before)
    with here.database.looking() as session:
        found = entries(session, caller.organisation, sought, most=_AT_ONCE + 1)
        names = names_of_keys(session, caller.organisation)
        ends = heads(session, caller.organisation)
    said = {name: value for name, value in (("claim", claim), ("actor", actor)) if value is not None}
    older = {**said, "before": found[_AT_ONCE - 1][0].position} if len(found) > _AT_ONCE else None
    return page(
        request,
        "admin/audit.html",
        claim=claim,
        actor=actor,
        names=names,
        head=_head(ends),
        entries=found[:_AT_ONCE],
        first=f"?{urlencode(said)}" if before else None,
        further=f"?{urlencode(older)}" if older else None,
    )


@router.get("/chain")
def chain_page(request: Request, here: Here, caller: PageAdministrator) -> Response:
    """Whether the newest entries follow from each other, to the head of the chain."""
    with here.database.looking() as session:
        head = _head(heads(session, caller.organisation))
        found = breaks(session, caller.organisation, newest=_CHECKED_MOST)
        broken = [one for one, _ in zip(found, range(_BREAKS_MOST), strict=False)]
    return page(request, "admin/chain.html", head=head, broken=broken, checked_most=_CHECKED_MOST)


def _head(ends: list[Head]) -> Head | None:
    return ends[0] if ends else None
