"""Keep whose an attachment is said to be, so that it is joined to no other member's claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep whose an attachment is said to be."""
    op.add_column("attachments", sa.Column("member_id", sa.String(length=200), nullable=True))
