"""A backup of either database is whole and comes back into either; what is not whole or not empty is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from apexproof.audit_trail import note_command
from apexproof.backup import BackupUnusable, back_up, bring_back, verify
from apexproof.settings import Settings
from apexproof.store.audit import seal
from apexproof.store.blobs import key_of
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from apexproof.store.schema import SchemaOutdated, found, migrate, open_database, require_current, revisions
from apexproof.store.sealing import BlobKey
from apexproof.store.tables import AttachmentRow, Table
from tests.kept import clock, kept_claim
from tests.postgres import Postgres
from tests.store.rows import OURS
from tests.upgrade import older_copy, sqlite_at

CONTENTS = b"a film"


def plain(url: str) -> str | None:
    """The database as the setting states it."""
    return None if url.startswith("sqlite") else url.replace("+pg8000", "")


@pytest.fixture
def service(database: Database, database_url: str, tmp_path: Path) -> Settings:
    """A service with a claim that was judged, its file, and a trail."""
    settings = Settings(data_dir=tmp_path / "service", database_url=plain(database_url) or database_url)
    with open_blobs(settings).incoming(most=100) as incoming:
        incoming.write(CONTENTS)
        blob = incoming.keep()
    with database.writing() as session:
        kept_claim(session, "SYN-1")
        session.scalars(select(AttachmentRow)).one().sha256 = blob.sha256
        note_command(session, "keys add", organisation=OURS, thing="a key", now=clock().now)
        seal(session, most=100)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Where nothing is yet."""
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path / "new")
    postgres: Postgres = request.getfixturevalue("postgres")
    return Settings(data_dir=tmp_path / "new", database_url=plain(postgres.new_database()))


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that it holds."""
    with database.snapshot() as connection:
        tables = Table.metadata.sorted_tables
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in tables
        }


def test_what_is_brought_back_is_what_was_there(
    service: Settings, database: Database, empty: Settings, tmp_path: Path
) -> None:
    contents = back_up(service, database, tmp_path / "backup")
    assert (contents.claims, contents.verifications, contents.files) == (1, 1, 1)
    target = open_database(empty)
    assert bring_back(empty, target, tmp_path / "backup", dry_run=True) == contents
    assert bring_back(empty, target, tmp_path / "backup") == contents
    assert rows_of(target) == rows_of(database)
    with target.writing() as session:
        kept_claim(session, "SYN-2", seconds=clock().resend.total_seconds())  # its numbers follow those that came
    (sha256,) = open_blobs(empty).hashes()
    with open_blobs(empty).at_hand(sha256) as path:
        assert path.read_bytes() == CONTENTS
    with pytest.raises(BackupUnusable, match="has tables already"):
        bring_back(empty, target, tmp_path / "backup")
    target.close()


def _lose(blob: Path) -> None:
    blob.unlink()


def _change(blob: Path) -> None:
    blob.write_bytes(b"other")


@pytest.mark.parametrize(("damage", "said"), [(_lose, "is not in it"), (_change, "has other bytes")])
def test_a_damaged_backup_is_refused(
    service: Settings, database: Database, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    folder = tmp_path / "backup"
    back_up(service, database, folder)
    (sha256,) = open_blobs(service).hashes()
    damage(folder / "blobs" / key_of(sha256))
    with pytest.raises(BackupUnusable, match=said):
        verify(service, folder)


def test_a_place_that_is_not_empty_is_refused(service: Settings, database: Database, tmp_path: Path) -> None:
    back_up(service, database, tmp_path / "backup")
    with pytest.raises(BackupUnusable, match="is not empty"):
        back_up(service, database, tmp_path / "backup")
    with pytest.raises(BackupUnusable, match="There is no backup"):
        verify(service, tmp_path / "nowhere")


@pytest.mark.parametrize("schema", [revisions()[-2], "0008"])
def test_a_backup_of_an_older_version_is_brought_along_and_stays_as_it_is(
    service: Settings, database: Database, empty: Settings, tmp_path: Path, schema: str
) -> None:
    back_up(service, database, tmp_path / "backup")
    older = tmp_path / "backup" / "apexproof.db"
    older.unlink()
    older_copy(database, sqlite_at(older), schema=schema).close()
    made = older.read_bytes()
    assert verify(service, tmp_path / "backup").schema == schema
    target = open_database(empty)
    assert bring_back(empty, target, tmp_path / "backup").files == 1
    assert older.read_bytes() == made
    assert rows_of(target)["claims"] == rows_of(database)["claims"]
    require_current(target)
    target.close()


def test_a_backup_of_a_newer_version_is_refused_and_named(
    service: Settings, database: Database, empty: Settings, tmp_path: Path
) -> None:
    back_up(service, database, tmp_path / "backup")
    newer = Database(sqlite_at(tmp_path / "backup" / "apexproof.db"))
    with newer.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer.close()
    target = open_database(empty)
    with pytest.raises(SchemaOutdated, match=r"has schema 9999 .* a newer version made it"):
        bring_back(empty, target, tmp_path / "backup")
    assert found(target) is None
    target.close()


def test_sealed_files_stay_sealed_in_a_backup(tmp_path: Path, empty: Settings) -> None:
    settings = Settings(data_dir=tmp_path / "sealed", blob_key=SecretStr(BlobKey.new()))
    with open_blobs(settings).incoming(most=100) as incoming:
        incoming.write(CONTENTS)
        blob = incoming.keep()
    database = open_database(settings)
    migrate(database)
    with database.writing() as session:
        kept_claim(session, "SYN-1")
        session.scalars(select(AttachmentRow)).one().sha256 = blob.sha256
    back_up(settings, database, tmp_path / "backup")
    database.close()
    assert CONTENTS not in (tmp_path / "backup" / "blobs" / key_of(blob.sha256)).read_bytes()
    keyed = empty.model_copy(update={"blob_key": settings.blob_key})
    target = open_database(keyed)
    bring_back(keyed, target, tmp_path / "backup")
    target.close()
    with open_blobs(keyed).at_hand(blob.sha256) as path:
        assert path.read_bytes() == CONTENTS
