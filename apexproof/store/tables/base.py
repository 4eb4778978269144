"""The base of all tables, and the kinds of columns that they share."""

from __future__ import annotations

import sys
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


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


class _Packers(threading.local):
    """A compressor for each thread: to make one takes longer than to pack a text with it."""

    def __init__(self) -> None:
        self.of_this_thread = zstd.ZstdCompressor(level=_QUICKEST)


class PackedText(TypeDecorator[str]):
    """Long text, kept at a sixth of its size (Zstandard); what older versions kept otherwise is given back, too."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Pack it."""
        del dialect
        if value is None:
            return None
        packer = _PACKERS.of_this_thread
        return packer.compress(value.encode(), packer.FLUSH_FRAME)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401 - as the base says
        """Unpack it."""
        del dialect
        if value is None or isinstance(value, str):
            return value
        octets = bytes(value)
        return _UNPACKED.get(octets[:1], bytes)(octets).decode()


_QUICKEST = 1  # as small as zlib's and three times as quick
_PACKERS = _Packers()
# RFC 8878, 3.1.1: the magic number; RFC 1950, 2.2: deflate with a window of 32 KiB; JSON begins with a brace.
_UNPACKED: dict[bytes, Callable[[bytes], bytes]] = {b"(": zstd.decompress, b"x": zlib.decompress}
BIG = BigInteger().with_variant(Integer, "sqlite")
Identity = Annotated[int, mapped_column(BIG, primary_key=True, autoincrement=True)]
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
