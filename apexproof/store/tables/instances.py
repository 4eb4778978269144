"""DICOM instances that came by themselves, and where each belongs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Digest, Identity, Organisation, Table

Uid = String(64)


class InstanceRow(Table):
    """A DICOM instance; its file is the attachment's, which has no claim while the instance waits for a person.

    `content` is the SHA-256 over its transfer syntax and data set: another file meta information, which every program
    writes anew, does not make it another. What of it is searched for stands in columns as DICOM writes it, in at most
    so many characters; `attributes` is DICOM JSON (PS3.18 annex F).
    """

    __tablename__ = "dicom_instances"
    __table_args__ = (
        UniqueConstraint("organisation", "content"),
        Index("ix_dicom_instances_study", "organisation", "study", "series", "uid"),
        Index("ix_dicom_instances_uid", "organisation", "uid"),
        Index("ix_dicom_instances_state", "organisation", "state", "id"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    content: Mapped[Digest]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    syntax: Mapped[str] = mapped_column(Uid)
    sop_class: Mapped[str] = mapped_column(Uid)
    study: Mapped[str] = mapped_column(Uid)
    series: Mapped[str] = mapped_column(Uid)
    uid: Mapped[str] = mapped_column(Uid)
    accession: Mapped[str] = mapped_column(Uid)
    study_id: Mapped[str] = mapped_column(Uid)
    study_date: Mapped[str] = mapped_column(Uid)
    modality: Mapped[str] = mapped_column(Uid)
    patient_name: Mapped[str] = mapped_column(String(200))
    patient_id: Mapped[str] = mapped_column(Uid)
    birth_date: Mapped[date | None]
    taken: Mapped[date | None]
    attributes: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(30))
    """By which rule it belongs to its claim, or why it waits."""
    received_at: Mapped[datetime]
