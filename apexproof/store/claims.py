"""Claims as they are kept: every revision of what the sender claimed, and where the claim stands now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self, TypeVarTuple

from msgspec import Struct
from sqlalchemy import BindParameter, Select, and_, bindparam, case, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from apexproof.store.database import ask, insert_all, insert_once
from apexproof.store.many import among
from apexproof.store.tables import ClaimRow, ControlNumberRow, ObstacleRow, RevisionRow
from apexproof.verification import Outcome

Ts = TypeVarTuple("Ts")
_OTHER = aliased(ControlNumberRow)

# What is asked with every file is made once: that takes longer than to ask it.
_CLAIM: BindParameter[int] = bindparam("claim")
_NOW: BindParameter[datetime] = bindparam("now", type_=ClaimRow.outcome_since.type)
_BY_NUMBER = select(ClaimRow).where(
    ClaimRow.organisation == bindparam("organisation"), ClaimRow.number == bindparam("number")
)
_HELD = select(ClaimRow).where(ClaimRow.id == _CLAIM).with_for_update(key_share=True)
_DECLARED = (
    select(ControlNumberRow.control_number)
    .where(ControlNumberRow.claim_id == _CLAIM)
    .order_by(ControlNumberRow.control_number)
)
_DECLARED_ALONE = _DECLARED.where(
    ~exists().where(
        _OTHER.organisation == ControlNumberRow.organisation,
        _OTHER.control_number == ControlNumberRow.control_number,
        _OTHER.claim_id != _CLAIM,
    )
)
_HOLDS = (
    update(ClaimRow)
    .where(among(ClaimRow.id, "claims"))
    .values(
        outcome=bindparam("as_outcome"),
        verification=bindparam("as_verification"),
        outcome_since=case(
            (ClaimRow.outcome.is_not_distinct_from(bindparam("as_outcome")), ClaimRow.outcome_since), else_=_NOW
        ),
    )
)
_HOLDS_VERIFIED = _HOLDS.values(
    first_pass=func.coalesce(
        ClaimRow.first_pass, and_(ClaimRow.revision == 1, ClaimRow.received_at >= bindparam("early"))
    )
)
_OBSTACLES = select(ObstacleRow.claim_id, ObstacleRow.check, ObstacleRow.message, ObstacleRow.remedy).where(
    among(ObstacleRow.claim_id, "claims")
)
_IN_THE_WAY = (
    select(ObstacleRow.claim_id, ObstacleRow.check)
    .where(among(ObstacleRow.claim_id, "claims"))
    .order_by(ObstacleRow.check)
)
_CLEARED = delete(ObstacleRow).where(among(ObstacleRow.claim_id, "claims"))

FIRST_PASS = timedelta(days=1)
"""A claim passes at first when it is verified as it was first claimed, this soon after it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which claims to list; what is None does not matter. `after` is the number of the last claim seen."""

    outcome: str | None = None
    payer: str | None = None
    provider: str | None = None
    check: str | None = None
    visited_from: date | None = None
    visited_until: date | None = None
    after: str | None = None
    part: str | None = None
    """A part of its number, in letters of any case."""


class AsRead(Struct, frozen=True, kw_only=True):
    """What was read in a claim (JSON), and by which engine: another may read it otherwise."""

    document: str
    engine: str

    @classmethod
    def of(cls, document: str | None, engine: str | None) -> Self | None:
        """What a row holds of it."""
        return cls(document=document, engine=engine) if document and engine else None


def as_read_by(engine: str, known: AsRead | None) -> str | None:
    """What this engine read; None when nobody kept that."""
    return known.document if known and known.engine == engine else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What of a claim is searched for."""

    payer: str | None
    provider: str | None
    visit: date | None
    control_numbers: frozenset[str]


def claim_by_number(session: Session, organisation: str, number: str) -> ClaimRow | None:
    """The claim of that number."""
    return session.scalar(_BY_NUMBER, {"organisation": organisation, "number": number})


def claim_by_identity(session: Session, organisation: str, identity: int) -> ClaimRow | None:
    """The claim of that identity, if it is the organisation's."""
    return session.scalar(select(ClaimRow).where(ClaimRow.organisation == organisation, ClaimRow.id == identity))


def open_claim(session: Session, organisation: str, number: str, *, now: datetime) -> ClaimRow:
    """The claim of that number, made (with no revision yet) if it is new, and held until the transaction ends."""
    insert_once(session, ClaimRow, {"organisation": organisation, "number": number, "revision": 0, "received_at": now})
    by_number = {"organisation": organisation, "number": number}
    return session.execute(_BY_NUMBER.with_for_update(key_share=True), by_number).scalar_one()


def hold_claim(session: Session, claim_id: int) -> ClaimRow:
    """The claim, as it is now, and held until the transaction ends: others who hold it wait."""
    return session.execute(_HELD, {"claim": claim_id}).scalar_one()


def claims_behind(session: Session, organisation: str, last: int, *, most: int) -> Sequence[ClaimRow]:
    """So many claims of the organisation behind that identity, in the order of their identities."""
    of_theirs = ClaimRow.organisation == organisation, ClaimRow.id > last
    return session.scalars(select(ClaimRow).where(*of_theirs).order_by(ClaimRow.id).limit(most)).all()


def add_revision(  # noqa: PLR0913 - one argument for each thing that is kept
    session: Session,
    claim: ClaimRow,
    *,
    digest: str,
    document: str,
    searched: Searched,
    now: datetime,
    as_read: AsRead | None = None,
) -> None:
    """Add what the sender claims now; what was claimed before stays."""
    claim.revision += 1
    claim.payer, claim.provider, claim.visit = searched.payer, searched.provider, searched.visit
    session.add(
        RevisionRow(
            claim_id=claim.id,
            revision=claim.revision,
            digest=digest,
            document=document,
            as_read=as_read.document if as_read else None,
            as_read_by=as_read.engine if as_read else None,
            received_at=now,
        )
    )
    session.execute(delete(ControlNumberRow).where(ControlNumberRow.claim_id == claim.id))
    for control_number in sorted(searched.control_numbers):
        session.add(ControlNumberRow(claim_id=claim.id, control_number=control_number, organisation=claim.organisation))
    session.flush()


def latest_revision(session: Session, claim: ClaimRow) -> RevisionRow | None:
    """What the sender claims now; None of a claim that was only just opened."""
    return session.get(RevisionRow, (claim.id, claim.revision))


def member_of(session: Session, claim: ClaimRow) -> str | None:
    """The member id of the claim's patient, as it is claimed now."""
    revision = latest_revision(session, claim)
    member: str | None = json.loads(revision.document).get("patient", {}).get("member_id") if revision else None
    return member


def control_numbers(session: Session, claim_id: int, *, alone: bool = False) -> Sequence[str]:
    """The attachment control numbers that the claim declares; of those that others declare, too, none if `alone`."""
    return ask(session, _DECLARED_ALONE if alone else _DECLARED, {"claim": claim_id}).scalars().all()


def claims_declaring(session: Session, organisation: str, control_number: str) -> Sequence[ClaimRow]:
    """The claims whose latest revision declares an attachment control number."""
    declared = select(ControlNumberRow.claim_id).where(
        ControlNumberRow.organisation == organisation, ControlNumberRow.control_number == control_number
    )
    return session.scalars(select(ClaimRow).where(ClaimRow.id.in_(declared)).order_by(ClaimRow.id)).all()


def claims_waiting_for(session: Session, organisation: str, number: str, control_number: str | None) -> list[int]:
    """The claims to which a file belongs that came under a claim's number and perhaps a control number."""
    by_number = select(ClaimRow.id).where(ClaimRow.organisation == organisation, ClaimRow.number == number)
    found = list(session.scalars(by_number))
    if not found and control_number is not None:
        declared = select(ControlNumberRow.claim_id).where(
            ControlNumberRow.organisation == organisation, ControlNumberRow.control_number == control_number
        )
        found = list(session.scalars(declared.order_by(ControlNumberRow.claim_id)))
    return found


class Obstacle(Struct, frozen=True, kw_only=True):
    """A check that stands between a claim and `verified`: what it says, and what to send."""

    check: str
    message: str
    remedy: str | None


class Noted(Struct, frozen=True, kw_only=True):
    """That a verification is the one that holds now, and what it leaves in the way."""

    claim_id: int
    outcome: str
    verification: int
    obstacles: frozenset[Obstacle]


def note_outcomes(session: Session, noted: Sequence[Noted], *, now: datetime) -> None:
    """Let these verifications be the ones that hold now. The claims must be held."""
    alike: dict[tuple[str, int], list[int]] = {}
    for one in noted:
        alike.setdefault((one.outcome, one.verification), []).append(one.claim_id)
    for (outcome, verification), claim_ids in alike.items():
        is_verified = outcome == Outcome.VERIFIED
        session.execute(
            _HOLDS_VERIFIED if is_verified else _HOLDS,
            {"claims": claim_ids, "as_outcome": outcome, "as_verification": verification, "now": now}
            | ({"early": now - FIRST_PASS} if is_verified else {}),
            execution_options={"synchronize_session": False},
        )
    _note_obstacles(session, noted)


def _note_obstacles(session: Session, noted: Sequence[Noted]) -> None:
    before: dict[int, set[Obstacle]] = {one.claim_id: set() for one in noted}
    for claim_id, check, message, remedy in ask(session, _OBSTACLES, {"claims": list(before)}):
        before[claim_id].add(Obstacle(check=check, message=message, remedy=remedy))
    others = [one for one in noted if before[one.claim_id] != one.obstacles]
    if not others:
        return
    session.execute(
        _CLEARED, {"claims": [one.claim_id for one in others]}, execution_options={"synchronize_session": False}
    )
    insert_all(
        session,
        ObstacleRow,
        [
            {"claim_id": one.claim_id, "check": obstacle.check, "message": obstacle.message, "remedy": obstacle.remedy}
            for one in others
            for obstacle in sorted(one.obstacles, key=lambda obstacle: obstacle.check)
        ],
    )


def obstacles(session: Session, claim_ids: Sequence[int]) -> dict[int, list[str]]:
    """The checks that stand in the way of each of these claims."""
    found: dict[int, list[str]] = {claim_id: [] for claim_id in claim_ids}
    for claim_id, check in ask(session, _IN_THE_WAY, {"claims": claim_ids}):
        found[claim_id].append(check)
    return found


def list_claims(session: Session, organisation: str, wanted: Wanted, *, most: int) -> Sequence[ClaimRow]:
    """The first claims that are wanted, by number, from behind the last one seen."""
    query = only_wanted(select(ClaimRow), organisation, wanted)
    if wanted.after is not None:
        query = query.where(ClaimRow.number > wanted.after)
    return session.scalars(query.order_by(ClaimRow.number).limit(most)).all()


def only_wanted(query: Select[*Ts], organisation: str, wanted: Wanted) -> Select[*Ts]:
    """The query, of the organisation's claims that are wanted alone."""
    query = query.where(ClaimRow.organisation == organisation)
    equal = ((ClaimRow.outcome, wanted.outcome), (ClaimRow.payer, wanted.payer), (ClaimRow.provider, wanted.provider))
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if wanted.check is not None:
        query = query.join(ObstacleRow, ObstacleRow.claim_id == ClaimRow.id).where(ObstacleRow.check == wanted.check)
    if wanted.part is not None:
        query = query.where(ClaimRow.number.icontains(wanted.part, autoescape=True))
    if wanted.visited_from is not None:
        query = query.where(ClaimRow.visit >= wanted.visited_from)
    if wanted.visited_until is not None:
        query = query.where(ClaimRow.visit <= wanted.visited_until)
    return query
