"""Files that came, and what was read in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table


class AttachmentRow(Table):
    """A file that came for a claim; `claim_id` is empty while the claim has not come."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("organisation", "claim_number", "sha256"),
        Index("ix_attachments_claim_id", "claim_id"),
        # It begins with the hash: else SQLite takes it for every query that names an organisation.
        Index("ix_attachments_sha256_organisation", "sha256", "organisation", "claim_id"),
        Index("ix_attachments_control_number", "organisation", "control_number"),
        Index("ix_attachments_sha256", "sha256"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    claim_number: Mapped[str] = mapped_column(String(80))
    control_number: Mapped[str | None] = mapped_column(String(80))
    member_id: Mapped[str | None] = mapped_column(String(200))
    """Whose it is, when its sender says so: no other member's claim gets it."""
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
