"""Database: SQLite in WAL mode or PostgreSQL, behind the same transactions.

`writing` is one transaction that is committed when its block ends; only doors open one. On SQLite it takes the write
lock at once, so that two writers wait for each other instead of failing halfway.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVarTuple, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Insert,
    TableClause,
    create_engine,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.selectable import TypedReturnsRows

from apexproof.errors import ApexproofError
from apexproof.store.many import by_column, insert_given
from apexproof.store.tables import Table

_BUSY_MILLISECONDS = 30_000  # how long a writer of SQLite waits for the others
_TURN_SECONDS = 0.001  # between two looks whether it is its turn: SQLite itself would wait up to a tenth of a second
_FIRST_IN_LINE = threading.Lock()
_PRIMARY = 0xFF  # of an extended result code of SQLite
_POOL, _MORE = 10, 30
_Columns = TypeVarTuple("_Columns")
# SQLSTATE, PostgreSQL manual, appendix A
_DISK_FULL = "53100"
_ITS_OWN = ("08", "40", "53", "57P", "58")  # connection, rollback, want of resources, shutdown, the system


class DatabaseAway(ApexproofError):
    """The database does not answer."""


def is_full(error: DBAPIError) -> bool:
    """Whether the database failed for want of room on its disk."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return _state(error) == _DISK_FULL


def is_its_own(error: DBAPIError) -> bool:
    """Whether the database failed for reasons of its own: the same, asked again later, may succeed."""
    return isinstance(error, InterfaceError | OperationalError) or _state(error).startswith(_ITS_OWN)


def _state(error: DBAPIError) -> str:
    said = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(said.get("C", "")) if isinstance(said, dict) else ""


class Database:
    """Where rows are kept. Connections are opened when they are first needed, so it may be made before a fork."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(writing=True)
        self._noting = self._engine.execution_options(writing=True, durable=False)

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Session]:
        """One transaction: all of it is kept, or none.

        What is not `durable` outlives the program and not a power cut: right for who has a job, wrong for what was
        answered for. It costs no wait for the disk.
        """
        with Session(self._writing if durable else self._noting, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A view of the rows in which nothing is written."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare connection in a transaction, for migrations.

        Raises:
            DatabaseAway: it cannot be reached.
        """
        try:
            with self._writing.begin() as connection:
                yield connection
        except (InterfaceError, OperationalError, OSError) as error:
            reason = (error.orig and error.orig.__cause__) or error.orig if isinstance(error, DBAPIError) else error
            raise DatabaseAway(f"The database cannot be reached: {reason}.") from None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees all rows as they stood at one moment, however long it looks."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # SQLite's transactions see nothing else
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def answers(self) -> bool:
        """Whether it can be reached now."""
        try:
            with self.looking() as session:
                session.execute(text("SELECT 1"))
        except (DBAPIError, OSError):
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def of_organisation(column: InstrumentedAttribute[str], organisation: str | BindParameter[str]) -> ColumnElement[bool]:
    """That a row is the organisation's, for rows that are asked for by their identities.

    No index can be taken by it: without statistics SQLite expects ten rows of an organisation, and would rather go
    through all that it has than look up two hundred identities.
    """
    return column.concat("") == organisation


def ask(session: Session, query: TypedReturnsRows[*_Columns], asked: Mapping[str, Any]) -> CursorResult[*_Columns]:
    """Ask for columns of rows, past the session's objects, which takes half as long: for what is asked with every file.

    What is still to be written is written first.
    """
    session.flush()
    return session.connection().execute(query, asked)


def insert_once(session: Session, table: type[Table], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same key is there; whether it was inserted."""
    return ask(session, _inserting_once(table, session.get_bind().dialect.name), values).first() is not None


@cache
def _inserting_once(table: type[Table], dialect: str) -> ReturningInsert[Any]:
    """Made once for each table: it is needed several times with every file, and takes as long to make as to run."""
    key = inspect(table).primary_key
    insert_here = (sqlite if dialect == "sqlite" else postgresql).insert
    inserting: ReturningInsert[Any] = insert_here(table.__table__).on_conflict_do_nothing().returning(*key)
    return inserting


def insert_all(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in as few statements as the database takes."""
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.connection().execute(_inserting(table), list(rows))
    else:
        session.connection().execute(_inserting_given(table, *rows[0]), by_column(rows))


@cache
def _inserting(table: type[Table]) -> Insert:
    return insert(cast("TableClause", table.__table__))


@cache
def _inserting_given(table: type[Table], *names: str) -> Insert:
    return insert_given(cast("TableClause", table.__table__), names)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=_POOL, max_overflow=_MORE, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=_POOL, max_overflow=_MORE, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _name_lost_connection)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    """Readers do not wait for the writer (WAL); how durable a transaction is it says as it begins."""
    del entry
    connection.isolation_level = None  # transactions begin where _begin_sqlite says, not where Python guesses
    for pragma in (
        f"busy_timeout = {_BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writing", False):
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable', True) else 'NORMAL'}")
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Begin as the only writer, soon after the one before has ended. Of a process's threads one asks at a time."""
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    until = time.monotonic() + _BUSY_MILLISECONDS / 1000
    is_first = _FIRST_IN_LINE.acquire(timeout=_BUSY_MILLISECONDS / 1000)
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while _another_writes(driver) and time.monotonic() < until:
            time.sleep(_TURN_SECONDS)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # what stands in the way is raised as it is everywhere
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        if is_first:
            _FIRST_IN_LINE.release()


def _another_writes(driver: sqlite3.Connection) -> bool:
    """Whether another writer keeps this one from beginning; it has begun when nothing does."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
    return False


def _begin_postgres(connection: Connection) -> None:
    if not connection.get_execution_options().get("durable", True):
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _name_lost_connection(context: ExceptionContext) -> InterfaceError | None:
    """A connection that broke is the database's trouble; pg8000 lets the socket's own error through where it reads."""
    lost = context.original_exception
    if not isinstance(lost, ConnectionError):
        return None
    context.is_disconnect = True
    return InterfaceError(None, None, lost, hide_parameters=True, connection_invalidated=True)
