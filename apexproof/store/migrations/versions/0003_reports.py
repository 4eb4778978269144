"""Keep reports and their schedules, what stands in the way of a claim in words, and since when."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FIRST_PASS = timedelta(days=1)
_HOLDS_BACK = ("fail", "unsure", "crashed")
_CLAIMS = sa.table(
    "claims",
    sa.column("id", sa.BigInteger()),
    sa.column("received_at", sa.DateTime(timezone=True)),
    sa.column("verification", sa.Integer()),
    sa.column("outcome_since", sa.DateTime(timezone=True)),
    sa.column("first_pass", sa.Boolean()),
)
_VERIFICATIONS = sa.table(
    "verifications",
    sa.column("claim_id", sa.BigInteger()),
    sa.column("number", sa.Integer()),
    sa.column("revision", sa.Integer()),
    sa.column("outcome", sa.String()),
    sa.column("made_at", sa.DateTime(timezone=True)),
    sa.column("document", sa.LargeBinary()),
)
_OBSTACLES = sa.table(
    "claim_obstacles",
    sa.column("claim_id", sa.BigInteger()),
    sa.column("check", sa.String()),
    sa.column("message", sa.Text()),
    sa.column("remedy", sa.Text()),
)


def upgrade() -> None:
    """Keep reports and their schedules, what stands in the way of a claim in words, and since when."""
    op.create_table(
        "report_schedules",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    op.create_index("ix_report_schedules_next_at", "report_schedules", ["next_at"], unique=False)
    op.create_index("ix_report_schedules_organisation_id", "report_schedules", ["organisation", "id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=True),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_organisation_id", "reports", ["organisation", "id"], unique=False)
    op.create_index("ix_reports_as_of", "reports", ["as_of"], unique=False)
    op.create_table(
        "report_parts",
        sa.Column("report_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_parts_report_id")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_parts")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_id", _BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_jobs_report_id"), "reports", ["report_id"], ["id"])
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("first_pass", sa.Boolean(), nullable=True))
        batch_op.create_index(
            "ix_claims_organisation_outcome_since_id", ["organisation", "outcome_since", "id"], unique=False
        )
    with op.batch_alter_table("claim_obstacles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("remedy", sa.Text(), nullable=True))
    with op.batch_alter_table("claim_obstacles", schema=None) as batch_op:
        batch_op.alter_column("message", existing_type=sa.Text(), server_default=None)
    _take_from_verifications(op.get_bind())


def _take_from_verifications(connection: sa.Connection) -> None:
    """Since when each outcome holds, whether it passed at first, and what the checks in the way say."""
    judged = sa.select(_CLAIMS.c.id, _CLAIMS.c.received_at, _CLAIMS.c.verification)
    for claim_id, received_at, holding in connection.execute(judged.where(_CLAIMS.c.verification.is_not(None))).all():
        of_claim = sa.select(_VERIFICATIONS).where(
            _VERIFICATIONS.c.claim_id == claim_id, _VERIFICATIONS.c.number <= holding
        )
        rows = connection.execute(of_claim.order_by(_VERIFICATIONS.c.number)).all()
        since, verified = rows[-1].made_at, next((row for row in rows if row.outcome == "verified"), None)
        for row in reversed(rows):
            if row.outcome != rows[-1].outcome:
                break
            since = row.made_at
        first_pass = verified and verified.revision == 1 and verified.made_at - received_at <= _FIRST_PASS
        values = {"outcome_since": since, "first_pass": first_pass}
        connection.execute(sa.update(_CLAIMS).where(_CLAIMS.c.id == claim_id).values(values))
        for finding in _in_the_way(rows[-1].document):
            words = {"message": finding["message"], "remedy": finding["remedy"]}
            row_of = _OBSTACLES.c.claim_id == claim_id, _OBSTACLES.c.check == finding["check"]
            connection.execute(sa.update(_OBSTACLES).where(*row_of).values(words))


def _in_the_way(document: bytes) -> list[dict[str, Any]]:
    """The findings in the way, the first line last: its words stay."""
    written = zlib.decompress(document) if document[:1] == b"x" else document
    findings = (finding for line in reversed(json.loads(written)["lines"]) for finding in line["findings"])
    return [one for one in findings if one["demand"] == "required" and one["result"] in _HOLDS_BACK]
