"""The database's schema: migrate."""

from __future__ import annotations

import click


@click.command()
def migrate() -> None:
    """Bring the database to the schema that this version needs.

    \b
    Examples:
      apexproof migrate
    """
    from apexproof.settings import load_settings
    from apexproof.store import schema

    database = schema.open_database(load_settings())
    before = schema.found(database)
    schema.migrate(database)
    after = schema.found(database)
    database.close()
    click.echo(f"Schema {after}: nothing to do." if before == after else f"Schema {before or 'none'} -> {after}.")
