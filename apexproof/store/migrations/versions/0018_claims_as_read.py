"""Keep the whole of a claim as it was read, where what was read in its narrative was kept."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the columns; what stands in them is the narrative alone, and the claim is read anew when it is judged."""
    op.execute("UPDATE claim_revisions SET notes = NULL, notes_engine = NULL")
    op.alter_column("claim_revisions", "notes", new_column_name="as_read")
    op.alter_column("claim_revisions", "notes_engine", new_column_name="as_read_by")
