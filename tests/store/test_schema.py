"""The schema: migrations lead to the tables, and an old one is said to be old."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from apexproof.store.database import Database, DatabaseAway
from apexproof.store.schema import SchemaOutdated, found, migrate, needed, require_current
from apexproof.store.tables import ClaimRow, ObstacleRow, Table, VerificationRow
from tests.conftest import BACKENDS
from tests.postgres import Postgres
from tests.store.rows import NOON


@pytest.fixture(params=BACKENDS)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.new_database()
    database = Database(url)
    yield database
    database.close()


def test_migrations_lead_to_the_tables_that_the_program_knows(database: Database) -> None:
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


def test_a_migrated_database_is_good_to_go_on_with(database: Database) -> None:
    require_current(database)
    assert found(database) == needed()


def test_a_database_without_tables_has_no_schema_and_is_refused(bare: Database) -> None:
    assert found(bare) is None
    with pytest.raises(SchemaOutdated, match=r"has no schema yet .* run 'apexproof migrate' first"):
        require_current(bare)


def test_a_database_of_another_version_is_refused_by_both_names(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    said = f"has schema 0000 and this program needs {needed()}: a newer version"
    with pytest.raises(SchemaOutdated, match=said) as refusal:
        require_current(database)
    assert (refusal.value.found, refusal.value.needed) == ("0000", needed())
    with pytest.raises(SchemaOutdated, match=r"no schema is taken back; run that version, or restore a backup"):
        migrate(database)


def test_migrating_twice_changes_nothing(bare: Database) -> None:
    migrate(bare)
    migrate(bare)
    require_current(bare)


def test_a_migration_that_fails_leaves_nothing_behind(bare: Database) -> None:
    with bare.writing() as session:
        session.execute(text("CREATE TABLE jobs (id INTEGER)"))  # in the way of the last table
    with pytest.raises(Exception, match="jobs"):
        migrate(bare)
    assert found(bare) is None
    with bare.writing() as session:
        session.execute(text("DROP TABLE jobs"))
    migrate(bare)
    require_current(bare)


def test_a_database_that_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    nowhere = (
        f"sqlite:///{tmp_path / 'absent' / 'a.db'}",
        f"postgresql+pg8000://postgres@/a?unix_sock={tmp_path / 'absent'}",
    )
    for url in nowhere:
        database = Database(url)
        with pytest.raises(DatabaseAway, match="cannot be reached"):
            require_current(database)
        assert not database.answers()
        database.close()


def test_since_when_and_what_to_send_are_taken_from_the_verifications_that_were_kept(bare: Database) -> None:
    migrate(bare, to=import_module("apexproof.store.migrations.versions.0002_reprocessing").down_revision)
    outcomes = ["missing_evidence", "verified", "contradicted", "contradicted"]
    with bare.writing() as session:
        session.execute(
            text(
                "INSERT INTO claims (id, organisation, number, revision, received_at, outcome, verification)"
                " VALUES (1, 'ours', 'C-1', 1, :now, 'contradicted', 4)"
            ),
            {"now": NOON.replace(tzinfo=None)},
        )
        session.execute(text("INSERT INTO claim_obstacles VALUES (1, 'APX401')"))
        session.execute(text("INSERT INTO policies (digest, name, version, document) VALUES ('d', 'payer', '1', '{}')"))
        for number, outcome in enumerate(outcomes, start=1):
            said = {"check": "APX401", "demand": "required", "result": "fail", "message": f"{number}.", "remedy": "R."}
            document = {"lines": [{"findings": [said]}, {"findings": [said | {"message": "another line"}]}]}
            session.execute(
                text(
                    "INSERT INTO verifications (claim_id, number, revision, files_digest, reader, engine,"
                    " policy_digest, outcome, document, made_at)"
                    " VALUES (1, :number, 1, :digest, 'r', 'e', 'd', :outcome, :document, :at)"
                ),
                {
                    "number": number,
                    "digest": str(number),
                    "outcome": outcome,
                    "document": json.dumps(document),
                    "at": (NOON + timedelta(hours=number)).replace(tzinfo=None),
                },
            )
    migrate(bare)
    with bare.looking() as session:
        claim = session.get_one(ClaimRow, 1)
        assert (claim.outcome_since, claim.first_pass) == (NOON + timedelta(hours=3), True)
        (obstacle,) = session.scalars(select(ObstacleRow))
        assert (obstacle.check, obstacle.message, obstacle.remedy) == ("APX401", "4.", "R.")
        kept = [row.document for row in session.scalars(select(VerificationRow).order_by(VerificationRow.number))]
        assert json.loads(kept[1])["lines"][0]["findings"][0]["message"] == "2."
