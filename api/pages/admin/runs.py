"""Runs of reprocessing: every one of the organisation's, the newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from apexproof.store.keys import names_of_keys
from apexproof.store.reprocessing import runs
from apexproof.store.tables import PolicyRow
from api.pages.page import page
from api.pages.visit import PageAdministrator
from api.parameters import LARGEST_NUMBER
from api.premises import Here
from api.reprocessing_documents import RunAnswer

router = APIRouter(include_in_schema=False, prefix="/admin/runs")
_AT_ONCE = 50


@router.get("")
def runs_page(
    request: Request,
    here: Here,
    caller: PageAdministrator,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
) -> Response:
    """What was judged again, or only looked at: why, by whom, and how far it is."""
    with here.database.looking() as session:
        rows = runs(session, caller.organisation, before=before, most=_AT_ONCE + 1)
        shown = [RunAnswer.of(row, session.get_one(PolicyRow, row.policy_digest)) for row in rows[:_AT_ONCE]]
        names = names_of_keys(session, caller.organisation)
    return page(
        request,
        "admin/runs.html",
        runs=shown,
        names=names,
        first=router.prefix if before else None,
        further=f"{router.prefix}?before={shown[-1].id}" if len(rows) > _AT_ONCE else None,
    )
