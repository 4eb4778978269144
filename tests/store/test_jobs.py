"""Jobs: taken by one, extended by their owner, given back, set aside, rung for again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from apexproof.store import jobs
from apexproof.store.database import Database
from apexproof.store.jobs import JobState, Work
from apexproof.store.tables import JobRow
from tests.store.rows import LEASE, NOON, OURS, at, at_once, new_attachment, new_claim

A, B = "worker a", "worker b"
LATER = NOON + timedelta(minutes=1)


def promised(database: Database, work: Work = Work.VERIFY) -> int:
    with database.writing() as session:
        of = new_claim(session) if work is Work.VERIFY else new_attachment(session)
        return jobs.promise(session, work, of=of, clock=at(0)).job


def taken(database: Database, job: int, *, owner: str = A, at_second: float = 0) -> bool:
    with database.writing() as session:
        return jobs.take(session, job, owner=owner, now=at(at_second).now, lease=LEASE) is not None


def row_of(database: Database, job: int) -> JobRow:
    with database.looking() as session:
        return session.get_one(JobRow, job)


def rung(database: Database, *, at_second: float) -> list[int]:
    with database.writing() as session:
        return [ring.job for ring in jobs.overdue(session, clock=at(at_second), most=10)]


def test_a_job_is_taken_by_one_of_many_who_want_it(database: Database) -> None:
    job = promised(database)

    owners = [f"worker {number}" for number in range(4)]
    got = at_once(database, *[lambda s, o=owner: jobs.take(s, job, owner=o, now=NOON, lease=LEASE) for owner in owners])
    assert [row is not None for row in got].count(True) == 1
    assert (row_of(database, job).attempts, row_of(database, job).state) == (1, JobState.RUNNING)
    assert not taken(database, job)


def test_a_job_is_anybodys_once_its_lease_has_run_out(database: Database) -> None:
    job = promised(database)
    assert taken(database, job, owner=A)
    assert not taken(database, job, owner=B, at_second=29.9)
    assert taken(database, job, owner=B, at_second=30)
    row = row_of(database, job)
    assert (row.owner, row.attempts) == (B, 2)


def test_a_lease_that_ran_out_goes_to_one_of_many(database: Database) -> None:
    job = promised(database)
    assert taken(database, job)
    got = at_once(database, *[lambda s, o=owner: jobs.take(s, job, owner=o, now=LATER, lease=LEASE) for owner in "bcd"])
    assert [row is not None for row in got].count(True) == 1


def test_the_owner_alone_extends_the_lease(database: Database) -> None:
    job = promised(database)
    assert taken(database, job, owner=A)
    with database.writing() as session:
        assert jobs.extend(session, job, owner=A, until=LATER)
        assert not jobs.extend(session, job, owner=B, until=LATER)
    assert not taken(database, job, owner=B, at_second=59)
    assert taken(database, job, owner=B, at_second=60)
    with database.writing() as session:
        assert not jobs.extend(session, job, owner=A, until=LATER)


def test_what_is_done_is_done_whoever_owns_it_and_never_taken_again(database: Database) -> None:
    job = promised(database)
    assert taken(database, job, owner=A)
    with database.writing() as session:
        jobs.finish(session, job, now=LATER)
    row = row_of(database, job)
    assert (row.state, row.owner, row.ended_at) == (JobState.DONE, None, LATER)
    assert not taken(database, job, owner=B, at_second=3600)
    assert rung(database, at_second=3600) == []


def test_a_transaction_that_fails_neither_does_a_job_nor_promises_one(database: Database) -> None:
    job = promised(database)
    assert taken(database, job)

    def half(session: Session) -> None:
        jobs.finish(session, job, now=LATER)
        jobs.promise(session, Work.READ, of=new_attachment(session), clock=at(0))
        raise InterruptedError

    with pytest.raises(InterruptedError), database.writing() as session:
        half(session)
    with database.looking() as session:
        assert jobs.counts(session) == {(Work.VERIFY, JobState.RUNNING): 1}


def test_only_its_owner_gives_a_job_back(database: Database) -> None:
    job = promised(database)
    assert taken(database, job, owner=A)
    for owner, state in ((B, JobState.RUNNING), (A, JobState.QUEUED)):
        with database.writing() as session:
            jobs.give_back(session, job, owner=owner, reason="BlobDamaged " + "x" * 600, again_at=LATER)
        assert row_of(database, job).state == state
    row = row_of(database, job)
    assert (row.wake_at, row.attempts, len(row.reason or "")) == (LATER, 1, 500)
    assert rung(database, at_second=59) == []
    assert rung(database, at_second=60) == [job]


def test_a_job_set_aside_waits_for_a_person_with_its_reason(database: Database) -> None:
    job = promised(database)
    assert taken(database, job)
    with database.writing() as session:
        jobs.set_aside(session, job, reason="it broke", now=LATER)
    assert not taken(database, job, at_second=3600)
    assert rung(database, at_second=3600) == []
    with database.looking() as session:
        (row,) = jobs.set_aside_jobs(session, most=10)
    assert (row.id, row.reason, row.ended_at) == (job, "it broke", LATER)


def test_what_was_set_aside_is_told_to_its_organisation_with_its_claim_and_file(database: Database) -> None:
    read, judge = promised(database, Work.READ), promised(database, Work.VERIFY)
    works = (Work.READ, Work.VERIFY)
    with database.writing() as session:
        for job in (read, judge):
            jobs.set_aside(session, job, reason="it broke", now=LATER)
    with database.looking() as session:
        found = jobs.set_aside_of(session, OURS, works, most=10)
        assert [one.job.id for one in found] == [read, judge]
        assert found[0].file_name is not None
        assert found[1].claim_number is not None
        assert [one.job.id for one in jobs.set_aside_of(session, OURS, works, job=judge, most=1)] == [judge]
        assert jobs.set_aside_of(session, OURS, (Work.REPORT,), most=10) == []
        assert jobs.set_aside_of(session, "another", works, most=10) == []


def test_a_job_queued_again_has_all_its_attempts(database: Database) -> None:
    job = promised(database)
    assert taken(database, job)
    with database.writing() as session:
        jobs.set_aside(session, job, reason="it broke", now=LATER)
        jobs.queue_again(session, job, clock=at(100))
    row = row_of(database, job)
    assert (row.state, row.attempts, row.reason, row.ended_at) == (JobState.QUEUED, 0, None, None)
    assert rung(database, at_second=110) == [job]
    assert taken(database, job, at_second=111)


def test_a_job_that_nobody_takes_is_rung_for_again_and_then_half_as_often_each_time(database: Database) -> None:
    job = promised(database)
    moments = [second for second in range(0, 160, 5) if rung(database, at_second=second) == [job]]
    assert moments == [10, 30, 70, 150]


def test_a_job_whose_owner_fell_silent_is_rung_for_until_somebody_takes_it(database: Database) -> None:
    job = promised(database)
    assert taken(database, job)
    assert [second for second in range(0, 160, 5) if rung(database, at_second=second) == [job]] == [30, 50, 90]
    assert taken(database, job, owner=B, at_second=36)
    assert rung(database, at_second=40) == []


def test_two_sweeps_at_once_ring_once_for_each_job(database: Database) -> None:
    wanted = {promised(database) for _ in range(3)}
    swept = at_once(database, *[lambda session: jobs.overdue(session, clock=at(10), most=10)] * 2)
    assert sorted(ring.job for rings in swept for ring in rings) == sorted(wanted)


def test_the_longest_overdue_are_rung_for_first(database: Database) -> None:
    with database.writing() as session:
        of = new_claim(session)
        late = [jobs.promise(session, Work.VERIFY, of=of, clock=at(second)).job for second in (3, 1, 2)]
        assert [ring.job for ring in jobs.overdue(session, clock=at(60), most=2)] == [late[1], late[2]]


def test_all_open_jobs_are_woken_and_no_others(database: Database) -> None:
    queued, running, done = (promised(database) for _ in range(3))
    for job in (running, done):
        assert taken(database, job)
    with database.writing() as session:
        jobs.finish(session, done, now=NOON)
        jobs.wake_all(session, now=at(1).now)
    assert sorted(rung(database, at_second=1)) == [queued, running]
    assert taken(database, running, owner=B, at_second=1)


def test_a_clock_that_was_set_back_is_told_by_the_sweeps_once(database: Database) -> None:
    def told(at_second: float) -> bool:
        with database.writing() as session:
            return jobs.clock_was_set_back(session, now=at(at_second).now)

    assert [told(second) for second in (0, 3600, 3590, 0, 1)] == [False, False, False, True, False]


def test_what_was_done_long_ago_is_forgotten_and_what_was_set_aside_is_not(database: Database) -> None:
    done, lately, aside = (promised(database) for _ in range(3))
    with database.writing() as session:
        jobs.finish(session, done, now=NOON)
        jobs.finish(session, lately, now=LATER)
        jobs.set_aside(session, aside, reason="it broke", now=NOON)
        jobs.forget_done(session, before=LATER)
    with database.looking() as session:
        assert [session.get(JobRow, job) is None for job in (done, lately, aside)] == [True, False, False]


def test_open_work_on_files_is_told_by_its_kind(database: Database) -> None:
    with database.writing() as session:
        first, second = new_attachment(session, "first"), new_attachment(session, "second")
        job = jobs.promise(session, Work.READ, of=first, clock=at(0)).job
        both = [first.id, second.id]
        assert jobs.open_for_attachments(session, both, work=Work.READ) == {first.id}
        assert jobs.open_for_attachments(session, both, work=Work.WORDS) == frozenset()
        jobs.finish(session, job, now=NOON)
        assert jobs.open_for_attachments(session, both, work=Work.READ) == frozenset()


def test_states_of_a_claim_are_those_of_its_own_jobs_and_of_its_files(database: Database) -> None:
    with database.writing() as session:
        one, other = new_claim(session, "C-1"), new_claim(session, "C-2")
        file = new_attachment(session)
        file.claim_id = one.id
        read = jobs.promise(session, Work.READ, of=file, clock=at(0)).job
        verify = jobs.promise(session, Work.VERIFY, of=one, clock=at(0)).job
        jobs.set_aside(session, read, reason="it broke", now=NOON)
        ids = [one.id, other.id]
        assert jobs.states_of_claims(session, ids) == {
            one.id: {JobState.SET_ASIDE, JobState.QUEUED},
            other.id: frozenset(),
        }
        jobs.finish(session, verify, now=NOON)
        assert jobs.states_of_claims(session, ids)[one.id] == {JobState.SET_ASIDE}


def test_a_job_belongs_to_the_organisation_of_what_it_is_about(database: Database) -> None:
    job = promised(database, Work.READ)
    row = row_of(database, job)
    assert (row.organisation, row.claim_id, row.attachment_id is None) == (OURS, None, False)
