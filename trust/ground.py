"""Ground: what a campaign stands on: the service, and what of its machine can be hurt here."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres
from tests.service.clock import Clock
from tests.service.served import Served

_DISK_MIB = 2048
_PIECE = b"\0" * 2**20


class Disk:
    """A file system of the service's own, which can be full."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Let there be no room left."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while ballast.write(_PIECE):
                pass

    def clear(self) -> None:
        """Let there be room again."""
        self._ballast.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a fault is done to; `choice` decides all that a fault leaves open."""

    service: Served
    choice: random.Random
    postgres: Postgres | None
    disk: Disk | None
    database_disk: Disk | None
    """PostgreSQL's own."""
    clock: Clock | None


@contextmanager
def own_disk(folder: Path) -> Iterator[Disk | None]:
    """A disk at that folder, as memory; None where only root may mount one."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and not _ran("mount", "-t", "tmpfs", "-o", f"size={_DISK_MIB}m", "tmpfs", str(folder))
    try:
        yield Disk(folder) if mounted else None
    finally:
        if mounted:
            _ran("umount", "--lazy", str(folder))


def _ran(*command: str) -> int:
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
