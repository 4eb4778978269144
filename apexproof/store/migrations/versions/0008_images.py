"""Keep what claims know of each other, and let a question say against which history it was asked."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NO_HISTORY = hashlib.sha256(b"[[],[]]").hexdigest()


def upgrade() -> None:
    """Keep what claims know of each other, and let a question say against which history it was asked."""
    _patients_and_films()
    _histories()
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attachments_sha256_organisation", ["sha256", "organisation", "claim_id"], unique=False
        )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "history_digest", sa.String(length=64), nullable=False, server_default=sa.text(f"'{_NO_HISTORY}'")
            )
        )
        batch_op.drop_constraint(
            op.f("uq_verifications_claim_id_revision_files_digest_reader_engine_policy_digest"), type_="unique"
        )
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.alter_column("history_digest", existing_type=sa.String(length=64), server_default=None)
        batch_op.create_unique_constraint("uq_verifications_question", _QUESTION)


_QUESTION = [
    "claim_id",
    "revision",
    "files_digest",
    "reader",
    "engine",
    "policy_digest",
    "history_digest",
    "attestations_digest",
]


def _patients_and_films() -> None:
    op.create_table(
        "patient_keys",
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_patient_keys_claim_id")),
        sa.PrimaryKeyConstraint("key", "organisation", "claim_id", name=op.f("pk_patient_keys")),
    )
    op.create_index("ix_patient_keys_claim_id", "patient_keys", ["claim_id", "organisation"], unique=False)
    op.create_table(
        "films",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("pixel_sha256", sa.String(length=64), nullable=False),
        sa.Column("perceptual", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_films")),
    )
    op.create_index("ix_films_sha256", "films", ["sha256", "organisation", "reader"], unique=False)
    op.create_index("ix_films_pixel_sha256", "films", ["pixel_sha256", "organisation"], unique=False)
    op.create_table(
        "film_keys",
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("film_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["film_id"], ["films.id"], name=op.f("fk_film_keys_film_id")),
        sa.PrimaryKeyConstraint("key", "organisation", "film_id", name=op.f("pk_film_keys")),
    )
    op.create_table(
        "film_likenesses",
        sa.Column("film_id", _BIG, nullable=False),
        sa.Column("other_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["film_id"], ["films.id"], name=op.f("fk_film_likenesses_film_id")),
        sa.ForeignKeyConstraint(["other_id"], ["films.id"], name=op.f("fk_film_likenesses_other_id")),
        sa.PrimaryKeyConstraint("film_id", "other_id", name=op.f("pk_film_likenesses")),
    )


def _histories() -> None:
    op.create_table(
        "histories",
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_histories_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "digest", name=op.f("pk_histories")),
    )
    op.create_table(
        "history_precedents",
        sa.Column("claim_id", _BIG, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("other_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id", "digest"],
            ["histories.claim_id", "histories.digest"],
            name=op.f("fk_history_precedents_claim_id"),
        ),
        sa.ForeignKeyConstraint(["other_id"], ["claims.id"], name=op.f("fk_history_precedents_other_id")),
        sa.PrimaryKeyConstraint("claim_id", "digest", "other_id", name=op.f("pk_history_precedents")),
    )
    op.create_index("ix_history_precedents_other_id", "history_precedents", ["other_id"], unique=False)
