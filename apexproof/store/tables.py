"""The tables. Every row of a claim belongs to an organisation, and every query names it.

What a claim row repeats of its latest revision and verification (outcome, payer, day of the visit) is there to be
searched; the truth is in `claim_revisions` and `verifications`, to which rows are only ever added.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which knows no zones, gets it without one and gives it back with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Make it UTC."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - as the base says
        """Say that it is UTC."""
        del dialect
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_BIG = BigInteger().with_variant(Integer, "sqlite")
Identity = Annotated[int, mapped_column(_BIG, primary_key=True, autoincrement=True)]
Digest = Annotated[str, mapped_column(String(64))]
Organisation = Annotated[str, mapped_column(String(100))]


class Table(DeclarativeBase):
    """The base of all tables; constraints have names, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


class KeyRow(Table):
    """An API key: who may, what, and since when. The secret itself is nowhere; its SHA-256 is."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    secret_sha256: Mapped[Digest]
    organisation: Mapped[Organisation]
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ClaimRow(Table):
    """A claim, under its sender's number."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("organisation", "number"),
        Index("ix_claims_organisation_outcome_number", "organisation", "outcome", "number"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    number: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int]
    received_at: Mapped[datetime]
    payer: Mapped[str | None] = mapped_column(String(200))
    provider: Mapped[str | None] = mapped_column(String(10))
    visit: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    verification: Mapped[int | None]
    """The number, among the claim's verifications, of the one that holds now."""


class RevisionRow(Table):
    """What the sender claimed, each time it changed."""

    __tablename__ = "claim_revisions"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[Digest]
    document: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]


class ControlNumberRow(Table):
    """An attachment control number that the latest revision of a claim declares."""

    __tablename__ = "claim_control_numbers"
    __table_args__ = (Index("ix_claim_control_numbers_number", "organisation", "control_number"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    control_number: Mapped[str] = mapped_column(String(80), primary_key=True)
    organisation: Mapped[Organisation]


class ObstacleRow(Table):
    """A check that stands between a claim and `verified`, as of the verification that holds now."""

    __tablename__ = "claim_obstacles"
    __table_args__ = (Index("ix_claim_obstacles_check", "check"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    check: Mapped[str] = mapped_column(String(10), primary_key=True)


class AttachmentRow(Table):
    """A file that came for a claim; `claim_id` is empty while the claim has not come."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("organisation", "claim_number", "sha256"),
        Index("ix_attachments_claim_id", "claim_id"),
        Index("ix_attachments_control_number", "organisation", "control_number"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    claim_number: Mapped[str] = mapped_column(String(80))
    control_number: Mapped[str | None] = mapped_column(String(80))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str] = mapped_column(String(255))
    declared: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]


class ReadingRow(Table):
    """What a version of the reader found in a file: in its pixels, or in the words burned into them, too.

    It is kept for each organisation on its own: what one sender's file made of its reader is never believed of
    another's, and nobody can tell by the time it takes whether somebody else sent the same file.
    """

    __tablename__ = "readings"

    organisation: Mapped[Organisation] = mapped_column(primary_key=True)
    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    reader: Mapped[str] = mapped_column(String(20), primary_key=True)
    depth: Mapped[str] = mapped_column(String(10), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]


class PolicyRow(Table):
    """A policy that was ever in force, so that years later it can be said what was demanded."""

    __tablename__ = "policies"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)


class VerificationRow(Table):
    """An answer for a claim. Rows are added and never changed; the same question is answered once."""

    __tablename__ = "verifications"
    __table_args__ = (UniqueConstraint("claim_id", "revision", "files_digest", "reader", "engine", "policy_digest"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    files_digest: Mapped[Digest]
    reader: Mapped[str] = mapped_column(String(20))
    engine: Mapped[str] = mapped_column(String(20))
    policy_digest: Mapped[Digest] = mapped_column(ForeignKey("policies.digest"))
    outcome: Mapped[str] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class JobRow(Table):
    """Work that was promised: the row is the truth, the message in the queue only rings.

    `wake_at` is when the sweep looks after it: not heard of since it was sent, or its lease has run out.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_wake_at", "state", "wake_at"),
        Index("ix_jobs_claim_id_state", "claim_id", "state"),
        Index("ix_jobs_attachment_id_state", "attachment_id", "state"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    work: Mapped[str] = mapped_column(String(20))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    sendings: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(40))
    wake_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
