"""Runs of reprocessing as they are kept: which claims are next, how far each run is, and what came out otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from apexproof.store.claims import Wanted, only_wanted
from apexproof.store.database import insert_all, of_organisation
from apexproof.store.jobs import OPEN
from apexproof.store.many import among
from apexproof.store.tables import (
    AttachmentRow,
    ClaimRow,
    DifferenceRow,
    JobRow,
    ReprocessedClaimRow,
    ReprocessingRow,
)

_WANTED = TypeAdapter(Wanted)
_REASON_MOST = 500
# The queries of a batch are made once.
_RUN: BindParameter[int] = bindparam("run")
_OF_RUN = ReprocessedClaimRow.reprocessing_id == _RUN, among(ReprocessedClaimRow.claim_id, "claims")
_STILL_WAITING = select(ReprocessedClaimRow.claim_id).where(*_OF_RUN, ReprocessedClaimRow.waits)
_NO_LONGER = delete(ReprocessedClaimRow).where(*_OF_RUN)
_HELD = (
    select(ClaimRow.id, ClaimRow.revision, ClaimRow.verification)
    .where(of_organisation(ClaimRow.organisation, bindparam("organisation")), among(ClaimRow.id, "claims"))
    .order_by(ClaimRow.id)
    .with_for_update(key_share=True)
)


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """Its work failed again and again; it can be resumed where it stopped."""
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: which claims (those that are wanted, or these by their identities), why, and how."""

    organisation: str
    why: str
    asked_by: str
    policy_digest: str
    wanted: Wanted
    listed: tuple[int, ...] | None
    dry_run: bool


class Difference(Struct, frozen=True, kw_only=True):
    """What a run made of a claim that came out otherwise, or that could not be judged (`fault`)."""

    claim_id: int
    before: str | None
    after: str | None = None
    checks_before: frozenset[str]
    checks_after: frozenset[str] = frozenset()
    verification: int | None = None
    fault: str | None = None


def add_run(session: Session, order: Order, *, now: datetime) -> ReprocessingRow:
    """Add a run over the claims that there are now."""
    until = session.scalar(select(func.max(ClaimRow.id)).where(ClaimRow.organisation == order.organisation)) or 0
    if order.listed is None:
        wanted = only_wanted(select(func.count()).select_from(ClaimRow), order.organisation, order.wanted)
        total = session.scalar(wanted.where(ClaimRow.id <= until)) or 0
    else:
        total = len(order.listed)
    row = ReprocessingRow(
        organisation=order.organisation,
        why=order.why,
        asked_by=order.asked_by,
        policy_digest=order.policy_digest,
        wanted=_WANTED.dump_json(order.wanted).decode(),
        is_list=order.listed is not None,
        dry_run=order.dry_run,
        state=RunState.RUNNING,
        reached=0,
        until=until,
        total=total,
        done=0,
        changed=0,
        failed=0,
        waiting=0,
        created_at=now,
    )
    session.add(row)
    session.flush()
    listed = [{"reprocessing_id": row.id, "claim_id": one, "waits": False} for one in order.listed or ()]
    insert_all(session, ReprocessedClaimRow, listed)
    return row


def identities_of(session: Session, organisation: str, numbers: Collection[str]) -> dict[str, int]:
    """The claims of these numbers; those that are not here are left out."""
    found = select(ClaimRow.number, ClaimRow.id).where(
        ClaimRow.organisation == organisation, ClaimRow.number.in_(list(numbers))
    )
    return {number: claim_id for number, claim_id in session.execute(found)}  # noqa: C416 - rows are no pairs to mypy


def newest_claims(session: Session, organisation: str, *, most: int) -> tuple[int, ...]:
    """The claims of an organisation that came last, by their identities."""
    theirs = select(ClaimRow.id).where(ClaimRow.organisation == organisation)
    return tuple(session.scalars(theirs.order_by(ClaimRow.id.desc()).limit(most)))


def run_of(session: Session, organisation: str, run: int) -> ReprocessingRow | None:
    """A run of the organisation."""
    return session.scalar(
        select(ReprocessingRow).where(ReprocessingRow.organisation == organisation, ReprocessingRow.id == run)
    )


def hold_run(session: Session, run: int) -> ReprocessingRow:
    """A run, held until the transaction ends: whoever pauses or cancels it waits that long."""
    return session.execute(
        select(ReprocessingRow)
        .where(ReprocessingRow.id == run)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def runs(session: Session, organisation: str, *, before: int | None, most: int) -> Sequence[ReprocessingRow]:
    """The runs of the organisation, the newest first, from behind the last one seen."""
    query = select(ReprocessingRow).where(ReprocessingRow.organisation == organisation)
    if before is not None:
        query = query.where(ReprocessingRow.id < before)
    return session.scalars(query.order_by(ReprocessingRow.id.desc()).limit(most)).all()


def next_claims(session: Session, run: ReprocessingRow, *, most: int) -> list[int]:
    """The claims that are next on the first way through."""
    return list(session.scalars(_selected(run).order_by(ClaimRow.id).limit(most)))


def _selected(run: ReprocessingRow) -> Select[int]:
    behind = ClaimRow.id > run.reached, ClaimRow.id <= run.until
    if run.is_list:
        listed = (ReprocessedClaimRow.claim_id == ClaimRow.id) & (ReprocessedClaimRow.reprocessing_id == run.id)
        query = select(ClaimRow.id).join(ReprocessedClaimRow, listed)
        return query.where(ClaimRow.organisation == run.organisation, *behind)
    return only_wanted(select(ClaimRow.id), run.organisation, _WANTED.validate_json(run.wanted)).where(*behind)


def ready_claims(session: Session, run: ReprocessingRow, *, most: int) -> list[int]:
    """Claims that waited until their files are read, and whose files are."""
    reading = exists().where(
        AttachmentRow.claim_id == ReprocessedClaimRow.claim_id,
        JobRow.attachment_id == AttachmentRow.id,
        JobRow.state.in_(OPEN),
    )
    waiting = select(ReprocessedClaimRow.claim_id).where(
        ReprocessedClaimRow.reprocessing_id == run.id, ReprocessedClaimRow.waits, ~reading
    )
    return list(session.scalars(waiting.order_by(ReprocessedClaimRow.claim_id).limit(most)))


def still_waiting(session: Session, run: int, claim_ids: Sequence[int]) -> frozenset[int]:
    """Which of these claims wait."""
    return frozenset(session.scalars(_STILL_WAITING, {"run": run, "claims": claim_ids}))


def let_wait(session: Session, run: int, claim_ids: Sequence[int]) -> None:
    """Let these claims wait until their files are read."""
    wait_no_more(session, run, claim_ids)
    rows = [{"reprocessing_id": run, "claim_id": claim_id, "waits": True} for claim_id in claim_ids]
    insert_all(session, ReprocessedClaimRow, rows)


def wait_no_more(session: Session, run: int, claim_ids: Sequence[int]) -> None:
    """These claims were judged."""
    session.execute(_NO_LONGER, {"run": run, "claims": claim_ids})


def count_waiting(session: Session, run: int) -> int:
    """How many claims of a run wait."""
    waiting = select(func.count()).where(ReprocessedClaimRow.reprocessing_id == run, ReprocessedClaimRow.waits)
    return session.scalar(waiting) or 0


def hold_claims(session: Session, organisation: str, claim_ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """Hold claims, always in the same order; the revision and the verification that each has now."""
    held = session.execute(_HELD, {"organisation": organisation, "claims": claim_ids})
    return {claim_id: (revision, number) for claim_id, revision, number in held}


def add_differences(session: Session, run: int, differences: Iterable[Difference]) -> None:
    """Keep what came out otherwise."""
    rows = [
        {
            "reprocessing_id": run,
            "claim_id": one.claim_id,
            "before": one.before,
            "after": one.after,
            "checks_before": " ".join(sorted(one.checks_before)),
            "checks_after": " ".join(sorted(one.checks_after)),
            "verification": one.verification,
            "fault": one.fault,
        }
        for one in differences
    ]
    insert_all(session, DifferenceRow, rows)


def stop_run(session: Session, run: int, *, reason: str) -> None:
    """Let a run that is running stand still, for that reason."""
    running = ReprocessingRow.id == run, ReprocessingRow.state == RunState.RUNNING
    stopped = {"state": RunState.STOPPED, "reason": reason[:_REASON_MOST]}
    session.execute(update(ReprocessingRow).where(*running).values(**stopped))


def go_on(session: Session, run: int) -> None:
    """Let a run that stopped go on; others stay as they are."""
    stopped = ReprocessingRow.id == run, ReprocessingRow.state == RunState.STOPPED
    going = {"state": RunState.RUNNING, "reason": None, "ended_at": None}
    session.execute(update(ReprocessingRow).where(*stopped).values(**going))


def differences(
    session: Session, run: ReprocessingRow, *, faults: bool, after: int, most: int
) -> Sequence[tuple[DifferenceRow, str]]:
    """What came out otherwise in a run (or what could not be judged), with the claims' numbers, in the run's order."""
    which = DifferenceRow.fault.is_not(None) if faults else DifferenceRow.fault.is_(None)
    found = (
        select(DifferenceRow, ClaimRow.number)
        .join(ClaimRow, ClaimRow.id == DifferenceRow.claim_id)
        .where(DifferenceRow.reprocessing_id == run.id, ClaimRow.organisation == run.organisation, which)
        .where(DifferenceRow.claim_id > after)
        .order_by(DifferenceRow.claim_id)
        .limit(most)
    )
    return [(row, number) for row, number in session.execute(found)]


def claims_of_run(session: Session, run: ReprocessingRow) -> tuple[int, ...]:
    """The claims on the list of a run, and those that came out otherwise in it."""
    listed = select(ReprocessedClaimRow.claim_id).where(ReprocessedClaimRow.reprocessing_id == run.id)
    different = select(DifferenceRow.claim_id).where(DifferenceRow.reprocessing_id == run.id)
    return tuple(sorted({*session.scalars(listed), *session.scalars(different)}))


def moves(session: Session, run: int) -> Mapping[tuple[str | None, str | None], int]:
    """How many claims a run moved from which outcome to which."""
    found = (
        select(DifferenceRow.before, DifferenceRow.after, func.count())
        .where(DifferenceRow.reprocessing_id == run, DifferenceRow.fault.is_(None))
        .group_by(DifferenceRow.before, DifferenceRow.after)
    )
    return {(before, after): number for before, after, number in session.execute(found)}
