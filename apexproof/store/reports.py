"""Reports: what they tell of claims, page by page, and counted where the rows are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Integer, Select, case, extract, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from apexproof.report import (
    AGES,
    OPEN_OUTCOMES,
    Counted,
    Missing,
    OpenClaim,
    Selection,
    Standing,
    Summary,
    Totals,
    age_in_words,
)
from apexproof.store.claims import Wanted, only_wanted
from apexproof.store.tables import ClaimRow, ObstacleRow
from apexproof.store.tables.base import Moment
from apexproof.verification import Outcome

Ts = TypeVarTuple("Ts")
Grouped = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose claims are told of, which of them, and as of when."""

    organisation: str
    selection: Selection
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of open claims ends: they come by how long they wait, the longest first."""

    since: datetime
    claim_id: int


def open_claims(session: Session, asked: Asked, after: Place | None, *, most: int) -> list[tuple[Place, OpenClaim]]:
    """The claims that are not verified, behind a place."""
    told = (
        ClaimRow.id,
        ClaimRow.number,
        ClaimRow.outcome,
        ClaimRow.outcome_since,
        ClaimRow.received_at,
        ClaimRow.payer,
        ClaimRow.provider,
        ClaimRow.visit,
    )
    query = _open(select(*told), asked)
    if after is not None:
        behind = tuple_(literal(after.since, Moment), literal(after.claim_id))
        query = query.where(tuple_(ClaimRow.outcome_since, ClaimRow.id) > behind)
    rows = session.execute(query.order_by(ClaimRow.outcome_since, ClaimRow.id).limit(most)).all()
    missing = _missing(session, [row.id for row in rows])
    return [
        (
            Place(since=since, claim_id=claim_id),
            OpenClaim(
                number=number,
                outcome=Outcome(outcome),
                since=since,
                received_at=received_at,
                payer=payer,
                provider=provider,
                visit=visit,
                missing=missing.get(claim_id, ()),
            ),
        )
        for claim_id, number, outcome, since, received_at, payer, provider, visit in rows
        if since is not None and outcome is not None
    ]


def totals(session: Session, asked: Asked) -> Totals:
    """How many open claims there are."""
    by_outcome = _counted(session, asked, ClaimRow.outcome)
    waiting = _selected(select(func.count()).select_from(ClaimRow), asked).where(ClaimRow.outcome.is_(None))
    return Totals(
        claims=sum(one.claims for one in by_outcome),
        not_judged_yet=session.scalar(waiting) or 0,
        by_outcome=by_outcome,
        by_check=_by_check(session, asked),
        by_payer=_counted(session, asked, ClaimRow.payer),
        by_provider=_counted(session, asked, ClaimRow.provider),
        by_age=_by_age(session, asked),
    )


def summary(session: Session, asked: Asked) -> Summary:
    """How all selected claims stand."""
    counts = select(ClaimRow.outcome, func.count(), func.sum(_passed())).group_by(ClaimRow.outcome)
    found = session.execute(_selected(counts, asked)).all()
    judged = sum(number for outcome, number, _ in found if outcome not in (None, Outcome.NOT_APPLICABLE))
    first_pass = sum(passed or 0 for _, _, passed in found)
    year, month = (extract(part, ClaimRow.received_at).cast(Integer) for part in ("year", "month"))
    return Summary(
        as_of=asked.as_of,
        claims=sum(number for _, number, _ in found),
        not_judged_yet=sum(number for outcome, number, _ in found if outcome is None),
        first_pass=first_pass,
        first_pass_rate=first_pass / judged if judged else None,
        by_outcome=_most_first(Counted(of=outcome, claims=number) for outcome, number, _ in found if outcome),
        by_check=_by_check(session, asked),
        by_payer=_standings(session, asked, ClaimRow.payer),
        by_provider=_standings(session, asked, ClaimRow.provider),
        by_month=tuple(sorted(_standings(session, asked, year, month), key=lambda one: one.of or "")),
    )


def _selected(query: Select[*Ts], asked: Asked) -> Select[*Ts]:
    selection = asked.selection
    wanted = Wanted(
        outcome=selection.outcome,
        payer=selection.payer,
        provider=selection.provider,
        check=selection.check,
        visited_from=selection.visited_from,
        visited_until=selection.visited_until,
    )
    query = only_wanted(query, asked.organisation, wanted)
    if selection.waiting_days is not None:
        query = query.where(ClaimRow.outcome_since <= asked.as_of - timedelta(days=selection.waiting_days))
    return query


def _open(query: Select[*Ts], asked: Asked) -> Select[*Ts]:
    """Of claims that are not verified; one whose outcome changes while the report is made is told of once."""
    return _selected(query, asked).where(ClaimRow.outcome.in_(OPEN_OUTCOMES), ClaimRow.outcome_since <= asked.as_of)


def _counted(session: Session, asked: Asked, column: Grouped) -> tuple[Counted, ...]:
    found = session.execute(_open(select(column, func.count()).group_by(column), asked))
    return _most_first(Counted(of=of, claims=number) for of, number in found)


def _by_check(session: Session, asked: Asked) -> tuple[Counted, ...]:
    among = _open(select(ClaimRow.id), asked)
    found = select(ObstacleRow.check, func.count()).where(ObstacleRow.claim_id.in_(among)).group_by(ObstacleRow.check)
    return _most_first(Counted(of=check, claims=number) for check, number in session.execute(found))


def _by_age(session: Session, asked: Asked) -> tuple[Counted, ...]:
    waits = [ClaimRow.outcome_since <= asked.as_of - timedelta(days=age) for age in AGES]
    query = _open(select(*(func.sum(case((so_long, 1), else_=0)) for so_long in waits)), asked)
    at_least = [number or 0 for number in session.execute(query).one()]
    spans = zip(AGES, at_least, (*at_least[1:], 0), strict=True)
    return tuple(Counted(of=age_in_words(age), claims=number - longer) for age, number, longer in spans)


def _most_first(counted: Iterator[Counted]) -> tuple[Counted, ...]:
    return tuple(sorted(counted, key=lambda one: (-one.claims, one.of or "")))


def _standings(session: Session, asked: Asked, *columns: Grouped) -> tuple[Standing, ...]:
    """By payer or provider; by year and month."""
    verified = func.sum(case((ClaimRow.outcome == Outcome.VERIFIED, 1), else_=0))
    open_ones = func.sum(case((ClaimRow.outcome.in_(OPEN_OUTCOMES), 1), else_=0))
    query = select(*columns, func.count(), verified, open_ones, func.sum(_passed())).group_by(*columns)
    standings = [
        Standing(
            of="-".join(f"{step:02d}" for step in of) if len(of) > 1 else of[0],
            claims=int(number),
            verified=int(settled),
            open=int(left),
            first_pass=int(passed),
        )
        for *of, number, settled, left, passed in session.execute(_selected(query, asked))
    ]
    return tuple(sorted(standings, key=lambda one: (-one.claims, one.of or "")))


def _passed() -> ColumnElement[int]:
    return case((ClaimRow.first_pass.is_(True), 1), else_=0)


def _missing(session: Session, claim_ids: Sequence[int]) -> dict[int, tuple[Missing, ...]]:
    found: dict[int, tuple[Missing, ...]] = {}
    rows = select(ObstacleRow.claim_id, ObstacleRow.check, ObstacleRow.message, ObstacleRow.remedy)
    rows = rows.where(ObstacleRow.claim_id.in_(claim_ids)).order_by(ObstacleRow.claim_id, ObstacleRow.check)
    for claim_id, check, message, remedy in session.execute(rows):
        found[claim_id] = (*found.get(claim_id, ()), Missing(check=check, message=message, send=remedy))
    return found
