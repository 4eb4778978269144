"""Keep interchanges, and where in them claims and files were said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep interchanges, and where in them claims and files were said."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "interchanges",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interchanges")),
        sa.UniqueConstraint("organisation", "sha256", name=op.f("uq_interchanges_organisation_sha256")),
    )
    op.create_index("ix_interchanges_sha256", "interchanges", ["sha256"], unique=False)
    op.create_table(
        "claim_revision_sources",
        sa.Column("claim_id", big, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("interchange_id", big, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("interchange", sa.String(length=50), nullable=False),
        sa.Column("group", sa.String(length=50), nullable=False),
        sa.Column("transaction_set", sa.String(length=50), nullable=False),
        sa.Column("line_control_numbers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_revision_sources_claim_id")),
        sa.ForeignKeyConstraint(
            ["interchange_id"], ["interchanges.id"], name=op.f("fk_claim_revision_sources_interchange_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", "revision", name=op.f("pk_claim_revision_sources")),
    )
    op.create_table(
        "attachment_sources",
        sa.Column("attachment_id", big, autoincrement=False, nullable=False),
        sa.Column("interchange_id", big, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_attachment_sources_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["interchange_id"], ["interchanges.id"], name=op.f("fk_attachment_sources_interchange_id")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_sources")),
    )
