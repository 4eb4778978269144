"""An older schema with rows in it is brought along: no row is lost, and stored answers are still made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, func, select

from apexproof.backup import count_on
from apexproof.replaying import Sameness, replay_claim
from apexproof.store.claims import claim_by_number
from apexproof.store.database import Database
from apexproof.store.schema import migrate, revisions
from tests.builders import fingerprint, picture_of, said
from tests.conftest import BACKENDS
from tests.organisation import Organisation
from tests.postgres import Postgres
from tests.upgrade import older_copy, sqlite_at

FIRST = "0008"
"""Before, no answer rested on other claims, so no older version can have left the rows that are copied here."""
OLDER = [schema for schema in revisions()[:-1] if schema >= FIRST]


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an older version had its database."""
    if request.param == "sqlite":
        return sqlite_at(tmp_path / "older.db")
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    """One whose claims bear on each other."""
    database = Database(sqlite_at(tmp_path_factory.mktemp("now") / "now.db"))
    migrate(database)
    practice = Organisation(database=database)
    for number in ("C-1", "C-2"):
        practice.claims(number)
        practice.attaches(number, "one film for both", picture_of(fingerprint=(said(fingerprint("a")),)))
    practice.works()
    yield practice
    database.close()


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has, of those that there are."""
    known = MetaData()
    with database.snapshot() as connection:
        known.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in known.sorted_tables
        }


@pytest.mark.parametrize("schema", OLDER)
def test_rows_of_an_older_schema_stay_and_their_answers_are_made_again(
    practice: Organisation, url: str, schema: str
) -> None:
    older = older_copy(practice.database, url, schema=schema)
    before = counts(older)
    migrate(older)
    with older.connection() as connection:
        count_on(connection)  # the copies came with their numbers
    after = counts(older)
    assert {table: after[table] for table in before} == before
    same = Organisation(database=older, readings=practice.readings)
    for number in ("C-1", "C-2"):
        assert same.verifications(number) == practice.verifications(number)
        with older.looking() as session:
            claim = claim_by_number(session, same.name, number)
            assert claim is not None
            assert {one.sameness for one in replay_claim(session, claim)} == {Sameness.SAME}
    same.claims("C-3")
    assert same.works() > 0
    assert same.outcome("C-3") is not None
    older.close()
