"""Reprocessing: kept claims are judged anew, under another policy or by a newer engine, from what was read already.

A run goes through its claims by their identities, a batch at a time: what a batch needs is fetched at once, judged
outside of any transaction, and kept in one that also moves the run on and promises the next batch. So a batch that is
broken off anywhere, or done by two workers at once, is done once. A dry run keeps the difference and nothing else.
Pixels are read again only by a newer reader; such claims wait until that is done.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from msgspec import Struct
from sqlalchemy.orm import Session

from apexproof.errors import ApexproofError
from apexproof.judging import Unread, dossiers_of, judge, keep_answers, obstacles_of, question, verified
from apexproof.outcomes import changed, moved
from apexproof.policy import Policy
from apexproof.review import promise_reading
from apexproof.store import reprocessing as kept
from apexproof.store.claims import Obstacle, obstacles
from apexproof.store.dossiers import Dossier
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.reprocessing import Difference, Order, RunState
from apexproof.store.tables import PolicyRow, ReprocessingRow
from apexproof.store.verifications import Answer, Question, keep_policy, standing

BATCH = 500
"""Claims at once: a quarter of a second, after which whatever came in goes first."""
_FOR_A_RUN = {Work.READ: Work.READ_AGAIN, Work.WORDS: Work.WORDS_AGAIN}
_GOES_ON = (RunState.PAUSED, RunState.STOPPED)


class RunEnded(ApexproofError):
    """A run that has ended cannot be paused, resumed or cancelled."""


class ListUnusable(ApexproofError):
    """A list of claims names one that is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The next claims of a run, with all that they are judged by. `again` when they waited for files to be read."""

    run: int
    organisation: str
    reached: int
    dry_run: bool
    policy: Policy
    again: bool
    dossiers: Sequence[Dossier]
    obstacles: Mapping[int, list[str]]
    standing: Mapping[int, Question]


class Judged(Struct, frozen=True, kw_only=True):
    """What came of a claim: an outcome (with an answer to keep, unless that stands already), or why there is none."""

    dossier: Dossier
    outcome: str | None = None
    before: frozenset[str]
    obstacles: frozenset[str] = frozenset()
    answer: Answer | None = None
    unread: Unread | None = None
    fault: str | None = None


def listed_claims(session: Session, organisation: str, numbers: Sequence[str]) -> tuple[int, ...]:
    """The claims of these numbers, each once.

    Raises:
        ListUnusable: one of them is not here.
    """
    known = kept.identities_of(session, organisation, numbers)
    unknown = [place for place, number in enumerate(numbers, start=1) if number not in known]
    if unknown:
        raise ListUnusable(
            f"There is no claim of the number that stands at place {unknown[0]} of the list"
            f" ({len(unknown)} of {len(numbers)} are not here); take it out."
        )
    return tuple(sorted(set(known.values())))


def begin(session: Session, order: Order, policy: Policy, clock: Clock) -> tuple[ReprocessingRow, list[Ring]]:
    """Begin a run."""
    keep_policy(session, policy)
    run = kept.add_run(session, order, now=clock.now)
    return run, [promise(session, Work.REPROCESS, of=run, clock=clock)]


def pause(session: Session, run: int) -> ReprocessingRow:
    """Let a run rest: no claim is touched from now on.

    Raises:
        RunEnded: there is nothing to pause.
    """
    row = kept.hold_run(session, run)
    if row.state not in (RunState.RUNNING, *_GOES_ON):
        raise RunEnded("This run has ended, so there is nothing to pause.")
    row.state = RunState.PAUSED
    return row


def resume(session: Session, run: int, clock: Clock) -> tuple[ReprocessingRow, list[Ring]]:
    """Let a run go on where it stands.

    Raises:
        RunEnded: it has ended.
    """
    row = kept.hold_run(session, run)
    if row.state == RunState.RUNNING:
        return row, []
    if row.state not in _GOES_ON:
        raise RunEnded("This run has ended; begin another for what is left.")
    row.state, row.reason, row.ended_at = RunState.RUNNING, None, None
    return row, [promise(session, Work.REPROCESS, of=row, clock=clock)]


def cancel(session: Session, run: int, clock: Clock) -> ReprocessingRow:
    """End a run; what it did stays in the claims' histories.

    Raises:
        RunEnded: it has ended otherwise.
    """
    row = kept.hold_run(session, run)
    if row.state == RunState.DONE:
        raise RunEnded("This run is done, so there is nothing to cancel.")
    if row.state != RunState.CANCELLED:
        row.state, row.ended_at = RunState.CANCELLED, clock.now
    return row


def next_batch(session: Session, run: int, *, most: int = BATCH) -> Batch | None:
    """The next claims of a run; None unless it is running."""
    row = session.get_one(ReprocessingRow, run)
    if row.state != RunState.RUNNING:
        return None
    claim_ids = kept.next_claims(session, row, most=most)
    again = not claim_ids and row.waiting > 0
    if again:
        claim_ids = kept.ready_claims(session, row, most=most)
    policy = session.get_one(PolicyRow, row.policy_digest)
    return Batch(
        run=row.id,
        organisation=row.organisation,
        reached=row.reached,
        dry_run=row.dry_run,
        policy=_policy(policy.document),
        again=again,
        dossiers=dossiers_of(session, row.organisation, claim_ids),
        obstacles=obstacles(session, claim_ids),
        standing=standing(session, claim_ids),
    )


def judge_batch(batch: Batch) -> list[Judged]:
    """Judge the claims of a batch; one that breaks down takes no other with it."""
    collects = gc.isenabled()
    gc.disable()  # it leaves nothing that the collector would find, and looking costs a sixth of its time
    try:
        return [_judged(batch, dossier) for dossier in batch.dossiers]
    finally:
        if collects:
            gc.enable()


def keep_batch(session: Session, batch: Batch, judged: Sequence[Judged], clock: Clock) -> list[Ring]:
    """Keep what came of a batch, and promise the next; nothing, when the run was paused or moved on meanwhile."""
    row = kept.hold_run(session, batch.run)
    if row.state != RunState.RUNNING or row.reached != batch.reached:
        return []
    if batch.again:
        waiting = kept.still_waiting(session, row.id, [one.dossier.claim_id for one in judged])
        judged = [one for one in judged if one.dossier.claim_id in waiting]
    elif not judged and not row.waiting:
        row.state, row.ended_at = RunState.DONE, clock.now
        return []
    numbers: dict[int, int] = {}
    if not batch.dry_run:
        judged = _as_they_stand_now(session, batch, judged)
        numbers = keep_answers(session, [one.answer for one in judged if one.answer], clock)
    different = [one for one in judged if one.fault or (not one.unread and one.outcome != one.dossier.outcome)]
    kept.add_differences(session, row.id, (_difference(one, numbers) for one in different))
    rings = _let_wait(session, row, batch, judged, clock)
    rings += changed(
        session,
        [moved(one.dossier, one.outcome, numbers.get(one.dossier.claim_id)) for one in different if one.answer],
        clock,
    )
    row.done += sum(one.unread is None for one in judged)
    row.changed += sum(one.fault is None for one in different)
    row.failed += sum(one.fault is not None for one in different)
    if judged and not batch.again:
        row.reached = max(one.dossier.claim_id for one in judged)
    following = promise(session, Work.REPROCESS, of=row, clock=clock)
    return [*rings, following] if judged else rings  # while all of them wait, the sweep rings for the next look


def _judged(batch: Batch, dossier: Dossier) -> Judged:
    before = frozenset(batch.obstacles.get(dossier.claim_id, ()))
    asked = question(dossier, batch.policy)
    if batch.standing.get(dossier.claim_id) == asked:
        return Judged(dossier=dossier, outcome=dossier.outcome, before=before, obstacles=before)
    try:
        if batch.dry_run:
            verification = verified(dossier, batch.policy)
            found = _checks(obstacles_of(verification))
            return Judged(dossier=dossier, outcome=verification.outcome, before=before, obstacles=found)
        answer = judge(dossier, batch.policy, asked)
    except Unread as unread:
        return Judged(dossier=dossier, before=before, unread=unread)
    except ApexproofError as error:
        return Judged(dossier=dossier, before=before, fault=str(error))
    except Exception as error:  # noqa: BLE001 - its message may quote the claim; its name does not
        fault = f"This is a fault of apexproof ({type(error).__name__}); please report it."
        return Judged(dossier=dossier, before=before, fault=fault)
    return Judged(
        dossier=dossier, outcome=answer.outcome, before=before, obstacles=_checks(answer.obstacles), answer=answer
    )


def _checks(found: frozenset[Obstacle]) -> frozenset[str]:
    return frozenset(obstacle.check for obstacle in found)


def _as_they_stand_now(session: Session, batch: Batch, judged: Sequence[Judged]) -> list[Judged]:
    """The same, but for claims that changed since they were fetched: those are judged again, and held from now on."""
    claim_ids = [one.dossier.claim_id for one in judged]
    now = kept.hold_claims(session, batch.organisation, claim_ids)
    as_fetched = {one.dossier.claim_id: (one.dossier.revision, one.dossier.verification) for one in judged}
    stale = [claim_id for claim_id in claim_ids if now[claim_id] != as_fetched[claim_id]]
    if not stale:
        return list(judged)
    newly = replace(batch, obstacles=obstacles(session, stale), standing=standing(session, stale))
    fresh = {one.claim_id: _judged(newly, one) for one in dossiers_of(session, batch.organisation, stale)}
    return [fresh.get(one.dossier.claim_id, one) for one in judged]


def _difference(one: Judged, numbers: Mapping[int, int]) -> Difference:
    return Difference(
        claim_id=one.dossier.claim_id,
        before=one.dossier.outcome,
        after=one.outcome,
        checks_before=one.before,
        checks_after=one.obstacles,
        verification=numbers.get(one.dossier.claim_id),
        fault=one.fault,
    )


def _let_wait(
    session: Session, row: ReprocessingRow, batch: Batch, judged: Sequence[Judged], clock: Clock
) -> list[Ring]:
    """Promise to read what has to be read first, and let those claims wait for it."""
    if batch.again:
        kept.wait_no_more(session, row.id, [one.dossier.claim_id for one in judged if one.unread is None])
    unread = {one.dossier.claim_id: one.unread for one in judged if one.unread is not None}
    if unread:
        kept.let_wait(session, row.id, list(unread))
    if unread or batch.again:
        row.waiting = kept.count_waiting(session, row.id)
    return [
        ring for one in unread.values() for ring in promise_reading(session, one.files, _FOR_A_RUN[one.work], clock)
    ]


@lru_cache(maxsize=16)
def _policy(document: str) -> Policy:
    return Policy.model_validate_json(document)
