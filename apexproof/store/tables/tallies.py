"""What was counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Table


class TallyRow(Table):
    """How often something happened, and how many seconds it took altogether.

    A count is the sum over its shards: processes that count the same thing do not wait for one row.
    """

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(80), primary_key=True)
    bound: Mapped[str] = mapped_column(String(10), primary_key=True)
    """The upper end of the bucket in seconds, as the metrics write it; empty for what has none."""
    shard: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
