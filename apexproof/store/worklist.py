"""Worklist: the claims that something is to be done about, the worst first, and of the same kind the oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from apexproof.report import OPEN_OUTCOMES
from apexproof.store.claims import Wanted, only_wanted
from apexproof.store.jobs import JobState
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow, ObstacleRow
from apexproof.store.tables.base import Moment
from apexproof.verification import Outcome

WORST_FIRST: tuple[Outcome, ...] = (*OPEN_OUTCOMES, Outcome.VERIFIED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a page of the worklist ends: the outcome of its last claim, since when, and which claim."""

    outcome: Outcome
    since: datetime
    claim_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many claims there are: of each outcome (None: not judged yet), payer and check in the way."""

    by_outcome: Mapping[Outcome | None, int]
    by_payer: Sequence[tuple[str, int]]
    by_check: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What stands in a claim's way: the first thing, and how many others."""

    message: str
    others: int


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
        query = only_wanted(select(ClaimRow), organisation, replace(wanted, outcome=outcome))
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


def not_judged(session: Session, organisation: str, wanted: Wanted, *, most: int) -> list[ClaimRow]:
    """The claims that nobody judged yet, those that came first first."""
    query = only_wanted(select(ClaimRow), organisation, wanted).where(ClaimRow.outcome.is_(None))
    return list(session.scalars(query.order_by(ClaimRow.id).limit(most)))


def given_up(session: Session, organisation: str, *, most: int) -> list[ClaimRow]:
    """The claims that have no outcome because a job of theirs was set aside."""
    aside = JobRow.state == JobState.SET_ASIDE
    of_claim = select(JobRow.claim_id).where(aside, JobRow.claim_id.is_not(None))
    of_file = select(AttachmentRow.claim_id).join(JobRow, JobRow.attachment_id == AttachmentRow.id).where(aside)
    theirs = ClaimRow.organisation == organisation, ClaimRow.outcome.is_(None)
    query = select(ClaimRow).where(*theirs, or_(ClaimRow.id.in_(of_claim), ClaimRow.id.in_(of_file)))
    return list(session.scalars(query.order_by(ClaimRow.id).limit(most)))


def numbers_of(
    session: Session, organisation: str, wanted: Wanted, outcomes: Sequence[Outcome], *, most: int
) -> list[str]:
    """The numbers of the claims of these outcomes that are wanted."""
    query = only_wanted(select(ClaimRow.number), organisation, wanted).where(ClaimRow.outcome.in_(outcomes))
    return list(session.scalars(query.order_by(ClaimRow.id).limit(most)))


def reasons(session: Session, claim_ids: Sequence[int]) -> dict[int, Reason]:
    """Why each of these claims is not ready."""
    found: dict[int, Reason] = {}
    rows = select(ObstacleRow.claim_id, ObstacleRow.message).where(ObstacleRow.claim_id.in_(claim_ids))
    for claim_id, message in session.execute(rows.order_by(ObstacleRow.claim_id, ObstacleRow.check)):
        first = found.get(claim_id)
        found[claim_id] = replace(first, others=first.others + 1) if first else Reason(message=message, others=0)
    return found


def counts(session: Session, organisation: str, wanted: Wanted, outcomes: Sequence[Outcome]) -> Counts:
    """How many there are of every outcome, and of these by payer and by check; each without its own filter."""
    of = ClaimRow.outcome.in_(outcomes)
    by_outcome = _counted(session, organisation, wanted, ClaimRow.outcome)
    by_payer = _counted(session, organisation, replace(wanted, payer=None), ClaimRow.payer, of)
    among = only_wanted(select(ClaimRow.id), organisation, replace(wanted, check=None)).where(of)
    found = select(ObstacleRow.check, func.count()).where(ObstacleRow.claim_id.in_(among)).group_by(ObstacleRow.check)
    return Counts(
        by_outcome={Outcome(one) if one else None: number for one, number in by_outcome},
        by_payer=_most_first((payer, number) for payer, number in by_payer if payer is not None),
        by_check=_most_first((check, number) for check, number in session.execute(found)),
    )


def pulse(session: Session, organisation: str) -> tuple[int, datetime | None]:
    """How many claims are not judged yet, and when an outcome changed last: what a page that is open has to know."""
    theirs = ClaimRow.organisation == organisation
    unjudged = session.scalar(select(func.count()).select_from(ClaimRow).where(theirs, ClaimRow.outcome.is_(None)))
    since = ClaimRow.outcome_since
    newest = session.scalar(select(since).where(theirs, since.is_not(None)).order_by(since.desc()).limit(1))
    return unjudged or 0, newest


def _counted(
    session: Session,
    organisation: str,
    wanted: Wanted,
    column: InstrumentedAttribute[str | None],
    *only: ColumnElement[bool],
) -> list[tuple[str | None, int]]:
    counted: Select[str | None, int] = select(column, func.count())
    query = only_wanted(counted, organisation, wanted).where(*only).group_by(column)
    return [(of, number) for of, number in session.execute(query)]


def _most_first(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counted, key=lambda one: (-one[1], one[0]))
