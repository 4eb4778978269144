"""Backup: the database and the files of a service in one folder, made while it runs, and brought back from there.

The folder holds `apexproof.db`, a SQLite database of the same schema whatever the service runs on, and the files below
`blobs/`, as they lie in the service: sealed ones stay sealed, and their key is not in the backup. The database comes
first, as it stood at one moment; whatever it names was on the disk before, so the files are fetched after it.

The backup of an older version is read through a copy of its database that is brought along; what lies in the folder is
never changed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, exists, func, insert, literal_column, select

from apexproof.errors import ApexproofError
from apexproof.settings import Settings
from apexproof.store.audit import breaks
from apexproof.store.blobs import Blobs, Folder
from apexproof.store.bucket import unsealed_blobs
from apexproof.store.database import Database
from apexproof.store.schema import found, migrate, needed
from apexproof.store.sealing import SealedBlobs, keys_of
from apexproof.store.tables import AttachmentRow, ClaimRow, InterchangeRow, Table, TombstoneRow, VerificationRow

_DATABASE, _BLOBS = "apexproof.db", "blobs"
_LARGEST = 2**40  # bytes: what is kept was taken in under the limits of then
_ROWS_AT_ONCE, _OCTETS_AT_ONCE, _PAGES_AT_ONCE = 1000, 2**20, 1024


class BackupUnusable(ApexproofError):
    """A backup cannot be made there, is not whole, or cannot be brought back to there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds."""

    schema: str
    """Of the version that made it; what is brought back has that of this one."""
    claims: int
    verifications: int
    files: int


def back_up(settings: Settings, database: Database, folder: Path) -> Contents:
    """Copy database and files into a folder that is empty or not there yet, and verify the copy.

    Raises:
        BackupUnusable: it is not empty, or a file cannot be copied.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupUnusable(f"'{folder}' is not empty; name a new folder for each backup.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = settings.database
    if source.startswith("sqlite:///"):
        _copy_sqlite(Path(source.removeprefix("sqlite:///")), folder / _DATABASE)
    else:
        _copy_rows(database, _new_sqlite(folder / _DATABASE))
    kept, copies = unsealed_blobs(settings), Folder(folder / _BLOBS)
    with closing(_at(folder / _DATABASE)) as copy:
        for sha256 in _needed(copy):
            _copy_blob(kept, copies, sha256)
    return verify(settings, folder)


def verify(settings: Settings, folder: Path) -> Contents:
    """Verify a backup: every file that its database names is there under its hash, and its audit trail is whole.

    Raises:
        BackupUnusable: it is not whole; the first fault is named.
        SchemaOutdated: a newer version made it.
    """
    with _brought_along(settings, folder) as path, closing(_at(path)) as copy:
        files = SealedBlobs(Folder(folder / _BLOBS), keys_of(settings))
        number = 0
        for sha256 in _needed(copy):
            number += 1
            _must_be_there(files, sha256)
        with copy.looking() as session:
            broken = next(breaks(session), None)
            if broken is not None:
                raise BackupUnusable(f"The audit trail in it is not whole: {broken.organisation}: {broken.what}.")
            claims, answers = (
                session.scalar(select(func.count()).select_from(table)) or 0 for table in (ClaimRow, VerificationRow)
            )
    return Contents(schema=_schema(folder), claims=claims, verifications=answers, files=number)


def bring_back(settings: Settings, database: Database, folder: Path, *, dry_run: bool = False) -> Contents:
    """Bring a backup back into a database without tables and a place without files; the service does not run.

    Raises:
        BackupUnusable: the backup is not whole, or the place is not empty.
        SchemaOutdated: a newer version made it.
    """
    contents, kept = verify(settings, folder), unsealed_blobs(settings)
    if found(database) is not None:
        raise BackupUnusable("The database has tables already; name an empty one, or another data directory.")
    if next(kept.hashes(), None) is not None:
        raise BackupUnusable("There are files already; name another data directory, or an empty bucket.")
    if dry_run:
        return contents
    with _brought_along(settings, folder) as path, closing(_at(path)) as copy:
        for sha256 in _needed(copy):  # first the files: what a database names is there
            _copy_blob(Folder(folder / _BLOBS), kept, sha256)
        if settings.database_url is None:
            database.close()
            _copy_sqlite(path, Path(settings.database.removeprefix("sqlite:///")))
        else:
            migrate(database)
            _copy_rows(copy, database)
    return contents


@contextmanager
def _brought_along(settings: Settings, folder: Path) -> Iterator[Path]:
    """The database of a backup, with the schema of this program."""
    if _schema(folder) == needed():
        yield folder / _DATABASE
        return
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="older-") as place:
        path = Path(place) / _DATABASE
        _copy_sqlite(folder / _DATABASE, path)
        with closing(_at(path)) as copy:
            migrate(copy)
        yield path


def _schema(folder: Path) -> str:
    if not (folder / _DATABASE).is_file():
        raise BackupUnusable(f"There is no backup in '{folder}': '{_DATABASE}' is not there.")
    with closing(_at(folder / _DATABASE)) as there:
        schema = found(there)
    if schema is None:
        raise BackupUnusable(f"The backup in '{folder}' is not whole: '{_DATABASE}' has no tables.")
    return schema


def _at(path: Path) -> Database:
    return Database(f"sqlite:///{path.resolve()}")


def _new_sqlite(path: Path) -> Database:
    database = _at(path)
    migrate(database)
    return database


def _copy_sqlite(source: Path, target: Path) -> None:
    """As it stands at one moment, while others write (SQLite's online backup)."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=_PAGES_AT_ONCE)
    _sync(target)


def _copy_rows(source: Database, target: Database) -> None:
    """All rows of all tables, as they stand at one moment; the target has the tables, and nothing in them."""
    with source.snapshot() as old, target.connection() as new:
        for table in Table.metadata.sorted_tables:
            rows = old.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
            for some in rows.mappings().partitions():
                new.execute(insert(table), [dict(row) for row in some])
        count_on(new)


def count_on(connection: Connection) -> None:
    """Let PostgreSQL give new rows the numbers behind those that came."""
    if connection.dialect.name != "postgresql":
        return
    for table in Table.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        name = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if name is not None:
            following = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(literal_column(f"'{name}'"), following, literal_column("false"))))


def _needed(database: Database) -> Iterator[str]:
    """The files that a database names and that were not deleted."""
    buried = exists().where(TombstoneRow.attachment_id == AttachmentRow.id)
    attached = select(AttachmentRow.sha256).where(~buried)
    with database.looking() as session:
        yield from session.scalars(attached.union(select(InterchangeRow.sha256)).order_by("sha256")).all()


def _copy_blob(source: Blobs, target: Blobs, sha256: str) -> None:
    """The bytes as they lie there, sealed or not; the check of the whole compares the hash."""
    try:
        with source.at_hand(sha256) as path, path.open("rb") as file, target.incoming(most=_LARGEST) as incoming:
            while octets := file.read(_OCTETS_AT_ONCE):
                incoming.write(octets)
            incoming.keep_as(sha256)
    except FileNotFoundError:
        raise BackupUnusable(f"The file {sha256} is gone; if it was deleted just now, make the backup again.") from None


def _must_be_there(files: Blobs, sha256: str) -> None:
    try:
        with files.at_hand(sha256) as path, path.open("rb") as file:
            there = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise BackupUnusable(f"The file {sha256} is not in it.") from None
    if there != sha256:
        raise BackupUnusable(f"The file {sha256} in it has other bytes.")


def _sync(path: Path) -> None:
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
