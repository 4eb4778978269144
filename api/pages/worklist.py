"""The worklist: claims that need something, the worst and oldest first."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from apexproof.report import OPEN_OUTCOMES
from apexproof.store.claims import Wanted
from apexproof.store.worklist import worklist
from api.pages.page import page
from api.pages.visit import PageReader
from api.premises import Here

router = APIRouter(include_in_schema=False)
_AT_ONCE = 50


@router.get("/")
def worklist_page(request: Request, here: Here, caller: PageReader) -> Response:
    """The claims that something is to be done about."""
    with here.database.looking() as session:
        claims = worklist(session, caller.organisation, Wanted(), OPEN_OUTCOMES, most=_AT_ONCE)
    return page(request, "worklist.html", claims=claims)
