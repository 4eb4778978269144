"""How rows are found: by what tells them apart, never by going through all that an organisation has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from apexproof.judging import dossiers_of
from apexproof.precedents import pasts
from apexproof.store.database import Database
from apexproof.store.histories import files_now, revisions_now
from apexproof.store.jobs import backlog
from apexproof.store.schema import migrate
from tests.store.rows import OURS

MANY = range(1, 201)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """On SQLite, which plans without statistics; PostgreSQL gathers its own."""
    database = Database(f"sqlite:///{tmp_path / 'plans.db'}")
    migrate(database)
    with database.looking() as looking:
        yield looking
    database.close()


@contextmanager
def plans(session: Session) -> Iterator[list[str]]:
    """How each query of the block is done, step by step."""
    found: list[str] = []

    def explain(connection: Connection, _: object, statement: str, parameters: Sequence[object], *__: object) -> None:
        raw = connection.connection.cursor()
        raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found.extend(str(step[3]) for step in raw.fetchall())

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def test_nothing_that_judging_asks_goes_through_all_that_an_organisation_has(session: Session) -> None:
    claims = dict.fromkeys(MANY, 1)
    with plans(session) as found:
        dossiers_of(session, OURS, list(MANY))
        pasts(session, OURS, claims, {claim: (f"{claim:064x}",) for claim in MANY})
        revisions_now(session, OURS, list(MANY))
        files_now(session, OURS, list(MANY))
    assert len(found) > 10
    assert [step for step in found if step.endswith("(organisation=?)")] == []


def test_what_waits_is_counted_without_looking_at_what_is_done(session: Session) -> None:
    with plans(session) as found:
        backlog(session, most=len(MANY))
    assert any("ix_jobs_state_wake_at (state=?" in step for step in found)
    assert "SCAN jobs" not in found
