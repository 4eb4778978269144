"""What was written goes to the disk before anybody waits for it, as the kernel counts its pages (cachestat(2))."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from apexproof.store.blobs import Folder, IncomingBlob
from tests.service.served import until

_CACHESTAT = 451  # the number of the system call, on every machine (Linux 6.5)
PIECE = bytes(1024**2)
PIECES = 8
AT_ONCE = 3.0  # seconds: of itself the kernel begins after 5 and more


class _Range(ctypes.Structure):
    _fields_ = (("offset", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _Pages(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("cached", "dirty", "written", "evicted", "lately"))


def dirty_pages(path: Path) -> int:
    """How many pages of a file lie in memory alone."""
    pages = _Pages()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syscall(_CACHESTAT, descriptor, ctypes.byref(_Range(0, 0)), ctypes.byref(pages), 0):
            pytest.skip(f"the kernel does not count pages: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(descriptor)
    return int(pages.dirty)


def coming(folder: Path, *, durable: bool) -> tuple[IncomingBlob, Path]:
    """A file that has come, and was not kept yet."""
    path = folder / str(durable)
    incoming = IncomingBlob(path, most=len(PIECE) * PIECES, durable=durable, store=lambda *_: None)
    for _ in range(PIECES):
        incoming.write(PIECE)
    return incoming, path


def test_a_file_that_is_to_be_durable_is_on_its_way_to_the_disk_while_it_comes(tmp_path: Path) -> None:
    sent_on, its_way = coming(tmp_path, durable=False)
    with sent_on:
        if not dirty_pages(its_way):
            pytest.skip("this folder is on no disk")
    at_once, path = coming(tmp_path, durable=True)
    with at_once:
        until(lambda: not dirty_pages(path), "its pages lie in memory alone", patience=AT_ONCE)


def test_what_comes_into_a_folder_is_to_be_durable(tmp_path: Path) -> None:
    with Folder(tmp_path).incoming(most=len(PIECE)) as incoming:
        incoming.write(PIECE)
        (path,) = (tmp_path / "incoming").iterdir()
        until(lambda: not dirty_pages(path), "its pages lie in memory alone", patience=AT_ONCE)
