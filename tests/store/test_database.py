"""Database: a transaction is kept whole or not at all, is as durable as it says, and says when the disk is full."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from apexproof.store.claims import open_claim
from apexproof.store.database import Database, insert_once, is_full, is_its_own
from apexproof.store.tables import ClaimRow, KeyRow
from tests.postgres import running_postgres
from tests.store.rows import NOON, OURS, new_claim

ASKED = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
DURABLE = {"sqlite": 2, "postgresql": "on"}
WRITERS = 12
NOT_DURABLE = {"sqlite": 1, "postgresql": "off"}


def test_each_transaction_is_as_durable_as_it_says_whichever_came_before(database: Database) -> None:
    said = []
    for durable in (True, False, True):
        with database.writing(durable=durable) as session:
            dialect = session.get_bind().dialect.name
            said.append(session.execute(text(ASKED[dialect])).scalar_one())
    assert said == [DURABLE[dialect], NOT_DURABLE[dialect], DURABLE[dialect]]


@pytest.mark.parametrize("durable", [True, False])
def test_what_fails_halfway_is_not_kept_at_all(database: Database, durable: bool) -> None:  # noqa: FBT001 - both
    def half() -> None:
        with database.writing(durable=durable) as session:
            new_claim(session, "C-1")
            session.execute(text("UPDATE claims SET number = NULL"))

    with pytest.raises(DBAPIError):
        half()
    with database.looking() as session:
        assert session.query(ClaimRow).count() == 0


def test_many_who_write_at_once_take_turns(database: Database) -> None:
    def write(index: int) -> None:
        with database.writing() as session:
            new_claim(session, f"C-{index}")

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(WRITERS)))
    with database.looking() as session:
        assert len(session.scalars(select(ClaimRow)).all()) == WRITERS


def test_who_waits_for_another_writer_in_vain_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apexproof.store.database._BUSY_MILLISECONDS", 50)
    path = tmp_path / "held.db"
    database = Database(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(database):
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):  # nobody stays first in line who gave up
            with pytest.raises(OperationalError) as raised, database.writing() as session:
                session.connection()
            assert is_its_own(raised.value)
        other.execute("ROLLBACK")
        with database.writing() as session:
            session.connection()


def test_a_row_is_inserted_once(database: Database) -> None:
    values = {
        "id": "k",
        "secret_sha256": "0" * 64,
        "organisation": OURS,
        "name": "",
        "scopes": "",
        "created_at": NOON,
    }
    with database.writing() as session:
        assert [insert_once(session, KeyRow, values) for _ in range(2)] == [True, False]


def test_moments_come_back_with_their_zone(database: Database) -> None:
    with database.writing() as session:
        open_claim(session, OURS, "C-1", now=NOON)
    with database.looking() as session:
        assert session.query(ClaimRow).one().received_at == NOON


def test_only_a_full_disk_is_a_full_disk(tmp_path: Path, database: Database) -> None:
    with pytest.raises(DBAPIError) as other, database.writing() as session:
        session.execute(text("SELECT nothing"))
    assert not is_full(other.value)

    small = Database(f"sqlite:///{tmp_path / 'small.db'}")
    with small.writing() as session:
        session.execute(text("PRAGMA max_page_count = 2"))
        session.execute(text("CREATE TABLE films (film BLOB)"))
        with pytest.raises(OperationalError) as full:
            session.execute(text("INSERT INTO films VALUES (zeroblob(100000))"))
        session.rollback()
    assert is_full(full.value)
    small.close()


def test_a_connection_that_breaks_while_an_answer_is_awaited_is_the_databases_trouble() -> None:
    with running_postgres() as server:
        database = Database(server.new_database())
        with database.looking() as session:
            serving = session.scalar(text("SELECT pg_backend_pid()"))
            assert serving
            os.kill(serving, signal.SIGSTOP)  # what it is asked now it never reads, and a reset is what comes back
            killing = threading.Timer(0.3, os.kill, (serving, signal.SIGKILL))
            killing.start()
            with pytest.raises(DBAPIError) as lost:
                session.execute(text("SELECT 1"))
            killing.join()
        assert is_its_own(lost.value)
        assert lost.value.connection_invalidated
        database.close()
        server.kill()
