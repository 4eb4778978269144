"""Lock: what only one transaction at a time may do, on either database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def hold(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    On SQLite a transaction that writes has the whole database to itself (`Database.writing`), once it has begun.
    """
    session.connection()
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
