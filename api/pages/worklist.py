"""The worklist: claims that need something, the worst and oldest first; what is shown of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlalchemy.orm import Session

from apexproof.report import OPEN_OUTCOMES
from apexproof.store.claims import Wanted, claim_by_number
from apexproof.store.jobs import states_of_claims
from apexproof.store.tables import ClaimRow
from apexproof.store.worklist import (
    WORST_FIRST,
    Spot,
    counts,
    given_up,
    not_judged,
    pulse,
    reasons,
    spot_of,
    worklist,
)
from apexproof.verification import Outcome
from api.documents import Answer, ClaimState
from api.pages.headline import told
from api.pages.page import HEADERS, page
from api.pages.visit import PageReader
from api.pages.words import claim_page
from api.parameters import NUMBER_MOST
from api.premises import Here, Premises
from api.progress import stream

router = APIRouter(include_in_schema=False)
_AT_ONCE = 50
_GIVEN_UP_MOST = 20


class Show(StrEnum):
    """Which claims are shown."""

    OPEN = "open"
    """Those that need something."""
    CONTRADICTED = "contradicted"
    MISSING_EVIDENCE = "missing_evidence"
    NEEDS_REVIEW = "needs_review"
    VERIFIED = "verified"
    NOT_APPLICABLE = "not_applicable"
    READING = "reading"
    """Those that are not judged yet."""
    ALL = "all"

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that this is."""
        several = {Show.OPEN: OPEN_OUTCOMES, Show.ALL: WORST_FIRST, Show.READING: ()}
        return several[self] if self in several else (Outcome(self.value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the address says: which claims, of which payer, held back by which check, with this in their numbers."""

    show: Show
    payer: str | None
    check: str | None
    part: str | None

    @classmethod
    def of(
        cls,
        show: Annotated[Show | None, Query()] = None,
        payer: Annotated[str | None, Query(max_length=200)] = None,
        check: Annotated[str | None, Query(pattern="^(APX[0-9]{3})?$")] = None,
        q: Annotated[str | None, Query(max_length=NUMBER_MOST)] = None,
    ) -> Self:
        """What a form left empty does not matter; who searches a number looks among all."""
        part = (q or "").strip() or None
        return cls(show=show or (Show.ALL if part else Show.OPEN), payer=payer or None, check=check or None, part=part)

    @property
    def wanted(self) -> Wanted:
        """The same for the store."""
        return Wanted(payer=self.payer, check=self.check, part=self.part)

    def address(self, *, show: Show | None = None, after: Spot | None = None) -> str:
        """The address of this filter, showing others, or behind a spot."""
        said = {"show": show or self.show, "payer": self.payer, "check": self.check, "q": self.part}
        if after is not None:
            said["after"] = f"{after.outcome}~{after.since.isoformat()}~{after.claim_id}"
        stated = {name: str(value) for name, value in said.items() if value}
        if stated.get("show") == Show.OPEN and not self.part:
            del stated["show"]
        return f"/?{urlencode(stated)}" if stated else "/"


Filtered = Annotated[Filter, Depends(Filter.of)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim in the list."""

    claim: ClaimRow
    state: ClaimState
    why: str
    others: int
    waiting_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A way to look at the list, with how many claims it has."""

    name: str
    address: str
    claims: int
    is_shown: bool


_TABS = (
    (Show.OPEN, "Needs you"),
    (Show.CONTRADICTED, "Contradicted"),
    (Show.MISSING_EVIDENCE, "Something missing"),
    (Show.NEEDS_REVIEW, "Needs a person"),
    (Show.READING, "Being read"),
    (Show.VERIFIED, "Ready"),
    (Show.NOT_APPLICABLE, "Nothing to check"),
    (Show.ALL, "All"),
)


class Pulse(Answer):
    """What an open worklist has to know: how many claims are not judged yet, and whether any outcome changed."""

    reading: int
    newest: datetime | None

    @property
    def event_id(self) -> str:
        """The same as long as nothing changed."""
        return f"{self.reading}-{self.newest.timestamp() if self.newest else 0}"

    @property
    def is_final(self) -> bool:
        """Never: something can always come."""
        return False


@router.get("/")
def worklist_page(
    request: Request,
    here: Here,
    caller: PageReader,
    filtered: Filtered,
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """The claims that something is to be done about; a number that is a claim's own leads there at once."""
    now, behind = here.clock().now, _spot(after)
    with here.database.looking() as session:
        if filtered.part and claim_by_number(session, caller.organisation, filtered.part):
            place = {**HEADERS, "Location": claim_page(filtered.part)}
            return Response(status_code=HTTPStatus.SEE_OTHER, headers=place)
        rows = _rows(session, caller.organisation, filtered, behind)
        entries = _entries(session, rows[:_AT_ONCE], now)
        stuck = given_up(session, caller.organisation, most=_GIVEN_UP_MOST) if behind is None else []
        counted = counts(session, caller.organisation, filtered.wanted, filtered.show.outcomes)
    last = spot_of(rows[_AT_ONCE - 1]) if len(rows) > _AT_ONCE else None
    tabs = [
        Tab(name=name, address=filtered.address(show=show), claims=number, is_shown=show is filtered.show)
        for show, name in _TABS
        if (number := _number(counted.by_outcome, show)) or show in {filtered.show, Show.OPEN}
    ]
    return page(
        request,
        "worklist.html",
        filter=filtered,
        entries=entries,
        stuck=stuck,
        tabs=tabs,
        total=_number(counted.by_outcome, filtered.show),
        counts=counted,
        first=filtered.address() if behind else None,
        further=filtered.address(after=last) if last else None,
        reading=_number(counted.by_outcome, Show.READING),
        may_review="review" in caller.scopes,
    )


@router.get("/pulse")
async def pulse_events(
    request: Request,
    here: Here,
    caller: PageReader,
    last_event_id: Annotated[str, Header(max_length=64)] = "",
) -> Response:
    """What changes in the worklist, as it changes."""
    return await stream(request, caller.key, lambda: _pulse(here, caller.organisation), last_event_id)


def _pulse(here: Premises, organisation: str) -> Pulse:
    with here.database.looking() as session:
        reading, newest = pulse(session, organisation)
    return Pulse(reading=reading, newest=newest)


def _rows(session: Session, organisation: str, filtered: Filter, behind: Spot | None) -> list[ClaimRow]:
    """A page and one more; among all, those that are not judged yet come first."""
    unjudged: list[ClaimRow] = []
    if filtered.show in {Show.READING, Show.ALL} and behind is None:
        unjudged = not_judged(session, organisation, filtered.wanted, most=_AT_ONCE)
    most = _AT_ONCE + 1 - len(unjudged)
    return unjudged + worklist(session, organisation, filtered.wanted, filtered.show.outcomes, after=behind, most=most)


def _entries(session: Session, rows: list[ClaimRow], now: datetime) -> list[Entry]:
    ids = [row.id for row in rows]
    jobs, why = states_of_claims(session, ids), reasons(session, ids)
    return [
        Entry(
            claim=row,
            state=ClaimState.of(row, jobs[row.id]),
            why=told(why[row.id].message) if row.id in why else "",
            others=why[row.id].others if row.id in why else 0,
            waiting_days=max((now - (row.outcome_since or row.received_at)).days, 0),
        )
        for row in rows
    ]


def _number(by_outcome: Mapping[Outcome | None, int], show: Show) -> int:
    outcomes = (*show.outcomes, None) if show in {Show.ALL, Show.READING} else show.outcomes
    return sum(by_outcome.get(outcome, 0) for outcome in outcomes)


def _spot(written: str | None) -> Spot | None:
    """Where the page before ended; an address that was written by hand begins at the beginning."""
    if written is None:
        return None
    try:
        outcome, since, claim_id = written.split("~")
        return Spot(outcome=Outcome(outcome), since=datetime.fromisoformat(since), claim_id=int(claim_id))
    except ValueError:
        return None
