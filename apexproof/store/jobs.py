"""Jobs: work that was promised. Whoever takes a job owns it while its lease lasts, and extends the lease by working.

queued --take--> running --finish--> done
  ^                 |--give_back--> queued again, later
  |                 `--set_aside--> set_aside, with its reason; `queue_again` takes it back
  `-- a lease that ran out: anybody may take it, and the sweep queues it again
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import BindParameter, TableClause, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from apexproof.store.database import ask
from apexproof.store.tables import AttachmentRow, ClaimRow, DeliveryRow, JobRow, ReportRow, ReprocessingRow, SweepRow

_REASON_MOST = 500
_SENDINGS_DOUBLE_UNTIL = 10
_CLOCKS_DIFFER = timedelta(minutes=1)  # at most, from one machine with workers to another
_ONLY = 1


class Work(StrEnum):
    """What is to be done."""

    READ = "read"
    """Read a file."""
    WORDS = "words"
    """Read a file with the words burned into its pictures."""
    VERIFY = "verify"
    """Judge a claim by what was read."""
    DELIVER = "deliver"
    """Tell a webhook of an outcome that changed."""
    REPROCESS = "reprocess"
    """Judge the next claims of a run anew."""
    READ_AGAIN = "read_again"
    """Read a file by a newer reader, for a run: behind all that comes in, and no claim is judged for it."""
    WORDS_AGAIN = "words_again"
    """The same, with the words."""
    REPORT = "report"
    """Make a report whose hour has come."""


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    SET_ASIDE = "set_aside"


Subject = ClaimRow | AttachmentRow | DeliveryRow | ReprocessingRow | ReportRow
OPEN = (JobState.QUEUED, JobState.RUNNING)
_PROMISE = insert(cast("TableClause", JobRow.__table__)).returning(JobRow.id)
_JOB: BindParameter[int] = bindparam("job")
_NOW: BindParameter[datetime] = bindparam("now")
_TAKE = (
    update(JobRow)
    .where(
        JobRow.id == _JOB,
        or_(JobRow.state == JobState.QUEUED, and_(JobRow.state == JobState.RUNNING, JobRow.wake_at <= _NOW)),
    )
    .values(
        state=JobState.RUNNING,
        owner=bindparam("as_owner"),
        attempts=JobRow.attempts + 1,
        wake_at=bindparam("until"),
    )
    .returning(JobRow)
    .execution_options(synchronize_session=False, populate_existing=True)
)
_FINISH = (
    update(JobRow)
    .where(JobRow.id == _JOB)
    .values(state=JobState.DONE, ended_at=_NOW, owner=None, reason=None)
    .execution_options(synchronize_session=False)
)
_OF_UPLOADS = (Work.READ, Work.WORDS, Work.VERIFY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A job to ring for, once the transaction in which it was promised is committed."""

    job: int
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time it is, how long a ring may go unheard before it is repeated, and on which request one works."""

    now: datetime
    resend: timedelta
    request: str | None = None


def promise(session: Session, work: Work, *, of: Subject, clock: Clock) -> Ring:
    """Promise work on a claim, an attachment, a run and so on. Should the ring be lost, the sweep rings again."""
    promised = {
        "work": work,
        "organisation": of.organisation,
        "claim_id": of.id if isinstance(of, ClaimRow) else None,
        "attachment_id": of.id if isinstance(of, AttachmentRow) else None,
        "delivery_id": of.id if isinstance(of, DeliveryRow) else None,
        "reprocessing_id": of.id if isinstance(of, ReprocessingRow) else None,
        "report_id": of.id if isinstance(of, ReportRow) else None,
        "request": clock.request,
        "state": JobState.QUEUED,
        "attempts": 0,
        "sendings": 1,
        "wake_at": clock.now + clock.resend,
        "created_at": clock.now,
    }
    return Ring(job=ask(session, _PROMISE, promised).scalar_one(), work=work)


def take(session: Session, job: int, *, owner: str, now: datetime, lease: timedelta) -> JobRow | None:
    """Own a job; None when it is done, set aside or somebody else's."""
    by = {"job": job, "as_owner": owner, "now": now, "until": now + lease}
    return session.scalars(_TAKE, by).first()


def extend(session: Session, job: int, *, owner: str, until: datetime) -> bool:
    """Say that the owner is alive; False when the job is not theirs any more."""
    theirs = JobRow.id == job, JobRow.owner == owner, JobRow.state == JobState.RUNNING
    return session.execute(update(JobRow).where(*theirs).values(wake_at=until).returning(JobRow.id)).first() is not None


def finish(session: Session, job: int, *, now: datetime) -> None:
    """It is done, whoever owns it: what was done was done whole, in the same transaction."""
    session.execute(_FINISH, {"job": job, "now": now})


def give_back(session: Session, job: int, *, owner: str, reason: str, again_at: datetime, counted: bool = True) -> None:
    """It failed; it waits until `again_at`. What was no fault of its own is not counted as a try."""
    theirs = JobRow.id == job, JobRow.owner == owner, JobRow.state == JobState.RUNNING
    waiting = {"state": JobState.QUEUED, "owner": None, "reason": reason[:_REASON_MOST], "wake_at": again_at}
    attempts = JobRow.attempts if counted else JobRow.attempts - 1
    session.execute(update(JobRow).where(*theirs).values(**waiting, attempts=attempts))


def set_aside(session: Session, job: int, *, reason: str, now: datetime) -> None:
    """It failed too often; a person has to look."""
    aside = {"state": JobState.SET_ASIDE, "owner": None, "reason": reason[:_REASON_MOST], "ended_at": now}
    session.execute(update(JobRow).where(JobRow.id == job).values(**aside))


def queue_again(session: Session, job: int, *, clock: Clock) -> None:
    """Queue a job that was set aside, with all its attempts."""
    again = {"state": JobState.QUEUED, "attempts": 0, "sendings": 0, "created_at": clock.now}
    waiting = {"wake_at": clock.now + clock.resend, "ended_at": None, "reason": None}
    session.execute(update(JobRow).where(JobRow.id == job).values(**again, **waiting))


def overdue(session: Session, *, clock: Clock, most: int) -> list[Ring]:
    """The jobs to ring for again, each then left alone for twice as long as before.

    One whose owner fell silent is queued again: rung for with every sweep, it would fill a queue that is long already.
    """
    late = (
        select(JobRow).where(JobRow.state.in_(OPEN), JobRow.wake_at <= clock.now).order_by(JobRow.wake_at).limit(most)
    )
    rings = []
    for row in session.scalars(late.with_for_update(skip_locked=True)).all():
        rings.append(Ring(job=row.id, work=Work(row.work)))
        row.state = JobState.QUEUED
        row.wake_at = clock.now + clock.resend * 2 ** min(row.sendings, _SENDINGS_DOUBLE_UNTIL)
        row.sendings += 1
    return rings


def wake_all(session: Session, *, now: datetime) -> None:
    """Let every open job be overdue: whoever worked at it, or held its message, is known to be gone."""
    session.execute(update(JobRow).where(JobRow.state.in_(OPEN)).values(wake_at=now))


def clock_was_set_back(session: Session, *, now: datetime) -> bool:
    """Whether it is earlier than at the last sweep: what was to wait for a moment would wait for it twice."""
    last = session.get(SweepRow, _ONLY)
    if last is None:
        session.add(SweepRow(id=_ONLY, at=now))
        return False
    before, last.at = last.at, now
    return before - now > _CLOCKS_DIFFER


def forget_done(session: Session, *, before: datetime) -> None:
    """Remove the jobs that were done long ago."""
    session.execute(delete(JobRow).where(JobRow.state == JobState.DONE, JobRow.ended_at < before))


def open_for_attachments(session: Session, attachment_ids: Iterable[int], *, work: Work) -> frozenset[int]:
    """Which of these attachments somebody has still to read."""
    found = select(JobRow.attachment_id).where(
        JobRow.attachment_id.in_(list(attachment_ids)), JobRow.work == work, JobRow.state.in_(OPEN)
    )
    return frozenset(attachment_id for attachment_id in session.scalars(found) if attachment_id is not None)


def queued_for_claims(session: Session, claim_ids: Sequence[int]) -> frozenset[int]:
    """Which of these claims wait to be judged, and nobody has begun."""
    waiting = JobRow.work == Work.VERIFY, JobRow.state == JobState.QUEUED, JobRow.claim_id.in_(claim_ids)
    return frozenset(claim_id for claim_id in session.scalars(select(JobRow.claim_id).where(*waiting)) if claim_id)


def states_of_claims(session: Session, claim_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """In which states there are jobs for each of these claims and for its files, but for those that are done."""
    found: dict[int, frozenset[str]] = {claim_id: frozenset() for claim_id in claim_ids}
    own = select(JobRow.claim_id, JobRow.state).where(JobRow.claim_id.in_(claim_ids))
    of_files = select(AttachmentRow.claim_id, JobRow.state).join(JobRow, JobRow.attachment_id == AttachmentRow.id)
    for query in (own, of_files.where(AttachmentRow.claim_id.in_(claim_ids))):
        for claim_id, state in session.execute(query.where(JobRow.state != JobState.DONE).distinct()):
            if claim_id is not None:
                found[claim_id] |= {state}
    return found


def set_aside_jobs(session: Session, *, most: int) -> Sequence[JobRow]:
    """The jobs that wait for a person, the oldest first."""
    return session.scalars(
        select(JobRow).where(JobRow.state == JobState.SET_ASIDE).order_by(JobRow.id).limit(most)
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A job that was set aside, and what it was about."""

    job: JobRow
    claim_number: str | None
    file_name: str | None


def set_aside_of(
    session: Session, organisation: str, works: Sequence[Work], *, job: int | None = None, most: int
) -> list[SetAside]:
    """The jobs of an organisation with one of these works that wait for a person, the oldest first; or one of them."""
    query = select(JobRow, func.coalesce(ClaimRow.number, AttachmentRow.claim_number), AttachmentRow.file_name)
    query = query.outerjoin(AttachmentRow, AttachmentRow.id == JobRow.attachment_id)
    query = query.outerjoin(ClaimRow, ClaimRow.id == func.coalesce(JobRow.claim_id, AttachmentRow.claim_id))
    waits = JobRow.state == JobState.SET_ASIDE, JobRow.organisation == organisation, JobRow.work.in_(works)
    only = () if job is None else (JobRow.id == job,)
    found = session.execute(query.where(*waits, *only).order_by(JobRow.id).limit(most))
    return [SetAside(job=row, claim_number=number, file_name=name) for row, number, name in found]


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many jobs there are of each work in each state."""
    rows = session.execute(select(JobRow.work, JobRow.state, func.count()).group_by(JobRow.work, JobRow.state))
    return {(work, state): number for work, state, number in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many jobs of uploads wait, and since when the first of those that nobody has tried."""

    number: int
    oldest: datetime | None


def backlog(session: Session, *, most: int) -> Backlog:
    """What waits of all that was sent, counted to `most` and no further."""
    waits = JobRow.state == JobState.QUEUED, JobRow.work.in_(_OF_UPLOADS)
    some = select(JobRow.attempts, JobRow.created_at).where(*waits).limit(most).subquery()
    untried = case((some.c.attempts == 0, some.c.created_at))
    number, oldest = session.execute(select(func.count(), func.min(untried)).select_from(some)).one()
    return Backlog(number=number, oldest=oldest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many jobs of a work are in a state, and since when the oldest of them has been promised."""

    work: str
    state: str
    number: int
    oldest: datetime


def waiting(session: Session) -> Sequence[Waiting]:
    """What is not done; what is done is not looked at, for there may be a million of it."""
    states = (*OPEN, JobState.SET_ASIDE)
    of = JobRow.work, JobRow.state
    rows = select(*of, func.count(), func.min(JobRow.created_at)).where(JobRow.state.in_(states)).group_by(*of)
    return [
        Waiting(work=work, state=state, number=number, oldest=oldest)
        for work, state, number, oldest in session.execute(rows.order_by(*of))
    ]
