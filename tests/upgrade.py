"""Upgrade: a database as an older version left it, with what that version could keep of another's rows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import MetaData, insert, select

from apexproof.store.database import Database
from apexproof.store.schema import migrate


def older_copy(database: Database, url: str, *, schema: str) -> Database:
    """The rows of a database in one of an older schema, without what came later and what was given up."""
    older = Database(url)
    migrate(older, to=schema)
    now, then = MetaData(), MetaData()
    with database.snapshot() as source, older.connection() as target:
        now.reflect(source)
        then.reflect(target)
        for table in then.sorted_tables:
            if table.name == "alembic_version":
                continue
            known = now.tables[table.name].columns
            columns = [known[column.name] for column in table.columns if column.name in known]
            rows = [dict(row) for row in source.execute(select(*columns)).mappings()]
            if rows:
                target.execute(insert(table), rows)
    return older


def sqlite_at(path: Path) -> str:
    """The address of a database in that file."""
    return f"sqlite:///{path}"
