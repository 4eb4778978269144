"""Reprocessing: batch by batch, each claim once, whatever happens on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text, update

from apexproof import READER_VERSION
from apexproof.reading.part import Depth
from apexproof.reprocessing import (
    RunEnded,
    cancel,
    pause,
    resume,
)
from apexproof.review import judge_waiting, keep_reading, replay
from apexproof.store.attachments import parse_reading
from apexproof.store.database import Database
from apexproof.store.jobs import Work, set_aside
from apexproof.store.reprocessing import RunState, run_of, stop_run
from apexproof.store.tables import (
    ClaimRow,
    JobRow,
    ReadingRow,
    VerificationRow,
)
from apexproof.store.verifications import history
from tests.kept import YOUNG, clock, kept_claim
from tests.runs import everything, one_batch, ordered, outcomes, stock, whole_run
from tests.store.rows import OURS


def test_a_batch_that_two_workers_did_at_once_is_kept_once(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)
    one_batch(database, run, meanwhile=lambda: (one_batch(database, run), None)[1])
    row = whole_run(database, run)
    assert (row.state, row.done, row.changed) == (RunState.DONE, 3, 1)
    with database.looking() as session:
        assert session.scalar(select(func.count()).select_from(VerificationRow)) == 6


def test_a_run_in_small_batches_comes_out_as_in_one(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)
    row = whole_run(database, run, most=1)
    assert (row.state, row.done, row.changed) == (RunState.DONE, 3, 1)


def test_once_a_run_is_paused_it_touches_no_claim_until_it_is_resumed(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)

    def rest() -> None:
        with database.writing() as session:
            pause(session, run)

    before = outcomes(database)
    one_batch(database, run, meanwhile=rest)
    assert outcomes(database) == before
    assert one_batch(database, run) is None
    with database.writing() as session:
        row, rings = resume(session, run, clock())
        assert (row.state, [ring.work for ring in rings]) == (RunState.RUNNING, [Work.REPROCESS])
        assert resume(session, run, clock())[1] == []
    assert whole_run(database, run).done == 3


def test_a_run_that_has_ended_stays_ended(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        done, stopped = ordered(session), ordered(session)
    whole_run(database, done)
    with database.writing() as session:
        cancel(session, stopped, clock())
        assert cancel(session, stopped, clock()).state == RunState.CANCELLED
    assert one_batch(database, stopped) is None
    for run, acts in (
        (done, (pause, lambda s, r: resume(s, r, clock()), lambda s, r: cancel(s, r, clock()))),
        (stopped, (pause, lambda s, r: resume(s, r, clock()))),
    ):
        for act in acts:
            with pytest.raises(RunEnded), database.writing() as session:
                act(session, run)


def test_work_that_was_set_aside_stops_its_run_and_replaying_it_lets_it_go_on(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)
        job = session.scalar(select(JobRow.id).where(JobRow.reprocessing_id == run))
        assert job is not None
        set_aside(session, job, reason="it never came back", now=clock().now)
        stop_run(session, run, reason="it never came back")
    with database.looking() as session:
        row = run_of(session, OURS, run)
        assert row is not None
        assert (row.state, row.reason) == (RunState.STOPPED, "it never came back")
    assert one_batch(database, run) is None
    with database.writing() as session:
        assert replay(session, job, clock())
    assert whole_run(database, run).done == 3


def test_a_claim_that_changes_while_its_batch_is_judged_is_judged_as_it_stands_then(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)

    def correct() -> None:
        with database.writing() as session:
            kept_claim(session, "B", taken=None, narrative="Tooth #8: the apex is closed.")

    one_batch(database, run, meanwhile=correct)
    with database.looking() as session:
        claim = session.scalars(select(ClaimRow).where(ClaimRow.number == "B")).one()
        latest = session.get_one(VerificationRow, (claim.id, claim.verification))
        assert (latest.revision, latest.policy_digest) == (2, YOUNG.digest)
        assert claim.outcome == "contradicted"
        assert [row.revision for row, _ in history(session, claim.id)] == [1, 2, 2]


def test_files_are_read_again_by_a_newer_reader_alone_and_the_run_waits_for_them(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        documents = {row.sha256: row.document for row in session.scalars(select(ReadingRow))}
        session.execute(update(ReadingRow).values(reader="of old"))
        run = ordered(session, dry_run=True)
    before = everything(database)
    one_batch(database, run)
    with database.looking() as session:
        row = run_of(session, OURS, run)
        assert row is not None
        assert (row.done, row.waiting) == (0, 3)
        jobs = session.scalars(select(JobRow).where(JobRow.work == Work.READ_AGAIN)).all()
        assert len(jobs) == 3
    assert everything(database) == before
    assert whole_run(database, run).waiting == 3
    with database.writing() as session:
        for job in jobs:
            assert job.attachment_id is not None
            sha256 = session.execute(
                text("SELECT sha256 FROM attachments WHERE id = :id"), {"id": job.attachment_id}
            ).scalar_one()
            reading = parse_reading(documents[sha256])
            keep_reading(session, job.attachment_id, reading, Work.READ_AGAIN, clock())
            assert judge_waiting(session, job.attachment_id, Work.READ_AGAIN, clock()) == []
            session.execute(update(JobRow).where(JobRow.id == job.id).values(state="done"))
    row = whole_run(database, run)
    assert (row.state, row.done, row.waiting, row.changed) == (RunState.DONE, 3, 0, 1)
    with database.looking() as session:
        kept = session.execute(
            select(ReadingRow.reader, ReadingRow.depth, func.count()).group_by(ReadingRow.reader, ReadingRow.depth)
        )
        assert sorted(map(tuple, kept)) == [(READER_VERSION, Depth.PIXELS, 3), ("of old", Depth.PIXELS, 3)]
