"""Keep DICOM instances that come by themselves, and where each belongs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep DICOM instances that come by themselves, and where each belongs."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = ("syntax", "sop_class", "study", "series", "uid", "accession", "study_id", "study_date", "modality")
    op.create_table(
        "dicom_instances",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("attachment_id", big, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in texts),
        sa.Column("patient_name", sa.String(length=200), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("taken", sa.Date(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=30), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=op.f("fk_dicom_instances_attachment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dicom_instances")),
        sa.UniqueConstraint("organisation", "content", name=op.f("uq_dicom_instances_organisation_content")),
    )
    op.create_index("ix_dicom_instances_study", "dicom_instances", ["organisation", "study", "series", "uid"])
    op.create_index("ix_dicom_instances_uid", "dicom_instances", ["organisation", "uid"])
    op.create_index("ix_dicom_instances_state", "dicom_instances", ["organisation", "state", "id"])
