"""The audit trail: whatever is done to what was sealed, it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from apexproof.store.audit import Entry, Sought, breaks, entries, entry_at, heads, note, seal, unsealed
from apexproof.store.database import Database
from apexproof.store.keys import Scope, make_key
from apexproof.store.tables import AuditHeadRow, AuditRow, ClaimRow
from tests.store.rows import NOON, OURS, THEIRS, at_once, new_claim

LENGTH = 6


def note_some(database: Database, organisation: str = OURS, *, entries: int = LENGTH) -> None:
    with database.writing() as session:
        for number in range(entries):
            entry = Entry(organisation=organisation, actor="key", action="GET /v1/claims", thing=str(number))
            note(session, entry, now=NOON)


def sealed(database: Database) -> None:
    with database.writing() as session:
        seal(session, most=1000)


def found_broken(database: Database) -> list[tuple[str, str]]:
    with database.looking() as session:
        return [(one.organisation, one.what) for one in breaks(session)]


def of_ours(position: int) -> tuple[ColumnElement[bool], ...]:
    return AuditRow.organisation == OURS, AuditRow.position == position


@pytest.fixture
def chained(database: Database) -> Database:
    """Two chains that hold."""
    note_some(database, THEIRS)
    note_some(database, OURS)
    sealed(database)
    assert found_broken(database) == []
    return database


def test_each_organisation_has_a_chain_of_its_own_without_gaps(database: Database) -> None:
    for _ in range(3):
        note_some(database, OURS, entries=2)
        note_some(database, THEIRS, entries=1)
    sealed(database)
    with database.looking() as session:
        assert [(head.organisation, head.position) for head in heads(session)] == [(OURS, 6), (THEIRS, 3)]
        positions = session.scalars(
            select(AuditRow.position).where(AuditRow.organisation == OURS).order_by(AuditRow.id)
        )
        assert positions.all() == list(range(1, 7))


def test_of_a_long_chain_the_newest_entries_are_checked_alone(chained: Database) -> None:
    with chained.writing() as session:
        session.execute(update(AuditRow).where(*of_ours(2)).values(actor="somebody else"))
        session.execute(delete(AuditRow).where(*of_ours(5)))
    with chained.looking() as session:
        found = {newest: [one.what for one in breaks(session, OURS, newest=newest)] for newest in (1, 2, LENGTH)}
    assert found[2] == ["entry 5 is missing"]
    assert found[1] == ["entry 5 is missing"]
    assert found[LENGTH] == ["entry 2 was changed, or does not follow from the one before it", "entry 5 is missing"]


TAMPERINGS: dict[str, tuple[Callable[[Session], object], str]] = {
    "the first is missing": (
        lambda session: session.execute(delete(AuditRow).where(*of_ours(1))),
        "entry 1 is missing",
    ),
    "some are missing": (
        lambda session: session.execute(
            delete(AuditRow).where(AuditRow.organisation == OURS, AuditRow.position.in_([3, 4]))
        ),
        "entries 3 to 4 are missing",
    ),
    "the end is missing": (
        lambda session: session.execute(delete(AuditRow).where(AuditRow.organisation == OURS, AuditRow.position > 4)),
        "the end is missing: entries 5 to 6",
    ),
    "all are missing": (
        lambda session: session.execute(delete(AuditRow).where(AuditRow.organisation == OURS)),
        "all 6 entries are missing",
    ),
    "one was changed": (
        lambda session: session.execute(update(AuditRow).where(*of_ours(3)).values(actor="another")),
        "entry 3 was changed, or does not follow from the one before it",
    ),
    "the last was changed": (
        lambda session: session.execute(update(AuditRow).where(*of_ours(LENGTH)).values(thing="another")),
        "entry 6 was changed, or does not follow from the one before it",
    ),
    "one was put behind the end": (
        lambda session: session.add(
            AuditRow(organisation=OURS, actor="key", action="x", at=NOON, position=LENGTH + 1, hash="0" * 64)
        ),
        "entries 7 to 7 stand behind the head of the chain",
    ),
    "the head is missing": (
        lambda session: session.execute(delete(AuditHeadRow).where(AuditHeadRow.organisation == OURS)),
        "the head of the chain is missing",
    ),
    "the head and the end were set back": (
        lambda session: (
            session.execute(delete(AuditRow).where(*of_ours(LENGTH))),
            session.execute(update(AuditHeadRow).where(AuditHeadRow.organisation == OURS).values(position=LENGTH - 1)),
        ),
        "the head of the chain is another",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_done_to_a_chain_shows_in_that_chain_alone(chained: Database, tampering: str) -> None:
    tamper, shown = TAMPERINGS[tampering]
    with chained.writing() as session:
        tamper(session)
    broken = found_broken(chained)
    assert (OURS, shown) in broken
    assert {organisation for organisation, _ in broken} == {OURS}


def test_one_put_in_between_shows_even_when_all_behind_it_move_up(chained: Database) -> None:
    with chained.writing() as session:
        behind = AuditRow.organisation == OURS, AuditRow.position >= 3
        for row in session.scalars(select(AuditRow).where(*behind).order_by(AuditRow.position.desc())):
            row.position = (row.position or 0) + 1
            session.flush()
        session.add(AuditRow(organisation=OURS, actor="key", action="x", at=NOON, position=3, hash="0" * 64))
    shown = dict(found_broken(chained))
    assert shown.keys() == {OURS}


def test_a_chain_that_is_missing_as_a_whole_shows_by_its_keys(database: Database) -> None:
    with database.writing() as session:
        make_key(session, organisation=OURS, name="", scopes=[Scope.READ], now=NOON)
    assert found_broken(database) == [(OURS, "the whole chain is missing")]


def test_an_end_that_was_kept_elsewhere_belongs_to_no_chain_that_was_written_anew(chained: Database) -> None:
    with chained.looking() as session:
        (known,) = heads(session, OURS)
    with chained.writing() as session:
        session.execute(update(AuditRow).where(*of_ours(1)).values(thing="another"))
        session.execute(update(AuditRow).values(position=None, hash=None))
        session.execute(delete(AuditHeadRow))
    sealed(chained)
    assert found_broken(chained) == []
    with chained.looking() as session:
        row = entry_at(session, OURS, known.position)
    assert row is not None
    assert row.hash != known.hash


def test_two_who_seal_at_once_make_one_chain(database: Database) -> None:
    note_some(database, entries=50)
    assert sum(at_once(database, *[lambda session: seal(session, most=20)] * 4)) == 50
    assert found_broken(database) == []
    with database.looking() as session:
        assert unsealed(session) == 0


def test_an_entry_falls_with_its_transaction(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            note(session, Entry(organisation=OURS, actor="key", action="x"), now=NOON)
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.looking() as session:
        assert session.scalar(select(func.count()).select_from(AuditRow)) == 0


def test_entries_are_found_by_claim_and_never_hold_its_number(database: Database) -> None:
    with database.writing() as session:
        ours, theirs = new_claim(session, "C-7"), new_claim(session, "C-7", organisation=THEIRS)
        for claim, organisation in ((ours, OURS), (theirs, THEIRS)):
            note(session, Entry(organisation=organisation, actor="key", action="x", claim_id=claim.id), now=NOON)
    note_some(database)
    sealed(database)
    with database.looking() as session:
        ((row, number),) = entries(session, OURS, Sought(claim_number="C-7"), most=10)
        assert (row.claim_id, number) == (ours.id, "C-7")
        columns = session.execute(select(AuditRow.__table__)).all()
        claims = session.scalars(select(ClaimRow.number)).all()
    assert not any(number in str(cell) for number in claims for row in columns for cell in row)
