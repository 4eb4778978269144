"""What Alembic runs: it migrates over the connection that `apexproof.store.schema` opened."""

from __future__ import annotations

from alembic import context

from apexproof.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite changes a table by writing it anew
)
context.run_migrations()
