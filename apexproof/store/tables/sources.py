"""Where claims and files came from when they came in an interchange."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table


class InterchangeRow(Table):
    """An interchange as it came; its bytes are the blob of that hash, and stay as long as what was read from it."""

    __tablename__ = "interchanges"
    __table_args__ = (UniqueConstraint("organisation", "sha256"), Index("ix_interchanges_sha256", "sha256"))

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]


class RevisionSourceRow(Table):
    """Where in an interchange a revision of a claim was said.

    `segment` is the place of its CLM from 1; the control numbers are ISA13, GS06 and ST02. `line_control_numbers` are
    REF*6R by line number, as JSON: a remittance echoes them.
    """

    __tablename__ = "claim_revision_sources"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    interchange_id: Mapped[int] = mapped_column(ForeignKey("interchanges.id"))
    segment: Mapped[int]
    interchange: Mapped[str] = mapped_column(String(50))
    group: Mapped[str] = mapped_column(String(50))
    transaction_set: Mapped[str] = mapped_column(String(50))
    line_control_numbers: Mapped[str] = mapped_column(Text)


class AttachmentSourceRow(Table):
    """Where in an interchange (275) a file came, and of which service line it is said to be."""

    __tablename__ = "attachment_sources"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)
    interchange_id: Mapped[int] = mapped_column(ForeignKey("interchanges.id"))
    segment: Mapped[int]
    line: Mapped[str | None] = mapped_column(String(50))
