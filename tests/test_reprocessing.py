"""Reprocessing: kept claims judged anew, each once, whatever happens on the way; a dry run changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from apexproof import READER_VERSION
from apexproof.policy import Policy
from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reading.part import Depth
from apexproof.reprocessing import (
    BATCH,
    Batch,
    ListUnusable,
    RunEnded,
    begin,
    cancel,
    judge_batch,
    keep_batch,
    listed_claims,
    next_batch,
    pause,
    resume,
)
from apexproof.review import judge_waiting, keep_reading, replay, verify_claim
from apexproof.store.attachments import parse_reading, reading_json
from apexproof.store.claims import Wanted
from apexproof.store.database import Database
from apexproof.store.jobs import Work, set_aside
from apexproof.store.reprocessing import Order, RunState, differences, moves, run_of, stop_run
from apexproof.store.tables import (
    ClaimRow,
    DeliveryRow,
    JobRow,
    ReadingRow,
    ReprocessingRow,
    RevisionRow,
    VerificationRow,
)
from apexproof.store.tallies import Tally, all_counts
from apexproof.store.verifications import history
from apexproof.webhooks import open_webhook
from tests.kept import PAYER, YOUNG, clock, kept_claim
from tests.store.rows import OURS, THEIRS


def ordered(
    session: Session,
    policy: Policy = YOUNG,
    *,
    wanted: Wanted | None = None,
    listed: tuple[int, ...] | None = None,
    dry_run: bool = False,
) -> int:
    """A run that has begun."""
    order = Order(
        organisation=OURS,
        why="a test",
        asked_by="a test",
        policy_digest=policy.digest,
        wanted=wanted or Wanted(),
        listed=listed,
        dry_run=dry_run,
    )
    return begin(session, order, policy, clock(100))[0].id


def one_batch(
    database: Database, run: int, meanwhile: Callable[[], None] = lambda: None, *, most: int = BATCH
) -> Batch | None:
    """What a worker does with one job; `meanwhile` happens between fetching and keeping."""
    with database.looking() as session:
        batch = next_batch(session, run, most=most)
    if batch is not None:
        judged = judge_batch(batch)
        meanwhile()
        with database.writing() as session:
            keep_batch(session, batch, judged, clock(200))
    return batch


def whole_run(database: Database, run: int, *, most: int = BATCH) -> ReprocessingRow:
    """The run when nothing more can be done."""
    while True:
        with database.looking() as session:
            row = run_of(session, OURS, run)
            assert row is not None
        batch = one_batch(database, run, most=most)
        if batch is None or (batch.again and not batch.dossiers):
            return row


def stock(database: Database) -> None:
    """Three claims: with a young film, with one that is older than YOUNG takes, and with one after the visit."""
    with database.writing() as session:
        for number, taken in (("A", "2026-01-27"), ("B", "2025-11-01"), ("C", "2026-02-11")):
            kept_claim(session, number, taken=taken)


def outcomes(database: Database) -> dict[str, str | None]:
    with database.looking() as session:
        return {row.number: row.outcome for row in session.scalars(select(ClaimRow))}


def everything(database: Database) -> Sequence[Any]:
    """All that there is of claims and their histories."""
    with database.looking() as session:
        tables = ("claims", "verifications", "claim_obstacles", "claim_revisions", "attachments", "readings")
        return [session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]  # noqa: S608


def changed(database: Database, run: int) -> list[tuple[str, str | None, str | None, str, str]]:
    with database.looking() as session:
        row = session.get_one(ReprocessingRow, run)
        found = differences(session, row, faults=False, after=0, most=100)
        return [(number, one.before, one.after, one.checks_before, one.checks_after) for one, number in found]


def test_a_run_adds_to_each_history_and_says_what_changed_and_because_of_which_checks(database: Database) -> None:
    stock(database)
    assert outcomes(database) == {"A": "verified", "B": "verified", "C": "contradicted"}
    with database.writing() as session:
        run = ordered(session)
    row = whole_run(database, run)
    assert (row.state, row.total, row.done, row.changed, row.failed) == (RunState.DONE, 3, 3, 1, 0)
    assert outcomes(database) == {"A": "verified", "B": "missing_evidence", "C": "contradicted"}
    assert changed(database, run) == [("B", "verified", "missing_evidence", "", "APX402")]
    with database.looking() as session:
        assert moves(session, run) == {("verified", "missing_evidence"): 1}
        for claim in session.scalars(select(ClaimRow)):
            assert [policy.name for _, policy in history(session, claim.id)] == ["payer", "young"]
            assert claim.verification == 2


def test_a_run_says_of_each_claim_what_judging_it_alone_says(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session)
    whole_run(database, run)
    with database.writing() as session:
        alone = {
            number: kept_claim(session, number, taken=taken, organisation=THEIRS, judged=YOUNG)
            for number, taken in (("A", "2026-01-27"), ("B", "2025-11-01"), ("C", "2026-02-11"))
        }
        for claim in session.scalars(select(ClaimRow).where(ClaimRow.organisation == OURS)):
            theirs = session.get_one(VerificationRow, (alone[claim.number].id, 1))
            assert session.get_one(VerificationRow, (claim.id, 2)).document == theirs.document
            assert claim.outcome == alone[claim.number].outcome


def test_a_dry_run_finds_the_same_difference_and_touches_nothing(database: Database) -> None:
    stock(database)
    before = everything(database)
    with database.writing() as session:
        dry = ordered(session, dry_run=True)
    row = whole_run(database, dry)
    assert everything(database) == before
    with database.writing() as session:
        run = ordered(session)
    assert (row.done, row.changed) == (3, 1)
    whole_run(database, run)
    assert changed(database, dry) == changed(database, run)


def test_what_is_judged_already_under_that_policy_is_not_judged_again(database: Database) -> None:
    stock(database)
    for _ in range(2):
        with database.writing() as session:
            run = ordered(session)
        row = whole_run(database, run)
    assert (row.state, row.done, row.changed) == (RunState.DONE, 3, 0)
    with database.looking() as session:
        assert session.scalar(select(func.count()).select_from(VerificationRow)) == 6


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


def test_a_claim_that_cannot_be_judged_is_named_and_takes_no_other_with_it(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        broken = session.scalars(select(ClaimRow).where(ClaimRow.number == "A")).one()
        session.execute(update(RevisionRow).where(RevisionRow.claim_id == broken.id).values(document='{"claims": 1}'))
        session.execute(update(RevisionRow).values(notes=None))
        run = ordered(session)
    row = whole_run(database, run)
    assert (row.state, row.done, row.changed, row.failed) == (RunState.DONE, 3, 1, 1)
    with database.looking() as session:
        ((failure, number),) = differences(session, row, faults=True, after=0, most=10)
        assert number == "A"
        assert "This claim cannot be used" in (failure.fault or "")
    assert outcomes(database)["A"] == "verified"


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


def test_only_what_is_wanted_or_listed_is_judged_and_nothing_that_came_later(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        verified = ordered(session, wanted=Wanted(outcome="verified"))
        listed = ordered(session, listed=listed_claims(session, OURS, ["C", "A", "C"]))
        kept_claim(session, "D", taken="2025-11-01")
        kept_claim(session, "B", taken="2025-11-01", organisation=THEIRS)
    rows = [whole_run(database, run) for run in (verified, listed)]
    assert [(row.total, row.done) for row in rows] == [(2, 2), (2, 2)]
    assert outcomes(database)["D"] == "verified"
    with database.looking() as session:
        theirs = session.scalars(select(ClaimRow).where(ClaimRow.organisation == THEIRS)).one()
        assert (theirs.outcome, theirs.verification) == ("verified", 1)
        assert run_of(session, THEIRS, listed) is None


def test_a_list_that_names_a_claim_of_somebody_else_is_refused(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        kept_claim(session, "E", organisation=THEIRS)
        with pytest.raises(ListUnusable, match="at place 2 of the list"):
            listed_claims(session, OURS, ["A", "E"])


def test_a_policy_comes_back_from_the_store_as_it_was(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        run = ordered(session, PAYER)
        batch = next_batch(session, run)
        assert batch is not None
        assert (batch.policy, batch.policy.digest) == (PAYER, PAYER.digest)


def test_a_claim_that_was_never_judged_is_judged_by_the_run(database: Database) -> None:
    with database.writing() as session:
        kept_claim(session, "A", judged=None)
        run = ordered(session)
    whole_run(database, run)
    assert changed(database, run) == [("A", None, "verified", "", "")]


def test_the_claim_is_judged_by_what_was_read_in_its_notes_as_if_they_were_read_again(database: Database) -> None:
    with database.writing() as session:
        claim = kept_claim(session, "A")
        assert session.get_one(RevisionRow, (claim.id, 1)).notes is not None
        other = kept_claim(session, "A", organisation=THEIRS, judged=None)
        session.execute(update(RevisionRow).where(RevisionRow.claim_id == other.id).values(notes=None))
        verify_claim(session, other.id, PAYER, clock())
        documents = [session.get_one(VerificationRow, (one.id, 1)).document for one in (claim, other)]
        assert documents[0] == documents[1]


def test_webhooks_are_told_of_what_a_run_changed_and_never_of_a_dry_run(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        open_webhook(session, OURS, "https://receiver.example/hook", reachable=(), now=clock().now)
        runs = [ordered(session, dry_run=dry_run) for dry_run in (True, False)]
    told = []
    for run in runs:
        whole_run(database, run)
        with database.looking() as session:
            told.append([json.loads(row.body)["data"] for row in session.scalars(select(DeliveryRow))])
            assert session.scalar(select(func.count()).where(JobRow.work == Work.DELIVER)) == len(told[-1])
            counts = [(one.label, one.number) for one in all_counts(session) if one.name == Tally.OUTCOME_CHANGE]
    assert told[0] == []
    ((change,),) = told[1:]
    assert (change["claim"], change["previous_outcome"], change["outcome"]) == ("B", "verified", "missing_evidence")
    assert change["verification"] == "/v1/claims/B/verifications/2"
    assert ("verified>missing_evidence", 1) in counts


def test_a_file_that_was_given_up_is_another_question_than_the_same_file_read_after_all(database: Database) -> None:
    with database.writing() as session:
        claim = kept_claim(session, "A")
        (row,) = session.scalars(select(ReadingRow))
        fault = ReadingFault(fault="set_aside", message="It was set aside.")
        unread = FileReading(sha256=row.sha256, size=1, kind="unknown", faults=(fault,))
        row.document = reading_json(unread)
        session.flush()
        run = ordered(session, PAYER)
    whole_run(database, run)
    with database.looking() as session:
        assert [one.outcome for one, _ in history(session, claim.id)] == ["verified", "missing_evidence"]
    with database.writing() as session:
        again = ordered(session, PAYER)
    whole_run(database, again)
    with database.looking() as session:
        assert len(history(session, claim.id)) == 2
