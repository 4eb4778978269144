"""Lease: a job is held as long as its work lasts, and no longer by whoever was killed at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from apexproof.logs import Event, tell
from apexproof.store.database import Database
from apexproof.store.jobs import extend

_BEATS = 3
"""So often within a lease it is extended."""


@contextmanager
def kept(database: Database, job: int, *, owner: str, lease: timedelta) -> Iterator[None]:
    """Extend the lease of a job while the work lasts."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(lease.total_seconds() / _BEATS):
            try:
                with database.writing(durable=False) as session:
                    extend(session, job, owner=owner, until=datetime.now(UTC) + lease)
            except SQLAlchemyError as error:
                tell(Event.LEASE_NOT_EXTENDED, job=job, error=type(error).__name__)

    heart = threading.Thread(target=beat, name=f"lease of job {job}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
