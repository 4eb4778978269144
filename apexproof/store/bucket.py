"""Bucket: blobs in an S3-compatible store, for installations whose parts share no disk.

A file that comes in lies in a private file here until its hash is known, then it is sent, with that hash for the store
to check; it counts as kept when the store says so. A file that is read is fetched into a private file, and its hash is
checked again. What the store itself calls durable is its own affair: docs/deployment.md says how to hold it to that.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from apexproof.settings import PREFIX, Settings, SettingsUnusable
from apexproof.store.blobs import (
    Blob,
    BlobDamaged,
    BlobsAway,
    Folder,
    Incoming,
    IncomingBlob,
    key_of,
    private,
    room,
)
from apexproof.store.sealing import SealedBlobs, is_sealed, keys_of

if TYPE_CHECKING:  # there is no such name at run time
    from obstore.store import S3Config

_CONNECT, _REQUEST = timedelta(seconds=3), timedelta(seconds=30)
_TRIES, _TRIED_FOR = 2, timedelta(seconds=15)
_AT_ONCE = 1024**2
_CODE = re.compile(r"<Code>(\w+)</Code>")
_NO_BUCKET = "NoSuchBucket"
_log = logging.getLogger(__name__)


def open_blobs(settings: Settings) -> SealedBlobs:
    """The place that the settings name: a bucket, or else a folder; sealed when there is a key."""
    return SealedBlobs(unsealed_blobs(settings), keys_of(settings))


def unsealed_blobs(settings: Settings) -> Folder | Bucket:
    """The same, with every file as it lies there: sealed or not."""
    return Folder(settings.blobs) if settings.s3_bucket is None else Bucket(settings, settings.s3_bucket)


class Bucket:
    """A bucket. It is opened when it is first needed, since its client does not survive a fork."""

    def __init__(self, settings: Settings, bucket: str) -> None:
        if (settings.s3_access_key_id is None) is not (settings.s3_secret_access_key is None):
            reason = "the identifier and the secret of a key belong together; state both, or neither"
            raise SettingsUnusable(origin=f"{PREFIX}S3_SECRET_ACCESS_KEY", reason=reason)
        self._settings = settings
        self._bucket = bucket
        self._incoming = Incoming(settings.blobs)

    @cached_property
    def _store(self) -> S3Store:
        return S3Store(
            self._bucket,
            config=_config(self._settings),
            client_options={
                "allow_http": (self._settings.s3_endpoint or "").startswith("http://"),
                "connect_timeout": _CONNECT,
                "timeout": _REQUEST,
            },
            retry_config={"max_retries": _TRIES, "retry_timeout": _TRIED_FOR},
        )

    def incoming(self, *, most: int) -> IncomingBlob:
        """Begin to take in a file; its hash, and so its name, is known at its end."""
        return IncomingBlob(self._incoming.place(), most=most, durable=False, store=self._send)

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[Path]:
        """A copy of the blob, which is removed when the block ends."""
        path = self._incoming.place()
        try:
            self._fetch(sha256, path)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether the bucket can be reached and read now."""
        try:
            next(iter(obstore.list(self._store, prefix=key_of("0" * 64), chunk_size=1)), None)
        except (BaseError, OSError) as error:
            _log_refused(error)
            return False
        return True

    def has(self, sha256: str) -> bool:
        """Whether the blob is there."""
        try:
            obstore.head(self._store, key_of(sha256))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            _log_refused(error)
            raise BlobsAway from None
        return True

    def remove(self, sha256: str) -> None:
        """Remove the blob; one that is not there is no error to such stores."""
        try:
            obstore.delete(self._store, key_of(sha256))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            _log_refused(error)
            raise BlobsAway from None

    def hashes(self) -> Iterator[str]:
        """All blobs."""
        try:
            for page in obstore.list(self._store):
                yield from (found["path"].rpartition("/")[2] for found in page)
        except (BaseError, OSError) as error:
            _log_refused(error)
            raise BlobsAway from None

    def remove_abandoned(self) -> int:
        """Remove copies whose reader was killed."""
        return self._incoming.remove_abandoned()

    def _send(self, path: Path, blob: Blob) -> None:
        try:
            obstore.put(self._store, key_of(blob.sha256), path)
        except (BaseError, OSError) as error:
            _log_refused(error)
            raise BlobsAway from None

    def _fetch(self, sha256: str, path: Path) -> None:
        found = hashlib.sha256()
        try:
            with room(), BufferedWriter(FileIO(path, "xb", opener=private)) as file:
                for octets in obstore.get(self._store, key_of(sha256)).stream(min_chunk_size=_AT_ONCE):
                    found.update(octets)
                    file.write(octets)
        except FileNotFoundError as error:
            if _NO_BUCKET in str(error):
                _log_refused(error)
                raise BlobsAway from None
            raise BlobDamaged("A file that was kept is gone from the bucket; look at who may delete there.") from None
        except BaseError as error:
            _log_refused(error)
            raise BlobsAway from None
        if found.hexdigest() != sha256 and not is_sealed(path):  # what is sealed shows damage as it is opened
            raise BlobDamaged("A file in the bucket has other bytes than those that came; look at who may write there.")


def _config(settings: Settings) -> S3Config:
    """What is said of the store: without a key, the machine's own role is asked for one."""
    config: S3Config = {"region": settings.s3_region, "checksum_algorithm": "SHA256"}
    if settings.s3_endpoint is not None:
        config["endpoint"] = settings.s3_endpoint
    if settings.s3_access_key_id is not None and settings.s3_secret_access_key is not None:
        config["access_key_id"] = settings.s3_access_key_id
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    return config


def _log_refused(error: Exception) -> None:
    """Log what the store answered, but for its words, which may quote what it was asked."""
    code = _CODE.search(str(error))
    _log.error("The bucket could not be used: %s.", code[1] if code else type(error).__name__)
