"""Sealed files: opened whole and unchanged, or not at all."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.settings import Settings, SettingsUnusable, load_settings
from apexproof.store.blobs import Blob, BlobDamaged, key_of
from apexproof.store.bucket import open_blobs
from apexproof.store.sealing import BlobLocked, SealedBlobs, is_sealed, keys_of

CHUNK = 65536
SEALED_CHUNK = CHUNK + 16
HEADER = 39
OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
THREE_CHUNKS = bytes(range(256)) * (3 * CHUNK // 256)
CONTENT = b"a film of Marigold Quill"


def keep(blobs: SealedBlobs, content: bytes, *, step: int = 1 << 20) -> Blob:
    with blobs.incoming(most=1 << 24) as incoming:
        for begin in range(0, len(content), step):
            incoming.write(content[begin : begin + step])
        return incoming.keep()


def read(blobs: SealedBlobs, sha256: str) -> bytes:
    with blobs.at_hand(sha256) as path:
        return path.read_bytes()


def place(folder: Path, blob: Blob) -> Path:
    return folder / "blobs" / key_of(blob.sha256)


def opened(folder: Path, *keys: str) -> SealedBlobs:
    return open_blobs(load_settings(data_dir=folder, blob_key=",".join(keys) or None))


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> SealedBlobs:
    """A folder with a key."""
    return opened(tmp_path_factory.mktemp("d"), NEW)


@given(content=st.binary(min_size=1, max_size=300), step=st.integers(1, 300))
def test_what_was_sealed_opens_to_the_byte_however_it_came(blobs: SealedBlobs, content: bytes, step: int) -> None:
    assert read(blobs, keep(blobs, content, step=step).sha256) == content


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_sizes_around_the_chunks_open_to_the_byte(blobs: SealedBlobs, size: int) -> None:
    content = THREE_CHUNKS[:size]
    assert read(blobs, keep(blobs, content, step=1000).sha256) == content


def test_nothing_of_the_content_lies_on_the_disk(tmp_path: Path) -> None:
    blob = keep(opened(tmp_path, NEW), CONTENT)
    assert is_sealed(place(tmp_path, blob))
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"Quill" in octets for octets in everything)


def test_an_open_file_has_no_name_on_the_disk(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    blob = keep(blobs, CONTENT)
    with blobs.at_hand(blob.sha256) as path:
        assert path.parent == Path("/dev/fd")
        assert [found for found in tmp_path.rglob("*") if found.is_file()] == [place(tmp_path, blob)]
    assert not path.exists()


def test_the_same_bytes_are_sealed_otherwise_each_time(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    first = place(tmp_path, keep(blobs, CONTENT)).read_bytes()
    assert place(tmp_path, keep(blobs, CONTENT)).read_bytes() != first


@pytest.mark.parametrize(
    "where", [8, 16, 31, HEADER - 1, HEADER, HEADER + SEALED_CHUNK - 1, HEADER + 2 * SEALED_CHUNK, -1]
)
def test_a_single_changed_bit_is_damage(tmp_path: Path, where: int) -> None:
    blobs = opened(tmp_path, NEW)
    blob = keep(blobs, THREE_CHUNKS)
    sealed = bytearray(place(tmp_path, blob).read_bytes())
    sealed[where] ^= 1
    place(tmp_path, blob).write_bytes(sealed)
    with pytest.raises((BlobDamaged, BlobLocked)):
        read(blobs, blob.sha256)


@pytest.mark.parametrize("chunks", [[0, 1], [0], [], [1, 0, 2], [0, 0, 1, 2], [0, 2], [0, 1, 2, 2]])
def test_chunks_that_are_missing_moved_or_repeated_are_damage(tmp_path: Path, chunks: list[int]) -> None:
    blobs = opened(tmp_path, NEW)
    blob = keep(blobs, THREE_CHUNKS)
    sealed = place(tmp_path, blob).read_bytes()
    parts = [sealed[HEADER + SEALED_CHUNK * n : HEADER + SEALED_CHUNK * (n + 1)] for n in range(3)]
    place(tmp_path, blob).write_bytes(sealed[:HEADER] + b"".join(parts[n] for n in chunks))
    with pytest.raises(BlobDamaged):
        read(blobs, blob.sha256)


def test_plain_files_and_those_of_a_former_key_lie_beside_sealed_ones(tmp_path: Path) -> None:
    plain = keep(opened(tmp_path), b"plain")
    former = keep(opened(tmp_path, OLD), b"former")
    blobs = opened(tmp_path, NEW, OLD)
    now = keep(blobs, b"now")
    assert [read(blobs, one.sha256) for one in (plain, former, now)] == [b"plain", b"former", b"now"]


def test_rekeying_leaves_nothing_that_a_former_key_or_none_opens(tmp_path: Path) -> None:
    kept = [
        keep(opened(tmp_path), b"plain"),
        keep(opened(tmp_path, OLD), b"former"),
        keep(opened(tmp_path, NEW), b"now"),
    ]
    both = opened(tmp_path, NEW, OLD)
    assert sorted(both.hashes()) == sorted(blob.sha256 for blob in kept)
    assert [both.rekey(blob.sha256) for blob in kept] == [True, True, False]
    assert [read(opened(tmp_path, NEW), blob.sha256) for blob in kept] == [b"plain", b"former", b"now"]
    for blob in kept:
        with pytest.raises(BlobLocked):
            read(opened(tmp_path, OLD), blob.sha256)


def test_rekeying_keeps_its_hands_off_what_is_damaged(tmp_path: Path) -> None:
    blob = keep(opened(tmp_path), CONTENT)
    place(tmp_path, blob).write_bytes(b"rot")
    with pytest.raises(BlobDamaged):
        opened(tmp_path, NEW).rekey(blob.sha256)
    assert place(tmp_path, blob).read_bytes() == b"rot"


def test_a_plain_file_that_looks_sealed_is_still_plain(tmp_path: Path) -> None:
    content = b"apxseal\x01" + bytes(100)
    blob = keep(opened(tmp_path), content)
    for keys in ([], [NEW]):
        assert read(opened(tmp_path, *keys), blob.sha256) == content
    assert hashlib.sha256(content).hexdigest() == blob.sha256


@pytest.mark.parametrize("written", ["short", "!" * 44, NEW[:-4], f"{NEW},x"])
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsUnusable) as refused:
        open_blobs(load_settings(data_dir=tmp_path, blob_key=written))
    assert written not in str(refused.value)
    assert NEW not in str(refused.value)


def test_keys_come_from_one_place_and_are_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "blob.key"
    file.write_text(f"{NEW}\n{OLD}\n")
    from_file = load_settings(data_dir=tmp_path, blob_key_file=file)
    stated = load_settings(data_dir=tmp_path, blob_key=f"{NEW},{OLD}")
    assert keys_of(from_file) == keys_of(stated)
    assert NEW not in repr(stated) + repr(keys_of(stated)) + repr(stated.shown())
    with pytest.raises(SettingsUnusable, match="beside"):
        keys_of(load_settings(data_dir=tmp_path, blob_key=NEW, blob_key_file=file))
    assert keys_of(Settings(data_dir=tmp_path)) == ()
