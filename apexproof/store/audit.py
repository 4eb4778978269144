"""The audit trail: who read or wrote patient data, in a chain of hashes in which a missing entry shows.

An entry is added in the transaction of what it tells of, without a place in the chain: writers never wait for each
other. A moment later the schedule seals it: under a lock, in the order of arrival, each entry gets the next position
of its organisation's chain and a hash over its content and the hash before it. The head of each chain is kept beside
it, so that a missing end shows as well.

What a chain shows: an entry that was sealed and is now missing, changed, moved or put in between. What it cannot show:
an entry that was removed or forged before it was sealed, and a chain that somebody with full rights over the database
wrote anew from end to end, head included. Against the latter keep a head elsewhere, and hold the chain to it.

Chains are one for each organisation: a position in a common one would tell everybody how much the others do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from apexproof.store.database import insert_all
from apexproof.store.lock import hold
from apexproof.store.tables import AuditHeadRow, AuditRow, ClaimRow, KeyRow

GENESIS = "0" * 64
"""What stands for the hash before the first entry."""
_LOCK = "audit"
_AT_ONCE = 1000
_ACTION_MOST, _THING_MOST, _ADDRESS_MOST = 120, 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who (a key's identifier, `worker`, a user of this machine) did what to which claim or thing, and from where.

    `claim_id` is the claim's row: its number identifies a patient and stands nowhere in the trail.
    """

    organisation: str
    actor: str
    action: str
    claim_id: int | None = None
    thing: str | None = None
    address: str | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries to show; what is None does not matter. `before` is the position of the last entry seen."""

    claim_number: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain."""

    organisation: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A place where a chain does not hold, in one sentence."""

    organisation: str
    position: int
    what: str


def note(session: Session, entry: Entry, *, now: datetime) -> None:
    """Add an entry; it stands or falls with the transaction."""
    row = {
        "organisation": entry.organisation,
        "actor": entry.actor,
        "action": entry.action[:_ACTION_MOST],
        "claim_id": entry.claim_id,
        "thing": entry.thing[:_THING_MOST] if entry.thing else None,
        "address": entry.address[:_ADDRESS_MOST] if entry.address else None,
        "request": entry.request,
        "at": now,
    }
    session.flush()  # what it is of
    insert_all(session, AuditRow, [row])


def seal(session: Session, *, most: int) -> int:
    """Give the oldest entries that have none their places in the chains; how many there were."""
    hold(session, _LOCK)
    rows = session.scalars(select(AuditRow).where(AuditRow.position.is_(None)).order_by(AuditRow.id).limit(most)).all()
    heads = {
        head.organisation: head
        for head in session.scalars(
            select(AuditHeadRow).where(AuditHeadRow.organisation.in_({row.organisation for row in rows}))
        )
    }
    for row in rows:
        head = heads.get(row.organisation)
        if head is None:
            head = heads[row.organisation] = AuditHeadRow(organisation=row.organisation, position=0, hash=GENESIS)
            session.add(head)
        row.position = head.position + 1
        row.hash = _hash(row, row.position, before=head.hash)
        head.position, head.hash = row.position, row.hash
    session.flush()
    return len(rows)


def heads(session: Session, organisation: str | None = None) -> list[Head]:
    """The ends of the chains."""
    query = select(AuditHeadRow).order_by(AuditHeadRow.organisation)
    if organisation is not None:
        query = query.where(AuditHeadRow.organisation == organisation)
    return [Head(organisation=row.organisation, position=row.position, hash=row.hash) for row in session.scalars(query)]


def unsealed(session: Session) -> int:
    """How many entries wait for their place."""
    return session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.position.is_(None))) or 0


def breaks(session: Session, organisation: str | None = None, *, newest: int | None = None) -> Iterator[Break]:
    """Every place where a chain does not hold, or where its `newest` entries do not. Nothing is written meanwhile."""
    ends = {head.organisation: head for head in heads(session, organisation)}
    last: AuditRow | None = None
    behind = 0 if newest is None else max((head.position - newest for head in ends.values()), default=0)
    query = select(AuditRow).where(AuditRow.position >= max(behind, 1), *_of(organisation))
    found = session.scalars(
        query.order_by(AuditRow.organisation, AuditRow.position).execution_options(yield_per=_AT_ONCE)
    )
    seen = set[str]()
    for row in found:
        if last is not None and last.organisation != row.organisation:
            yield from _end(last, ends.get(last.organisation))
            last = None
        if row.position != behind:  # which is taken as it stands
            yield from _link(last, row, first=max(behind, 1))
        seen.add(row.organisation)
        last = row
    if last is not None:
        yield from _end(last, ends.get(last.organisation))
    for head in ends.values():
        if head.organisation not in seen and head.position:
            yield Break(organisation=head.organisation, position=1, what=f"all {head.position} entries are missing")
    yield from _chains_missing(session, organisation, known=seen | ends.keys())


def entry_at(session: Session, organisation: str, position: int) -> AuditRow | None:
    """The entry at a place of an organisation's chain."""
    return session.scalar(select(AuditRow).where(AuditRow.organisation == organisation, AuditRow.position == position))


def entries(session: Session, organisation: str, sought: Sought, *, most: int) -> Sequence[tuple[AuditRow, str | None]]:
    """The newest sealed entries that are sought, each with the number of its claim, from before the last one seen."""
    own = ClaimRow.id == AuditRow.claim_id, ClaimRow.organisation == organisation
    query = select(AuditRow, ClaimRow.number).outerjoin(ClaimRow, own[0] & own[1])
    query = query.where(AuditRow.organisation == organisation, AuditRow.position.is_not(None))
    found = session.execute(_narrowed(query, sought).order_by(AuditRow.position.desc()).limit(most))
    return [(row, number) for row, number in found]


def _narrowed(query: Select[AuditRow, str], sought: Sought) -> Select[AuditRow, str]:
    if sought.claim_number is not None:
        query = query.where(ClaimRow.number == sought.claim_number)
    if sought.actor is not None:
        query = query.where(AuditRow.actor == sought.actor)
    if sought.since is not None:
        query = query.where(AuditRow.at >= sought.since)
    if sought.until is not None:
        query = query.where(AuditRow.at < sought.until)
    if sought.before is not None:
        query = query.where(AuditRow.position < sought.before)
    return query


def _link(last: AuditRow | None, row: AuditRow, *, first: int) -> Iterator[Break]:
    position, due = row.position or 0, (last.position or 0) + 1 if last is not None else first
    if position > due:
        missing = f"entry {due} is missing" if position == due + 1 else f"entries {due} to {position - 1} are missing"
        yield Break(organisation=row.organisation, position=due, what=missing)
        return  # whether its hash follows from those that are missing, nobody can say
    before = last.hash if last is not None and last.hash else GENESIS
    if row.hash != _hash(row, position, before=before):
        what = f"entry {position} was changed, or does not follow from the one before it"
        yield Break(organisation=row.organisation, position=position, what=what)


def _end(last: AuditRow, head: Head | None) -> Iterator[Break]:
    position = last.position or 0
    if head is None:
        yield Break(organisation=last.organisation, position=position, what="the head of the chain is missing")
    elif head.position > position:
        what = f"the end is missing: entries {position + 1} to {head.position}"
        yield Break(organisation=last.organisation, position=position + 1, what=what)
    elif head.position < position:
        what = f"entries {head.position + 1} to {position} stand behind the head of the chain"
        yield Break(organisation=last.organisation, position=head.position + 1, what=what)
    elif head.hash != last.hash:
        yield Break(organisation=last.organisation, position=position, what="the head of the chain is another")


def _chains_missing(session: Session, organisation: str | None, *, known: set[str]) -> Iterator[Break]:
    """Whoever has a key has a chain, or entries that are not sealed yet: the making of the key is one."""
    holders = select(KeyRow.organisation).distinct().order_by(KeyRow.organisation)
    if organisation is not None:
        holders = holders.where(KeyRow.organisation == organisation)
    waiting = set(session.scalars(select(AuditRow.organisation).where(AuditRow.position.is_(None)).distinct()))
    for holder in session.scalars(holders):
        if holder not in known | waiting:
            yield Break(organisation=holder, position=1, what="the whole chain is missing")


def _of(organisation: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if organisation is None else (AuditRow.organisation == organisation,)


def _hash(row: AuditRow, position: int, *, before: str) -> str:
    content = [
        before,
        row.organisation,
        position,
        row.actor,
        row.action,
        row.claim_id,
        row.thing,
        row.address,
        row.request,
        row.at.isoformat(timespec="microseconds"),
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
