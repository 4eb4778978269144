"""The way from each schema to the next; Alembic runs them."""
