"""Blobs: whole under their hash or not there at all."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.store.blobs import Blob, Blobs, FileTooLarge


def kept(blobs: Blobs, *parts: bytes, most: int = 1000) -> Blob:
    with blobs.incoming(most=most) as incoming:
        for part in parts:
            incoming.write(part)
        return incoming.keep()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@given(parts=st.lists(st.binary(max_size=50), max_size=5))
def test_a_blob_lies_under_its_hash_however_it_came(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("b")
    blob = kept(Blobs(folder), *parts)
    whole = b"".join(parts)
    assert blob == Blob(sha256=hashlib.sha256(whole).hexdigest(), size=len(whole))
    assert Blobs(folder).path(blob.sha256).read_bytes() == whole
    assert files(folder) == [Blobs(folder).path(blob.sha256)]


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with Blobs(tmp_path).incoming(most=1000) as incoming:
        incoming.write(b"half of it")
        assert len(files(tmp_path)) == 1
    assert files(tmp_path) == []


def test_what_is_too_large_is_refused_at_the_first_byte_too_many(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert kept(blobs, b"x" * 10, most=10).size == 10
    with pytest.raises(FileTooLarge, match="larger than 10 bytes"):
        kept(blobs, b"x" * 5, b"x" * 6, most=10)
    assert len(files(tmp_path)) == 1


def test_the_same_bytes_at_once_are_one_blob(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda _: kept(blobs, b"film"), range(8)))
    assert len(set(came)) == 1
    assert [path.read_bytes() for path in files(tmp_path)] == [b"film"]


def test_nobody_else_on_the_machine_reads_a_blob(tmp_path: Path) -> None:
    blob = kept(Blobs(tmp_path / "blobs"), b"film")
    path = Blobs(tmp_path / "blobs").path(blob.sha256)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]


def test_only_what_was_abandoned_long_ago_is_removed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blob = kept(blobs, b"film")
    with blobs.incoming(most=1000) as incoming:
        incoming.write(b"still coming")
        (tmp_path / "incoming" / "abandoned").write_bytes(b"x")
        os.utime(tmp_path / "incoming" / "abandoned", (0, 0))
        os.utime(blobs.path(blob.sha256), (0, 0))
        assert blobs.remove_abandoned() == 1
        assert len(files(tmp_path)) == 2
