"""Heap: what a process frees it may keep, to take it again without asking the kernel."""

from __future__ import annotations

import ctypes

# The numbers of glibc's <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep(*, freed: int, pieces: int) -> None:
    """Keep so many bytes that were freed, in pieces of up to that size; other systems than glibc are left as they are.

    Memory that comes anew from the kernel is cleared page by page, which costs as much as to fill it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, pieces)
        mallopt(_TRIM_THRESHOLD, freed)
