"""Gauge: what the parts of a running service take of memory and of the processors, out of /proc."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.service.processes import tree_of

_EVERY = 2.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_USER, _SYSTEM, _USER_BELOW, _SYSTEM_BELOW = 11, 12, 13, 14  # proc_pid_stat(5), behind the name
_IDLE, _WAITING = 3, 4  # proc_stat(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The resident bytes of each part, so many seconds after the first look; what processes share counts in each."""

    at: float
    resident: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a part's memory went: its mean in bytes, and what a straight line through it rises from first to last."""

    mean: float
    rise: float


def resident(process: int) -> dict[str, int]:
    """The resident bytes of a service's parts, by their names."""
    found: defaultdict[str, int] = defaultdict(int)
    for pid in tree_of(process):
        with suppress(OSError, IndexError):
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip().removeprefix("apx-")
            pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
            found["readers" if name.startswith("python") else name] += pages * _PAGE
    return dict(found)


def processor_seconds(process: int) -> float:
    """The seconds of a processor that a process and all below it have taken, those that have ended among them."""
    ticks = 0
    for pid in tree_of(process):
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += sum(int(fields[place]) for place in (_USER, _SYSTEM, _USER_BELOW, _SYSTEM_BELOW))
    return ticks / _TICKS


def busy_seconds() -> float:
    """The seconds of all processors in which this machine did something, whoever asked for it."""
    fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[_IDLE] - fields[_WAITING]) / _TICKS


@contextmanager
def watched(process: int) -> Iterator[list[Moment]]:
    """Look at a service every two seconds while the block lasts."""
    moments: list[Moment] = []
    over, began = threading.Event(), time.monotonic()

    def look() -> None:
        while not over.wait(_EVERY):
            moments.append(Moment(at=time.monotonic() - began, resident=resident(process)))

    watcher = threading.Thread(target=look, name="gauge", daemon=True)
    watcher.start()
    try:
        yield moments
    finally:
        over.set()
        watcher.join()


def growth(moments: Sequence[Moment], part: str) -> Growth:
    """A part's memory over the last three quarters of the time: in the first it warms up."""
    warm = moments[len(moments) // 4 :]
    at, taken = (np.array([one.at for one in warm]), np.array([one.resident.get(part, 0) for one in warm], float))
    slope = float(np.polyfit(at, taken, 1)[0]) if len(warm) > 1 else 0.0
    return Growth(mean=float(taken.mean()), rise=slope * float(at[-1] - at[0]))
