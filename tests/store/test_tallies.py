"""Tallies: exact, whoever counts at once."""

from __future__ import annotations

import pytest

from apexproof.store.database import Database
from apexproof.store.tallies import BOUNDS, NO_END, Tally, add, all_counts
from tests.store.rows import at_once


def test_everybody_who_counts_at_once_is_counted(database: Database) -> None:
    at_once(database, *([lambda session: add(session, Tally.JOB_FAILURE, "read", "ValueError")] * 8))
    with database.looking() as session:
        (count,) = all_counts(session)
    assert (count.name, count.label, count.number) == ("job_failure", "read>ValueError", 8)


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0.0, "0.5"), (0.5, "0.5"), (0.51, "1.0"), (3600.0, "3600.0"), (1e9, NO_END)]
)
def test_seconds_fall_into_the_bucket_that_holds_them(database: Database, seconds: float, bound: str) -> None:
    with database.writing() as session:
        add(session, Tally.VERDICT, "verified", seconds=seconds)
        add(session, Tally.VERDICT, "verified", seconds=seconds)
    with database.looking() as session:
        (count,) = all_counts(session)
    assert (count.bound, count.number, count.seconds) == (bound, 2, 2 * seconds)


def test_what_was_not_committed_was_not_counted(database: Database) -> None:
    def break_off() -> None:
        with database.writing() as session:
            add(session, Tally.VERDICT, "verified", seconds=1.0)
            raise LookupError

    with pytest.raises(LookupError):
        break_off()
    with database.looking() as session:
        assert all_counts(session) == []


def test_bounds_are_in_order() -> None:
    assert list(BOUNDS) == sorted(BOUNDS)
