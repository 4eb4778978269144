"""Outcomes: each verdict on what came is counted once, and each change of an outcome."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from apexproof.judging import keep_answers
from apexproof.outcomes import judged, read
from apexproof.policy import load_policy
from apexproof.radiograph import ReadingFault
from apexproof.store.database import Database
from apexproof.store.jobs import Clock
from apexproof.store.tables import ClaimRow
from apexproof.store.tallies import Tally, all_counts
from apexproof.store.verifications import Answer, Question, keep_policy
from tests.store.rows import moved, new_claim

POLICY = load_policy("payer")
CAME = datetime(2026, 2, 12, 12, 0, 0, 123456, tzinfo=UTC)


def judge(session: Session, claim: ClaimRow, outcome: str, *, after: float, came: datetime, files: str = "") -> None:
    """Judge a claim by these files, so many seconds after noon."""
    clock = Clock(now=CAME + timedelta(seconds=after), resend=timedelta(seconds=10))
    keep_policy(session, POLICY)
    question = Question(
        claim_id=claim.id,
        revision=claim.revision,
        files_digest=hashlib.sha256(files.encode()).hexdigest(),
        reader="1",
        engine="1",
        policy_digest=POLICY.digest,
    )
    before = claim.outcome
    answer = Answer(question=question, outcome=outcome, document="{}", obstacles=frozenset())
    keep_answers(session, [answer], clock)
    session.refresh(claim)
    judged(session, claim.id, moved(claim, before), came=came, clock=clock)


def counted(database: Database, name: Tally) -> dict[tuple[str, str], int]:
    with database.looking() as session:
        return {(count.label, count.bound): count.number for count in all_counts(session) if count.name == name}


def test_the_first_verdict_on_what_came_is_counted_once_with_its_time(database: Database) -> None:
    with database.writing() as session:
        claim = new_claim(session)
        judge(session, claim, "needs_review", after=2, came=CAME)
        judge(session, claim, "needs_review", after=9, came=CAME)  # the same question again
        judge(session, claim, "verified", after=500, came=CAME, files="read again by another reader")
        judge(session, claim, "verified", after=1000.2, came=CAME + timedelta(seconds=1000), files="a new one")
    assert counted(database, Tally.VERDICT) == {("needs_review", "2.5"): 1, ("verified", "0.5"): 1}


def test_each_change_is_counted_and_no_change_is_not(database: Database) -> None:
    with database.writing() as session:
        claim = new_claim(session)
        for index, outcome in enumerate(["needs_review", "needs_review", "verified", "needs_review"]):
            judge(session, claim, outcome, after=index, came=CAME, files=str(index))
    assert counted(database, Tally.OUTCOME_CHANGE) == {
        ("none>needs_review", ""): 1,
        ("needs_review>verified", ""): 1,
        ("verified>needs_review", ""): 1,
    }


def test_a_fault_is_counted_once_for_a_file(database: Database) -> None:
    faults = [ReadingFault(fault=fault, message="it is damaged") for fault in ("crashed", "truncated", "crashed")]
    with database.writing() as session:
        read(session, faults)
    assert counted(database, Tally.READING_FAULT) == {("crashed", ""): 1, ("truncated", ""): 1}
