"""Blobs: the files themselves, each under its SHA-256; the same bytes are kept once.

A blob is there whole or not at all: it is written beside, made durable, and only then given its name. Here they lie in
a folder; `store.bucket` keeps them in an S3-compatible bucket instead.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from apexproof.errors import ApexproofError
from apexproof.store import writeback

_INCOMING = "incoming"
_ABANDONED_SECONDS = 24 * 3600
_AHEAD = 256 * 1024  # bytes; less is not worth to be sent ahead to the disk


class FileTooLarge(ApexproofError):
    """A file is larger than is taken in."""

    def __init__(self, *, most: int) -> None:
        """Take the limit in bytes."""
        self.most = most
        super().__init__(f"This file is larger than {most} bytes; send the image itself, and each on its own.")


class StorageFull(ApexproofError):
    """There is no room for what comes; what is kept already is not touched."""

    def __init__(self) -> None:
        super().__init__("The service has no room left on its disk; nothing was kept of this, so send it again later.")


class BlobDamaged(ApexproofError):
    """A file that was kept is gone, or its bytes are not those that came: the disk is to be looked at."""


class BlobsAway(ApexproofError):
    """The place where the files are kept does not answer, or does not let us in."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__("The store of the files does not answer; send the same again in a moment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file that is kept."""

    sha256: str
    size: int


@contextmanager
def room() -> Iterator[None]:
    """Say that the disk is full, or the quota or the size of a file used up, as what it is.

    Raises:
        StorageFull: it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StorageFull from None
        raise


class Sealing(Protocol):
    """What encrypts a file as it comes (`store.sealing`)."""

    def update(self, octets: bytes) -> bytes:
        """Take the next bytes, and give those that are sealed by now."""

    def finish(self) -> bytes:
        """The rest."""


class IncomingBlob:
    """A file that is still coming in; unless it is kept, nothing of it remains."""

    def __init__(self, path: Path, *, most: int, durable: bool, store: Callable[[Path, Blob], None]) -> None:
        """Take what stores it where it lies then; when it is to be `durable` there, it is on the disk by then."""
        self._path = path
        self._durable = durable
        with room():
            self._file = FileIO(path, "xb", opener=private)
        self._hash = hashlib.sha256()
        self._most = most
        self._store = store
        self._sealer: Sealing | None = None
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash over what came so far, in plain."""
        return self._hash.hexdigest()

    def seal(self, sealer: Sealing) -> None:
        """Let what comes be sealed before it is written; called before the first byte."""
        self._sealer = sealer

    def write(self, octets: bytes) -> None:
        """Take in the next bytes.

        Raises:
            FileTooLarge: there are more of them than are taken.
            StorageFull: there is no room for them.
        """
        self.size += len(octets)
        if self.size > self._most:
            raise FileTooLarge(most=self._most)
        self._hash.update(octets)
        self._put(self._sealer.update(octets) if self._sealer else octets)

    def keep(self) -> Blob:
        """Make it durable under its hash.

        Raises:
            BlobsAway: that is not possible now.
            StorageFull: there is no room for it.
        """
        sha256 = self.sha256
        if self._sealer is not None:
            self._put(self._sealer.finish())
            self._sealer = None
        return self.keep_as(sha256)

    def keep_as(self, sha256: str) -> Blob:
        """Make it durable as the copy of a kept file, which may be sealed; raises what `keep` does."""
        blob = Blob(sha256=sha256, size=self.size)
        with room():
            if self._durable:
                os.fsync(self._file.fileno())
            self._store(self._path, blob)
        return blob

    def _put(self, octets: bytes) -> None:
        view = memoryview(octets)
        with room():
            while view:
                view = view[self._file.write(view) :]
        if self._durable and len(octets) >= _AHEAD:
            writeback.begin(self._file.fileno())

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End; what was not kept is removed."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Blobs(Protocol):
    """Where the files are kept."""

    def incoming(self, *, most: int) -> IncomingBlob:
        """Begin to take in a file of at most so many bytes."""

    def at_hand(self, sha256: str) -> AbstractContextManager[Path]:
        """A blob as a file that can be read while the block lasts.

        Raises:
            BlobDamaged: it is gone, or has other bytes.
            BlobsAway: it cannot be had now.
        """

    def answers(self) -> bool:
        """Whether the place can be reached now."""

    def has(self, sha256: str) -> bool:
        """Whether the blob is there.

        Raises:
            BlobsAway: that cannot be told now.
        """

    def remove(self, sha256: str) -> None:
        """Remove a blob, if it is there.

        Raises:
            BlobsAway: that is not possible now.
        """

    def hashes(self) -> Iterator[str]:
        """All blobs, by their hashes.

        Raises:
            BlobsAway: that cannot be told now.
        """

    def remove_abandoned(self) -> int:
        """Remove what was left of uploads that broke off long ago; how many there were."""


class Incoming:
    """The folder in which files lie while they come in, or while they are looked at; only we can read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _INCOMING

    def place(self) -> Path:
        """A path that is not taken."""
        with room():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / secrets.token_hex(16)

    def remove_abandoned(self) -> int:
        """Remove what nobody can be waiting for any more; how many there were."""
        abandoned = [path for path in self._folder.glob("*") if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)


class Folder:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = Incoming(folder)
        self._durable: set[Path] = set()  # folders in it of which this process knows that they outlive a power cut

    def incoming(self, *, most: int) -> IncomingBlob:
        """Begin to take in a file."""
        return IncomingBlob(self._incoming.place(), most=most, durable=True, store=self._keep)

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[Path]:
        """The file itself, where it lies; whoever reads it compares the hash."""
        yield self._folder / key_of(sha256)

    def answers(self) -> bool:
        """A disk that is there can be reached."""
        return self._folder.parent.is_dir()

    def has(self, sha256: str) -> bool:
        """Whether the file is there."""
        return (self._folder / key_of(sha256)).is_file()

    def remove(self, sha256: str) -> None:
        """Remove the file for good."""
        place = self._folder / key_of(sha256)
        place.unlink(missing_ok=True)
        if place.parent.is_dir():
            _sync(place.parent)

    def hashes(self) -> Iterator[str]:
        """The names of the files."""
        return (path.name for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")))

    def remove_abandoned(self) -> int:
        """Remove what was left of uploads that broke off."""
        return self._incoming.remove_abandoned()

    def _keep(self, path: Path, blob: Blob) -> None:
        place = self._folder / key_of(blob.sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(place)
        _sync(place.parent)
        if place.parent not in self._durable:
            _sync(self._folder)
            self._durable.add(place.parent)


def key_of(sha256: str) -> str:
    """Where a blob lies below the folder or the bucket: the same in both, so that one can be copied into the other."""
    return f"{sha256[:2]}/{sha256}"


def private(path: str, flags: int) -> int:
    """Open a file that nobody else can read."""
    return os.open(path, flags, 0o600)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
