"""Claims: one row for each number, revisions that are only added, and what is searched for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from apexproof.store.claims import (
    Wanted,
    add_revision,
    claim_by_number,
    claims_waiting_for,
    control_numbers,
    hold_claim,
    latest_revision,
    list_claims,
    obstacles,
    open_claim,
)
from apexproof.store.database import Database
from apexproof.store.tables import ClaimRow, RevisionRow
from tests.store.rows import NOON, OURS, THEIRS, at, at_once, digest, new_claim, note, searched


def numbers(session: Session, wanted: Wanted, *, most: int = 100, organisation: str = OURS) -> list[str]:
    return [row.number for row in list_claims(session, organisation, wanted, most=most)]


def test_a_number_is_one_claim_however_many_open_it_at_once(database: Database) -> None:
    rows = at_once(database, *[lambda session: open_claim(session, OURS, "C-1", now=NOON)] * 4)
    assert len({row.id for row in rows}) == 1
    with database.looking() as session:
        assert len(session.scalars(select(ClaimRow)).all()) == 1


def test_the_same_number_of_another_organisation_is_another_claim(database: Database) -> None:
    with database.writing() as session:
        ours, theirs = new_claim(session), new_claim(session, organisation=THEIRS)
        assert ours.id != theirs.id
        assert claim_by_number(session, OURS, "C-1") is ours
        assert claim_by_number(session, THEIRS, "C-1") is theirs
        assert claim_by_number(session, OURS, "C-2") is None


def test_revisions_are_added_and_earlier_ones_stay(database: Database) -> None:
    with database.writing() as session:
        row = open_claim(session, OURS, "C-1", now=NOON)
        assert latest_revision(session, row) is None
        for word in ("first", "second"):
            add_revision(session, row, digest=digest(word), document=word, searched=searched(), now=NOON)
    with database.looking() as session:
        held = claim_by_number(session, OURS, "C-1")
        assert held is not None
        latest = latest_revision(session, held)
        assert latest is not None
        assert (held.revision, latest.document) == (2, "second")
        documents = select(RevisionRow.document).order_by(RevisionRow.revision)
        assert session.scalars(documents).all() == ["first", "second"]


def test_revisions_that_come_at_once_are_numbered_one_behind_the_other(database: Database) -> None:
    def revise(session: Session) -> int:
        row = open_claim(session, OURS, "C-1", now=NOON)
        add_revision(session, row, digest=digest("x"), document="{}", searched=searched("ACN-1"), now=NOON)
        return row.revision

    assert sorted(at_once(database, *[revise] * 4)) == [1, 2, 3, 4]


def test_a_claim_that_is_held_is_seen_as_the_one_before_left_it(database: Database) -> None:
    with database.writing() as session:
        claim_id = new_claim(session).id

    def count_up(session: Session) -> None:
        session.get_one(ClaimRow, claim_id)  # seen before it is held, it must be seen anew
        row = hold_claim(session, claim_id)
        row.revision += 1

    at_once(database, *[count_up] * 4)
    with database.looking() as session:
        assert session.get_one(ClaimRow, claim_id).revision == 5


def test_control_numbers_are_those_of_the_latest_revision(database: Database) -> None:
    with database.writing() as session:
        row = new_claim(session, of=searched("ACN-2", "ACN-1"))
        assert control_numbers(session, row.id) == ["ACN-1", "ACN-2"]
        add_revision(session, row, digest=digest("b"), document="{}", searched=searched("ACN-2", "ACN-3"), now=NOON)
        assert control_numbers(session, row.id) == ["ACN-2", "ACN-3"]


def test_a_file_waits_for_the_claim_of_its_number_and_else_for_those_that_declare_it(database: Database) -> None:
    with database.writing() as session:
        by_number = new_claim(session, "C-1").id
        by_control = new_claim(session, "C-2", of=searched("ACN-1")).id
        new_claim(session, "C-2", organisation=THEIRS, of=searched("ACN-1"))
        assert claims_waiting_for(session, OURS, "C-1", "ACN-1") == [by_number]
        assert claims_waiting_for(session, OURS, "absent", "ACN-1") == [by_control]
        assert claims_waiting_for(session, OURS, "absent", None) == []


def test_the_outcome_that_holds_now_replaces_what_stood_in_the_way(database: Database) -> None:
    with database.writing() as session:
        one, other = new_claim(session, "C-1"), new_claim(session, "C-2")
        note(session, one, "contradicted", 1, "APX401", "APX301")
        assert obstacles(session, [one.id, other.id]) == {one.id: ["APX301", "APX401"], other.id: []}
        note(session, one, "verified", 2)
        assert obstacles(session, [one.id]) == {one.id: []}
        assert (one.outcome, one.verification) == ("verified", 2)


def test_an_outcome_is_as_old_as_the_first_of_the_verifications_that_all_say_so(database: Database) -> None:
    said = ["missing_evidence", "missing_evidence", "needs_review", "missing_evidence", "missing_evidence"]
    since = [0, 0, 2, 3, 3]
    with database.writing() as session:
        claim = new_claim(session)
        for number, (outcome, second) in enumerate(zip(said, since, strict=True), start=1):
            note(session, claim, outcome, number, clock=at(number - 1))
            assert claim.outcome_since == at(second).now


def test_a_claim_passes_at_first_when_it_is_verified_soon_and_as_it_was_first_claimed(database: Database) -> None:
    with database.writing() as session:
        soon, late, corrected, never = (new_claim(session, number) for number in "ABCD")
        note(session, soon, "missing_evidence", 1)
        note(session, soon, "verified", 2, clock=at(3600))
        note(session, soon, "contradicted", 3, clock=at(7200))
        note(session, late, "verified", 1, clock=at(25 * 3600))
        add_revision(session, corrected, digest=digest("other"), document="{}", searched=searched(), now=NOON)
        note(session, corrected, "verified", 1, clock=at(1))
        note(session, never, "contradicted", 1, clock=at(1))
        assert [claim.first_pass for claim in (soon, late, corrected, never)] == [True, False, False, None]


def test_claims_are_listed_by_what_is_wanted_of_them(database: Database) -> None:
    with database.writing() as session:
        first = new_claim(session, "A", of=searched(payer="P1", provider="1234567893", visit=date(2026, 2, 1)))
        second = new_claim(session, "B", of=searched(payer="P2", provider="1234567893", visit=date(2026, 2, 10)))
        new_claim(session, "C")
        new_claim(session, "D", organisation=THEIRS, of=searched(payer="P1"))
        note(session, first, "verified", 1)
        note(session, second, "contradicted", 1, "APX301", "APX401")
        wanted = {
            Wanted(): ["A", "B", "C"],
            Wanted(outcome="verified"): ["A"],
            Wanted(payer="P2"): ["B"],
            Wanted(provider="1234567893"): ["A", "B"],
            Wanted(check="APX401"): ["B"],
            Wanted(visited_from=date(2026, 2, 2)): ["B"],
            Wanted(visited_until=date(2026, 2, 1)): ["A"],
            Wanted(visited_from=date(2026, 2, 1), visited_until=date(2026, 2, 10)): ["A", "B"],
            Wanted(outcome="verified", check="APX401"): [],
        }
        assert {one: numbers(session, one) for one in wanted} == wanted


def test_pages_follow_each_other_without_a_gap_or_a_repetition(database: Database) -> None:
    names = sorted(f"C-{index}" for index in range(7))
    with database.writing() as session:
        for name in reversed(names):
            new_claim(session, name)
        seen, after = list[str](), None
        while page := numbers(session, Wanted(after=after), most=3):
            seen += page
            after = page[-1]
    assert seen == names
