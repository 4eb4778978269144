"""Blobs: the files themselves, in a folder, each under its SHA-256; the same bytes are kept once.

A blob is there whole or not at all: it is written beside, made durable, and only then given its name.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from apexproof.errors import ApexproofError

_INCOMING = "incoming"
_ABANDONED_SECONDS = 24 * 3600


class FileTooLarge(ApexproofError):
    """A file is larger than is taken in."""

    def __init__(self, *, most: int) -> None:
        """Take the limit in bytes."""
        self.most = most
        super().__init__(f"This file is larger than {most} bytes; send the image itself, and each on its own.")


class BlobDamaged(ApexproofError):
    """A file that was kept is gone, or its bytes are not those that came: the disk is to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file that is kept."""

    sha256: str
    size: int


class IncomingBlob:
    """A file that is still coming in; unless it is kept, nothing of it remains."""

    def __init__(self, folder: Path, *, most: int) -> None:
        self._folder = folder
        self._path = folder / _INCOMING / secrets.token_hex(16)
        self._file = FileIO(self._path, "xb", opener=_private)
        self._hash = hashlib.sha256()
        self._most = most
        self.size = 0

    def write(self, octets: bytes) -> None:
        """Take in the next bytes.

        Raises:
            FileTooLarge: there are more of them than are taken.
        """
        self.size += len(octets)
        if self.size > self._most:
            raise FileTooLarge(most=self._most)
        self._hash.update(octets)
        view = memoryview(octets)
        while view:
            view = view[self._file.write(view) :]

    def keep(self) -> Blob:
        """Make it durable under its hash."""
        blob = Blob(sha256=self._hash.hexdigest(), size=self.size)
        place = _place(self._folder, blob.sha256)
        os.fsync(self._file.fileno())
        place.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(place)
        for folder in (place.parent, place.parent.parent):
            _sync(folder)
        return blob

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End; what was not kept is removed."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Blobs:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def incoming(self, *, most: int) -> IncomingBlob:
        """Begin to take in a file of at most so many bytes."""
        (self._folder / _INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
        return IncomingBlob(self._folder, most=most)

    def path(self, sha256: str) -> Path:
        """Where a blob lies."""
        return _place(self._folder, sha256)

    def remove_abandoned(self) -> int:
        """Remove what was left of uploads that broke off long ago; how many there were."""
        abandoned = [
            path
            for path in (self._folder / _INCOMING).glob("*")
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS
        ]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
