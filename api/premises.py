"""Premises: what every route works with: settings, database, files, and the bell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from apexproof.admission import Admission
from apexproof.doorbell import Doorbell
from apexproof.logs import current_request
from apexproof.retention import remove
from apexproof.settings import Settings
from apexproof.store.blobs import Blob, Blobs
from apexproof.store.database import Database
from apexproof.store.jobs import Clock
from api.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Made once for the app."""

    settings: Settings
    database: Database
    admission: Admission
    blobs: Blobs
    doorbell: Doorbell
    limits: Limits
    interchanges: CapacityLimiter
    """How many interchanges are taken apart at once: a body with an image is held in memory while that lasts."""

    @property
    def incoming(self) -> Path:
        """The folder in which what comes lies until it is taken in; only we can read it."""
        return self.settings.blobs / "incoming"

    def keep(self, pieces: Iterable[bytes]) -> Blob:
        """Keep a file that came within something else.

        Raises:
            FileTooLarge: it is larger than is taken.
            StorageFull: there is no room for it.
        """
        with self.blobs.incoming(most=self.settings.largest_file) as incoming:
            for piece in pieces:
                incoming.write(piece)
            return incoming.keep()

    def drop(self, hashes: Iterable[str], *, now: datetime) -> None:
        """Let nothing remain of files that were kept in vain, unless somebody needs them."""
        for sha256 in hashes:
            with self.database.writing() as session:
                remove(session, self.blobs, sha256, now=now)

    def clock(self) -> Clock:
        """What time it is, and after how long a ring is repeated."""
        resend = timedelta(seconds=self.settings.resend_seconds)
        return Clock(now=datetime.now(UTC), resend=resend, request=current_request())


async def _premises(request: Request) -> Premises:  # what is no coroutine is called in a thread, which takes longer
    premises: Premises = request.app.state.premises
    return premises


Here = Annotated[Premises, Depends(_premises)]
