"""Admission: whether what makes work is taken in now, or too much waits already, or hardly any room is left.

What is known is a second old at most: no request waits for a count, and a few more than the limit may get in.
"""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apexproof.errors import ApexproofError
from apexproof.settings import Settings
from apexproof.store.blobs import StorageFull
from apexproof.store.database import Database
from apexproof.store.jobs import backlog

_ASKED_AGAIN_AFTER = 1.0


class Overloaded(ApexproofError):
    """More waits to be read and judged than is taken on at once."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__("So much waits to be checked that nothing was kept of this; send the same again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many jobs wait (counted to the limit), whether that is too much, and the free bytes, and whether too few."""

    waiting: int
    is_overloaded: bool
    free: int
    is_full: bool

    def demand(self) -> None:
        """Let in what makes work.

        Raises:
            Overloaded: too much waits.
            StorageFull: there is hardly any room.
        """
        if self.is_full:
            raise StorageFull
        if self.is_overloaded:
            raise Overloaded


class Admission:
    """Looks at the queue and at the disk of `data_dir`, through which every file comes."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._asking = threading.Lock()
        self._known: Load | None = None
        self._until = 0.0

    def demand(self) -> None:
        """Let in what makes work; raises what `Load.demand` raises."""
        self.load().demand()

    def load(self) -> Load:
        """How it stands; who asks may have to wait for the database."""
        with self._asking:
            known = self.known
            if known is None:
                self._known = known = self._ask()
                self._until = time.monotonic() + _ASKED_AGAIN_AFTER
            return known

    @property
    def known(self) -> Load | None:
        """How it stood a moment ago; None when that is to be asked."""
        return self._known if time.monotonic() < self._until else None

    def _ask(self) -> Load:
        most, minutes = self._settings.queue_most, self._settings.queue_minutes
        with self._database.looking() as session:
            waits = backlog(session, most=most)
        is_late = (
            minutes is not None
            and waits.oldest is not None
            and datetime.now(UTC) - waits.oldest > timedelta(minutes=minutes)
        )
        free = _free(self._settings.data_dir)
        return Load(
            waiting=waits.number,
            is_overloaded=is_late or waits.number >= most,
            free=free,
            is_full=free < self._settings.room_least,
        )


def _free(folder: Path) -> int:
    """The free bytes where the folder is, or will be."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free
