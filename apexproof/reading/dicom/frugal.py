"""Frugal: a file of which only so much is read."""

from __future__ import annotations

import io
from typing import BinaryIO

from apexproof.errors import ReadingFailed


class Frugal(io.RawIOBase):
    """A file of which only so much is read: elements by the million would fill the memory."""

    def __init__(self, file: BinaryIO, *, most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int = -1) -> bytes:
        """Read on.

        Raises:
            ReadingFailed: it would be too much by now.
        """
        piece = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(piece)
        if self._left <= 0:
            raise ReadingFailed("too_large", "Its header is larger than any that is looked at.")
        return piece

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go elsewhere."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._file.tell()

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True
