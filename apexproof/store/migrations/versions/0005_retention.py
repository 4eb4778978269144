"""Keep closures of claims, and tombstones of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep closures of claims, and tombstones of files."""
    op.create_table(
        "claim_closures",
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_closures_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claim_closures")),
    )
    op.create_index("ix_claim_closures_closed_at", "claim_closures", ["closed_at"])
    op.create_table(
        "tombstones",
        sa.Column("attachment_id", _BIG, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=op.f("fk_tombstones_attachment_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_tombstones")),
    )
    op.create_index("ix_tombstones_sha256", "tombstones", ["sha256"])
    op.create_index("ix_tombstones_removed_at", "tombstones", ["removed_at"])
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"])
