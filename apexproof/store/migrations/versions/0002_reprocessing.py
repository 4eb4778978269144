"""Keep runs of reprocessing and what narratives say, and pack the documents of verifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep runs of reprocessing and what narratives say, and pack the documents of verifications."""
    op.create_table(
        "reprocessings",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("is_list", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["policy_digest"], ["policies.digest"], name=op.f("fk_reprocessings_policy_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprocessings")),
    )
    op.create_index("ix_reprocessings_organisation_id", "reprocessings", ["organisation", "id"], unique=False)
    op.create_table(
        "reprocessing_claims",
        sa.Column("reprocessing_id", _BIG, nullable=False),
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_reprocessing_claims_claim_id")),
        sa.ForeignKeyConstraint(
            ["reprocessing_id"], ["reprocessings.id"], name=op.f("fk_reprocessing_claims_reprocessing_id")
        ),
        sa.PrimaryKeyConstraint("reprocessing_id", "claim_id", name=op.f("pk_reprocessing_claims")),
    )
    op.create_table(
        "reprocessing_differences",
        sa.Column("reprocessing_id", _BIG, nullable=False),
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=True),
        sa.Column("checks_before", sa.Text(), nullable=False),
        sa.Column("checks_after", sa.Text(), nullable=False),
        sa.Column("verification", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_reprocessing_differences_claim_id")),
        sa.ForeignKeyConstraint(
            ["reprocessing_id"], ["reprocessings.id"], name=op.f("fk_reprocessing_differences_reprocessing_id")
        ),
        sa.PrimaryKeyConstraint("reprocessing_id", "claim_id", name=op.f("pk_reprocessing_differences")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reprocessing_id", _BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_jobs_reprocessing_id"), "reprocessings", ["reprocessing_id"], ["id"])
    with op.batch_alter_table("claim_revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("notes_engine", sa.String(length=20), nullable=True))
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.alter_column(
            "document",
            existing_type=sa.Text(),
            type_=sa.LargeBinary(),
            existing_nullable=False,
            postgresql_using="convert_to(document, 'UTF8')",
        )
    if op.get_bind().dialect.name == "postgresql":  # it is packed already
        op.execute("ALTER TABLE verifications ALTER COLUMN document SET STORAGE EXTERNAL")
