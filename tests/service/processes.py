"""The processes of a running service, told by the names that it gives them; Linux keeps them in /proc."""

from __future__ import annotations

import os
import resource
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.service.served import Served, until

BROKER = "valkey-server"
_ESTABLISHED = "01"


def part_of(service: Served, name: str) -> int:
    """The process of a part; a part that was killed is back in a moment."""
    return until(lambda: next(iter(parts_of(service, name)), 0), f"there is no {name}")


def parts_of(service: Served, name: str) -> list[int]:
    """The processes that run now under the name of a part."""
    return [pid for pid in _children()[service.process.pid] if _name(pid) in {name, f"apx-{name}"}]


def tree_of(process: int) -> list[int]:
    """A process and all below it."""
    children = _children()
    tree = [process]
    for pid in tree:
        tree += children[pid]
    return tree


def kill(*processes: int) -> None:
    """End processes as a crash would; those that are gone already stay gone."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def alive(processes: list[int]) -> list[int]:
    """Those of the processes that have not ended."""
    running = {pid for pids in _children().values() for pid in pids}
    return [process for process in processes if process in running]


def held_at(process: int, port: int) -> int:
    """How many connections a process holds that came to a port of IPv4."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]]
    there = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED}
    held = 0
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            held += str(entry.readlink()) in there
    return held


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """A process that hangs while the block runs, and goes on behind it unless it was killed."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


@contextmanager
def no_room_for(processes: list[int], *, octets: int) -> Iterator[None]:
    """Let the processes write no further than so many bytes into any file, as on a full disk, while the block runs."""
    before: dict[int, tuple[int, int]] = {}
    for process in processes:
        with suppress(ProcessLookupError):
            before[process] = _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        for process, limit in before.items():
            with suppress(ProcessLookupError):
                hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]  # a reader lowers its own
                soft = hard if resource.RLIM_INFINITY in limit else min(limit[0], hard)
                resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))


def _children() -> defaultdict[int, list[int]]:
    found = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = entry.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(parent)].append(int(entry.parent.name))
    return found


def _name(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    return ""
