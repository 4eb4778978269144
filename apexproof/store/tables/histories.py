"""What claims know of each other: whose they are, which films are alike, and what each answer was given against.

Their indexes begin with what tells most rows apart, and name the organisation next: without statistics SQLite takes the
organisation for as telling as a hash, and would go through all that it has.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import BIG, Digest, Identity, Organisation, Table


class PatientKeyRow(Table):
    """A number that two claims share when they may be of one patient (`store.histories.patient_keys`).

    It is made by a hash and no secret: whoever has this table has the claims too. It keeps names out of indexes, query
    plans and logs.
    """

    __tablename__ = "patient_keys"
    __table_args__ = (Index("ix_patient_keys_claim_id", "claim_id", "organisation"),)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation: Mapped[Organisation] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)


class FilmRow(Table):
    """A picture of a file of an organisation, as one version of the reader hashed it."""

    __tablename__ = "films"
    __table_args__ = (
        Index("ix_films_sha256", "sha256", "organisation", "reader"),
        Index("ix_films_pixel_sha256", "pixel_sha256", "organisation"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    sha256: Mapped[Digest]
    reader: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(Text)
    pixel_sha256: Mapped[Digest]
    perceptual: Mapped[str] = mapped_column(Text)


class FilmKeyRow(Table):
    """A number that two films share when they may be alike."""

    __tablename__ = "film_keys"

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation: Mapped[Organisation] = mapped_column(primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"), primary_key=True)


class LikenessRow(Table):
    """That two films of different files are alike, in both directions."""

    __tablename__ = "film_likenesses"

    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("films.id"), primary_key=True)


class HistoryRow(Table):
    """What a claim was judged against of other claims: where each service and image stands (JSON)."""

    __tablename__ = "histories"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class PrecedentRow(Table):
    """Another claim that a history speaks of."""

    __tablename__ = "history_precedents"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "digest"], ["histories.claim_id", "histories.digest"]),
        Index("ix_history_precedents_other_id", "other_id"),
    )

    claim_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
