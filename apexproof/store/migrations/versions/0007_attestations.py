"""Keep what persons settle."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOTHING_SETTLED = hashlib.sha256(b"[]").hexdigest()


def upgrade() -> None:
    """Keep what persons settle."""
    op.create_table(
        "attestations",
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("finding", sa.String(length=64), nullable=True),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_attestations_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "number", name=op.f("pk_attestations")),
    )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "attestations_digest",
                sa.String(length=64),
                nullable=False,
                server_default=sa.text(f"'{_NOTHING_SETTLED}'"),
            )
        )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.alter_column("attestations_digest", existing_type=sa.String(length=64), server_default=None)
