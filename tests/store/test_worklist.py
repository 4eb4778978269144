"""The worklist in the store: the worst first, each claim once over all pages, and found by an index."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from apexproof.report import OPEN_OUTCOMES
from apexproof.store.claims import Wanted
from apexproof.store.database import Database
from apexproof.store.jobs import Work, promise, set_aside
from apexproof.store.tables import ClaimRow
from apexproof.store.worklist import (
    WORST_FIRST,
    counts,
    given_up,
    not_judged,
    numbers_of,
    pulse,
    reasons,
    spot_of,
    worklist,
)
from apexproof.verification import Outcome
from tests.store.rows import OURS, THEIRS, at, new_claim, note, searched
from tests.store.test_plans import plans, session

__all__ = ["session"]


def pages(looking: Session, outcomes: tuple[Outcome, ...], *, most: int) -> list[ClaimRow]:
    """The whole list, page by page."""
    found: list[ClaimRow] = []
    after = None
    while page := worklist(looking, OURS, Wanted(), outcomes, after=after, most=most):
        found += page
        after = spot_of(page[-1])
    return found


def test_the_worst_come_first_and_of_one_kind_the_oldest(database: Database) -> None:
    with database.writing() as writing:
        for number, outcome, seconds in (
            ("late-review", "needs_review", 9),
            ("new-missing", "missing_evidence", 8),
            ("old-missing", "missing_evidence", 1),
            ("ready", "verified", 0),
            ("wrong", "contradicted", 9),
        ):
            note(writing, new_claim(writing, number), outcome, 1, clock=at(seconds))
        note(writing, new_claim(writing, "theirs", organisation=THEIRS), "contradicted", 1)
        new_claim(writing, "unread")
    with database.looking() as looking:
        assert [row.number for row in pages(looking, OPEN_OUTCOMES, most=2)] == [
            "wrong",
            "old-missing",
            "new-missing",
            "late-review",
        ]
        assert [row.number for row in not_judged(looking, OURS, Wanted(), most=9)] == ["unread"]


@given(
    claims=st.lists(st.tuples(st.sampled_from(WORST_FIRST), st.integers(0, 3)), max_size=12),
    most=st.integers(1, 5),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_show_every_claim_once_in_one_order(
    database: Database, claims: list[tuple[Outcome, int]], most: int
) -> None:
    with database.looking() as looking, looking.begin():  # nothing of it is kept
        rows = [new_claim(looking, f"C-{n}") for n in range(len(claims))]
        for row, (outcome, seconds) in zip(rows, claims, strict=True):
            note(looking, row, outcome, 1, clock=at(seconds))
        order = [(WORST_FIRST.index(Outcome(row.outcome or "")), row.outcome_since, row.id) for row in rows]
        found = pages(looking, WORST_FIRST, most=most)
        assert [row.id for row in found] == [claim_id for *_, claim_id in sorted(order, key=repr_of)]
        looking.rollback()


def repr_of(key: tuple[int, object, int]) -> tuple[int, str, int]:
    return key[0], str(key[1]), key[2]


def test_counts_are_of_all_and_each_filter_leaves_itself_out(database: Database) -> None:
    with database.writing() as writing:
        for number, payer, outcome, checks in (
            ("A", "P1", "contradicted", ("APX401", "APX301")),
            ("B", "P1", "missing_evidence", ("APX101",)),
            ("C", "P2", "missing_evidence", ("APX101",)),
            ("D", "P2", "verified", ()),
        ):
            note(writing, new_claim(writing, number, of=searched(payer=payer)), outcome, 1, *checks)
        note(writing, new_claim(writing, "E", organisation=THEIRS), "contradicted", 1, "APX401")
    with database.looking() as looking:
        found = counts(looking, OURS, Wanted(), OPEN_OUTCOMES)
        assert found.by_outcome == {"contradicted": 1, "missing_evidence": 2, "verified": 1}
        assert found.by_payer == [("P1", 2), ("P2", 1)]
        assert found.by_check == [("APX101", 2), ("APX301", 1), ("APX401", 1)]
        of_payer = counts(looking, OURS, Wanted(payer="P2", check="APX101"), OPEN_OUTCOMES)
        assert of_payer.by_payer == [("P1", 1), ("P2", 1)]
        assert of_payer.by_check == [("APX101", 1)]
        assert numbers_of(looking, OURS, Wanted(part="a"), OPEN_OUTCOMES, most=9) == ["A"]


def test_why_names_the_first_thing_and_counts_the_others(database: Database) -> None:
    with database.writing() as writing:
        row = new_claim(writing)
        note(writing, row, "contradicted", 1, "APX401", "APX301")
    with database.looking() as looking:
        reason = reasons(looking, [row.id])[row.id]
        assert (reason.message, reason.others) == ("APX301 fails.", 1)


def test_a_part_of_a_number_is_no_pattern(database: Database) -> None:
    with database.writing() as writing:
        for number in ("AX%1", "AX_1", "ax1"):
            note(writing, new_claim(writing, number), "contradicted", 1)
    with database.looking() as looking:
        for part, numbers in (("%", ["AX%1"]), ("_", ["AX_1"]), ("X1", ["ax1"])):
            assert numbers_of(looking, OURS, Wanted(part=part), OPEN_OUTCOMES, most=9) == numbers


def test_claims_whose_jobs_were_set_aside_are_found(database: Database) -> None:
    with database.writing() as writing:
        stuck, fine = new_claim(writing, "stuck"), new_claim(writing, "fine")
        ring = promise(writing, Work.VERIFY, of=stuck, clock=at(0))
        promise(writing, Work.VERIFY, of=fine, clock=at(0))
        set_aside(writing, ring.job, reason="broke", now=at(1).now)
    with database.looking() as looking:
        assert [row.number for row in given_up(looking, OURS, most=9)] == ["stuck"]
        assert given_up(looking, THEIRS, most=9) == []


def test_the_pulse_moves_when_an_outcome_does(database: Database) -> None:
    with database.writing() as writing:
        row = new_claim(writing)
        before = pulse(writing, OURS)
        note(writing, row, "verified", 1, clock=at(5))
        assert (before, pulse(writing, OURS)) == ((1, None), (0, at(5).now))


def test_a_page_goes_through_no_more_than_it_shows(session: Session) -> None:
    with plans(session) as found:
        worklist(session, OURS, Wanted(), WORST_FIRST, most=50)
        pulse(session, OURS)
    assert found
    assert not [step for step in found if "SCAN" in step or "TEMP B-TREE" in step]
