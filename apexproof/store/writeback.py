"""Writeback: what was written of a file goes to the disk while more of it comes, so that little is left to wait for."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_BEGIN = 2  # SYNC_FILE_RANGE_WRITE of <fcntl.h>: begin, and wait for nothing
_WHOLE = ctypes.c_int64(0)  # from the beginning, and to the end


def begin(descriptor: int) -> None:
    """Let the kernel begin to write what it holds of a file, where it can be asked to (Linux, sync_file_range(2)).

    It makes nothing durable, and what goes wrong is said by the fsync that does.
    """
    if ask := _asking():
        ask(descriptor, _WHOLE, _WHOLE, _BEGIN)


@cache
def _asking() -> Any:  # noqa: ANN401 - a function of the C library
    return getattr(ctypes.CDLL(None), "sync_file_range", None)
