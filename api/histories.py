"""Histories: what a verification was made against of the organisation's other claims."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from apexproof.formats.history_json import history_document
from apexproof.formats.native_documents import HistoryDocument
from apexproof.precedents import past_as_kept
from apexproof.store.verifications import verification
from api.claims import find_claim
from api.premises import Here
from api.problems import NotFound, documented
from api.security import Reader

router = APIRouter(tags=["verifications"])


@router.get(
    "/v1/claims/{number:path}/verifications/{which}/history",
    summary="Show what other claims said then",
    responses=documented(NotFound),
)
def history(
    number: str, which: Annotated[int, Path(ge=1, le=2**31 - 1)], here: Here, caller: Reader
) -> HistoryDocument:
    """The services and images of other claims against which a verification was made, as they were then.

    It is a history document: `apexproof verify claim.json files/ --history history.json` comes to the same answer.
    """
    with here.database.looking() as session:
        row = find_claim(session, caller.organisation, number)
        found = verification(session, row.id, which)
        if found is None:
            raise NotFound("This claim has no verification of this number.")
        past = past_as_kept(session, caller.organisation, row.id, found[0].history_digest)
    return history_document(past.history)
