"""Reprocessing: what becomes of kept claims that are judged anew; a dry run changes nothing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select, update

from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reprocessing import (
    ListUnusable,
    listed_claims,
    next_batch,
)
from apexproof.review import verify_claim
from apexproof.store.attachments import reading_json
from apexproof.store.claims import Wanted
from apexproof.store.database import Database
from apexproof.store.jobs import Work
from apexproof.store.reprocessing import RunState, differences, moves, run_of
from apexproof.store.tables import (
    ClaimRow,
    DeliveryRow,
    JobRow,
    ReadingRow,
    RevisionRow,
    VerificationRow,
)
from apexproof.store.tallies import Tally, all_counts
from apexproof.store.verifications import history
from apexproof.webhooks import open_webhook
from tests.kept import PAYER, YOUNG, clock, kept_claim
from tests.runs import changed, everything, ordered, outcomes, stock, whole_run
from tests.store.rows import OURS, THEIRS


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


def test_a_claim_that_cannot_be_judged_is_named_and_takes_no_other_with_it(database: Database) -> None:
    stock(database)
    with database.writing() as session:
        broken = session.scalars(select(ClaimRow).where(ClaimRow.number == "A")).one()
        session.execute(update(RevisionRow).where(RevisionRow.claim_id == broken.id).values(document='{"claims": 1}'))
        session.execute(update(RevisionRow).values(as_read=None))
        run = ordered(session)
    row = whole_run(database, run)
    assert (row.state, row.done, row.changed, row.failed) == (RunState.DONE, 3, 1, 1)
    with database.looking() as session:
        ((failure, number),) = differences(session, row, faults=True, after=0, most=10)
        assert number == "A"
        assert "This claim cannot be used" in (failure.fault or "")
    assert outcomes(database)["A"] == "verified"


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
        assert session.get_one(RevisionRow, (claim.id, 1)).as_read is not None
        other = kept_claim(session, "A", organisation=THEIRS, judged=None)
        session.execute(update(RevisionRow).where(RevisionRow.claim_id == other.id).values(as_read=None))
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
