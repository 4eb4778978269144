"""A database that fails for reasons of its own costs time, and no job a try."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from apexproof.store.database import Database
from tests.postgres import Postgres
from worker.trouble import is_nobodys

ITS_OWN = {
    "it was ended": "SELECT pg_terminate_backend(pg_backend_pid())",
    "there is no room": "SET temp_file_limit = '1kB'; SET work_mem = '64kB'; "
    "SELECT * FROM generate_series(1, 100000) AS n ORDER BY n DESC",
}
OURS = {
    "there is no such table": "SELECT * FROM nowhere",
    "it takes too long": "SET statement_timeout = 1; SELECT pg_sleep(1)",
}


def failure(postgres: Postgres, statements: str) -> DBAPIError:
    """What comes of the last of these statements."""
    database = Database(postgres.url())
    *before, last = map(text, statements.split("; "))
    try:
        with database.looking() as session:
            for statement in before:
                session.execute(statement)
            with pytest.raises(DBAPIError) as failed:
                session.execute(last)
            session.invalidate()
    finally:
        database.close()
    return failed.value


@pytest.mark.parametrize("statements", ITS_OWN.values(), ids=ITS_OWN)
def test_what_a_database_has_against_anybody_is_no_fault_of_a_job(postgres: Postgres, statements: str) -> None:
    assert is_nobodys(failure(postgres, statements))


@pytest.mark.parametrize("statements", OURS.values(), ids=OURS)
def test_what_it_has_against_what_was_asked_counts(postgres: Postgres, statements: str) -> None:
    assert not is_nobodys(failure(postgres, statements))
