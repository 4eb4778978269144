"""Worklist: the claims that something is to be done about, the worst first, and of the same kind the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from apexproof.report import OPEN_OUTCOMES
from apexproof.store.claims import Wanted, only_wanted
from apexproof.store.tables import ClaimRow
from apexproof.store.tables.base import Moment
from apexproof.verification import Outcome

WORST_FIRST: tuple[Outcome, ...] = (*OPEN_OUTCOMES, Outcome.VERIFIED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a page of the worklist ends: the outcome of its last claim, since when, and which claim."""

    outcome: Outcome
    since: datetime
    claim_id: int


def worklist(
    session: Session,
    organisation: str,
    wanted: Wanted,
    outcomes: Sequence[Outcome],
    *,
    after: Spot | None = None,
    most: int,
) -> list[ClaimRow]:
    """The first claims of these outcomes that are wanted, behind a spot: one look into an index for each outcome."""
    found: list[ClaimRow] = []
    for outcome in sorted(outcomes, key=WORST_FIRST.index):
        if after is not None and WORST_FIRST.index(outcome) < WORST_FIRST.index(after.outcome):
            continue
        query = only_wanted(select(ClaimRow), organisation, wanted).where(ClaimRow.outcome == outcome)
        if after is not None and after.outcome is outcome:
            behind = tuple_(literal(after.since, Moment), literal(after.claim_id))
            query = query.where(tuple_(ClaimRow.outcome_since, ClaimRow.id) > behind)
        query = query.order_by(ClaimRow.outcome_since, ClaimRow.id).limit(most - len(found))
        found += session.scalars(query)
        if len(found) == most:
            break
    return found


def spot_of(row: ClaimRow) -> Spot | None:
    """Where a claim stands in the worklist; nowhere before it was judged."""
    if row.outcome is None or row.outcome_since is None:
        return None
    return Spot(outcome=Outcome(row.outcome), since=row.outcome_since, claim_id=row.id)
