"""Schema: which one the database has, which one this program needs, and the way from one to the other (Alembic)."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from apexproof.errors import ApexproofError
from apexproof.settings import Settings
from apexproof.store.database import Database


class SchemaOutdated(ApexproofError):
    """The database has not the schema that this program needs: an older one, or one that it does not know."""

    def __init__(self, *, found: str | None, needed: str) -> None:
        """Take both revisions."""
        self.found, self.needed = found, needed
        has = f"schema {found}" if found else "no schema yet"
        way_out = (
            "run 'apexproof migrate' first"
            if found is None or found in revisions()
            else "a newer version made it, and no schema is taken back; run that version, or restore a backup"
        )
        super().__init__(f"The database has {has} and this program needs {needed}: {way_out}.")


def needed() -> str:
    """The newest schema that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revisions() -> list[str]:
    """All schemas that this program knows, the oldest first."""
    known = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in known][::-1]


def found(database: Database) -> str | None:
    """The schema that the database has; None when it is empty."""
    with database.connection() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(database: Database) -> None:
    """Go on only with the schema that this program needs.

    Raises:
        SchemaOutdated: it is another.
        DatabaseAway: it cannot be reached.
    """
    has = found(database)
    if has != needed():
        raise SchemaOutdated(found=has, needed=needed())


def open_database(settings: Settings) -> Database:
    """The database that the settings name; the folder of one in a file is made."""
    if settings.database_url is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.database)


def current_database(settings: Settings) -> Database:
    """The same, with the schema that this program needs.

    Raises:
        SchemaOutdated: it has another.
        DatabaseAway: it cannot be reached.
    """
    database = open_database(settings)
    require_current(database)
    return database


def migrate(database: Database, *, to: str = "head") -> None:
    """Bring the database to the schema that this program needs (or to an earlier one), all of the way or none of it.

    Raises:
        SchemaOutdated: it has one that a newer version made.
        DatabaseAway: it cannot be reached.
    """
    has = found(database)
    if has is not None and has not in revisions():
        raise SchemaOutdated(found=has, needed=needed())
    with database.connection() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "apexproof.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
