"""What tests of any room may ask for: the databases, each with the schema of this program and nothing in it."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from apexproof.store.database import Database
from apexproof.store.schema import migrate
from apexproof.store.tables import Table
from tests.logged import keeping, kept, named_in
from tests.postgres import Postgres, running_postgres

BACKENDS = ("sqlite", "postgresql")
# How long a machine takes is measured elsewhere: a busy one fails no property.
settings.register_profile("apexproof", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("apexproof")
_ROOT = Path(__file__).parent
_LONGEST = ("service", "test_fixtures.py", "pages", "reading", "api")
"""The rooms that take longest, the longest first."""
_PROCESSES_MOST = 8  # each takes up to a gigabyte, and the longest module is as long with more of them


def pytest_xdist_auto_num_workers() -> int:
    """Two processes more than cores: a service that is killed and waited for leaves its core to others."""
    processes = min((os.cpu_count() or 1) + 2, _PROCESSES_MOST)
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS", processes))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is collected, and every module, to itself: going through all of it again and again takes a fifth."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: at the end no process is to work alone."""

    def rank(item: pytest.Item) -> int:
        room = item.path.relative_to(_ROOT).parts[0]
        return _LONGEST.index(room) if room in _LONGEST else len(_LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_named_in_any_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What all programs logged while these tests ran names nobody whom a test was about."""
    with keeping(tmp_path_factory.mktemp("logs")):
        yield
        assert named_in(kept()) == []


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this process of the tests, started when the first one asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _empty_postgres(postgres: Postgres) -> Iterator[tuple[str, Database]]:
    url = postgres.new_database()
    _migrate(url)
    database = Database(url)
    yield url, database
    database.close()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with its schema: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("_empty_sqlite"), path)
        yield f"sqlite:///{path}"
    else:
        url, database = request.getfixturevalue("_empty_postgres")
        yield url
        _empty(database)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with its schema: once SQLite, once PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _empty(database: Database) -> None:
    """Empty all tables: in PostgreSQL that is ten times as fast as a new database."""
    names = ", ".join(f'"{table.name}"' for table in Table.metadata.sorted_tables)
    with database.writing() as session:
        session.execute(text("SET LOCAL lock_timeout = '10s'"))  # a test that left a transaction open is to fail here
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
