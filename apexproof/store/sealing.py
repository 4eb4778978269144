"""Sealing: files encrypted at rest, in chunks, so that none has to be in memory as a whole, written or read.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, CRYPTO 2015) over AES-256-GCM: the nonce of a chunk is a random prefix, the chunk's number, and one
byte that says whether it is the last. So a chunk that is changed, moved, repeated or missing, at the end as well, does
not open. Each file has a key of its own, drawn by HKDF-SHA256 from the installation's key, a random salt and the whole
header, which is thereby authenticated.

    mark and version 8 | identifier of the key 8 | salt 16 | nonce prefix 7 | chunks: 65536 bytes, and a tag of 16

A file without the mark is plain: both kinds lie side by side, and `apexproof blobs rekey` seals those that are plain or
sealed with a former key. A sealed file is opened into memory that has no name (or a temporary file that has none), and
only for as long as it is read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from apexproof.settings import PREFIX, Settings, SettingsUnusable
from apexproof.store.blobs import BlobDamaged, Blobs, BlobsAway, IncomingBlob

_MARK = b"apxseal\x01"
_KEY, _IDENTITY, _SALT, _PREFIX_OF_NONCE, _TAG = 32, 8, 16, 7, 16
_HEADER = len(_MARK) + _IDENTITY + _SALT + _PREFIX_OF_NONCE
_CHUNK = 65536
_AT_ONCE = 1024**2


class BlobLocked(BlobsAway):
    """A file is sealed with a key that is not set here; it can be had again when the key is."""

    def __init__(self) -> None:
        Exception.__init__(self, f"A file is encrypted under a key that {PREFIX}BLOB_KEY does not name; add that key.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobKey:
    """A key of the installation; its identifier stands in each file that it sealed."""

    secret: bytes = field(repr=False)

    @property
    def identity(self) -> bytes:
        """What names it, and says nothing of it."""
        return _derived(self.secret, length=_IDENTITY, salt=None, info=b"apexproof blob key identifier")

    @classmethod
    def new(cls) -> str:
        """A new one, as it is written in the settings."""
        return base64.b64encode(secrets.token_bytes(_KEY)).decode()


class Sealer:
    """Seals one file as it comes."""

    def __init__(self, key: BlobKey) -> None:
        header = _MARK + key.identity + secrets.token_bytes(_SALT + _PREFIX_OF_NONCE)
        self._chunks = _Chunks(key, header)
        self._waiting = bytearray()
        self._out = bytearray(header)

    def update(self, octets: bytes) -> bytes:
        """Take the next bytes, and give those that are sealed by now."""
        self._waiting += octets
        begin = 0
        while len(self._waiting) - begin > _CHUNK:  # what could be the last chunk waits
            self._out += self._chunks.seal(bytes(self._waiting[begin : begin + _CHUNK]), last=False)
            begin += _CHUNK
        del self._waiting[:begin]
        return self._given()

    def finish(self) -> bytes:
        """The last chunk."""
        self._out += self._chunks.seal(bytes(self._waiting), last=True)
        return self._given()

    def _given(self) -> bytes:
        given = bytes(self._out)
        self._out.clear()
        return given


class _Chunks:
    """The chunks of one file, one after the other."""

    def __init__(self, key: BlobKey, header: bytes) -> None:
        salt = header[len(_MARK) + _IDENTITY : -_PREFIX_OF_NONCE]
        self._aead = AESGCM(_derived(key.secret, length=_KEY, salt=salt, info=b"apexproof blob" + header))
        self._prefix = header[-_PREFIX_OF_NONCE:]
        self._number = 0

    def seal(self, octets: bytes, *, last: bool) -> bytes:
        return self._aead.encrypt(self._nonce(last=last), octets, None)

    def open(self, octets: bytes, *, last: bool) -> bytes:
        return self._aead.decrypt(self._nonce(last=last), octets, None)

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._prefix + self._number.to_bytes(4, "big") + bytes([last])
        self._number += 1
        return nonce


class SealedBlobs:
    """Files wherever they are kept, sealed with the first of the keys if there is one, and opened with any of them."""

    def __init__(self, kept: Blobs, keys: tuple[BlobKey, ...]) -> None:
        self._kept = kept
        self._keys = {key.identity: key for key in keys}
        self._current = keys[0] if keys else None
        self.answers, self.remove_abandoned = kept.answers, kept.remove_abandoned
        self.has, self.remove, self.hashes = kept.has, kept.remove, kept.hashes

    def incoming(self, *, most: int) -> IncomingBlob:
        """Begin to take in a file of at most so many bytes."""
        incoming = self._kept.incoming(most=most)
        if self._current is not None:
            incoming.seal(Sealer(self._current))
        return incoming

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[Path]:
        """A blob as a file in plain that can be read while the block lasts.

        Raises:
            BlobDamaged: it is gone, or has other bytes.
            BlobsAway: it cannot be had now.
        """
        with self._kept.at_hand(sha256) as path:
            if self._is_plain(path, sha256):
                yield path
                return
            with path.open("rb", buffering=0) as sealed, _nameless() as plain:
                for octets in self._opened(sealed):
                    plain.write(octets)
                plain.flush()
                yield Path(f"/dev/fd/{plain.fileno()}")

    def rekey(self, sha256: str) -> bool:
        """Seal a file with the current key; False when it is so already.

        Raises:
            BlobDamaged: it has other bytes than those that came; it stays as it is.
            BlobLocked: none of the keys opens it.
        """
        with self._kept.at_hand(sha256) as path:
            if self._current is None or _identity_in(path) == self._current.identity:
                return False
        with self.at_hand(sha256) as plain, plain.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            with self.incoming(most=size) as incoming:
                while octets := file.read(_AT_ONCE):
                    incoming.write(octets)
                if incoming.sha256 != sha256:
                    raise BlobDamaged("A file that was kept has other bytes than those that came; look at the disk.")
                incoming.keep()
        return True

    def _is_plain(self, path: Path, sha256: str) -> bool:
        """Whether a file is plain; one with the mark is, too, when somebody sent it so: then the hash is its own."""
        identity = _identity_in(path)
        if identity is None or identity in self._keys:
            return identity is None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def _opened(self, sealed: BinaryIO) -> Iterator[bytes]:
        header = sealed.read(_HEADER)
        key = self._keys.get(header[len(_MARK) : len(_MARK) + _IDENTITY])
        if key is None:
            raise BlobLocked
        chunks = _Chunks(key, header)
        chunk = sealed.read(_CHUNK + _TAG)
        while True:
            following = sealed.read(_CHUNK + _TAG)
            try:
                yield chunks.open(chunk, last=not following)
            except InvalidTag:
                raise BlobDamaged("A file that was kept encrypted is damaged or cut off; look at the disk.") from None
            if not following:
                return
            chunk = following


def is_sealed(path: Path) -> bool:
    """Whether a file is sealed, with whatever key."""
    return _identity_in(path) is not None


def keys_of(settings: Settings) -> tuple[BlobKey, ...]:
    """The keys in force, the one that seals first.

    Raises:
        SettingsUnusable: they are stated twice, cannot be read, or one is no key.
    """
    name, written = f"{PREFIX}BLOB_KEY", ""
    if settings.blob_key is not None:
        written = settings.blob_key.get_secret_value()
    if settings.blob_key_file is not None:
        if settings.blob_key is not None:
            raise SettingsUnusable(origin=name, reason=f"it is stated beside {name}_FILE; state one of them")
        name = f"{name}_FILE"
        try:
            written = settings.blob_key_file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise SettingsUnusable(origin=name, reason="the file cannot be read, or is not text") from None
    return tuple(_parsed(word, origin=name) for word in written.replace(",", " ").split())


def _parsed(word: str, *, origin: str) -> BlobKey:
    try:
        secret = base64.b64decode(word, validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != _KEY:
        reason = "a key is 32 random bytes in base64, as 'apexproof blobs key' makes them; several stand by commas"
        raise SettingsUnusable(origin=origin, reason=reason)
    return BlobKey(secret=secret)


def _derived(secret: bytes, *, length: int, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _identity_in(path: Path) -> bytes | None:
    """The identifier of the key that a file is sealed with; None of one that is plain, or is not there."""
    try:
        with path.open("rb", buffering=0) as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        return None
    return header[len(_MARK) : len(_MARK) + _IDENTITY] if header.startswith(_MARK) else None


@contextmanager
def _nameless() -> Iterator[BinaryIO]:
    """A file without a name, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("apexproof"), "wb") as file:
            yield file
    else:
        with tempfile.TemporaryFile() as file:
            yield file
