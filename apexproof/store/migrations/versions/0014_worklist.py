"""Find claims of an outcome by how long they have it."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find claims of an outcome by how long they have it."""
    op.create_index(
        "ix_claims_organisation_outcome_outcome_since_id",
        "claims",
        ["organisation", "outcome", "outcome_since", "id"],
        unique=False,
    )
