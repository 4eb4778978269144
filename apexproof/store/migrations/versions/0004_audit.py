"""Keep an audit trail, and let keys expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_GENESIS = "0" * 64
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep an audit trail, and let keys expire."""
    op.create_table(
        "audit_entries",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("thing", sa.String(length=100), nullable=True),
        sa.Column("address", sa.String(length=100), nullable=True),
        sa.Column("request", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("organisation", "position", name=op.f("uq_audit_entries_organisation_position")),
    )
    unsealed = sa.text("position IS NULL")
    op.create_index(
        "ix_audit_entries_unsealed", "audit_entries", ["id"], sqlite_where=unsealed, postgresql_where=unsealed
    )
    op.create_index("ix_audit_entries_claim_id", "audit_entries", ["claim_id"])
    op.create_table(
        "audit_heads",
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_audit_heads")),
    )
    with op.batch_alter_table("keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    # Whoever has a key has a chain from now on, so that a chain that is missing as a whole shows, too.
    heads = sa.text(
        "INSERT INTO audit_heads (organisation, position, hash) SELECT DISTINCT organisation, 0, :genesis FROM keys"
    )
    op.get_bind().execute(heads, {"genesis": _GENESIS})
