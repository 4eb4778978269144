"""Sessions of the pages: begun by a key, kept as a hash, over when the key is or when nobody came for long."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from apexproof.store.keys import Caller, caller_by, is_good
from apexproof.store.tables import KeyRow, SessionRow

LONGEST = timedelta(hours=12)
"""A session ends so long after it began, however busy it is: a working day."""
_NOTED_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Whom a session speaks for, the name of its key, and whether its use is to be noted."""

    caller: Caller
    key_name: str
    note: bool


def new_token() -> str:
    """A token that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def begin_session(session: Session, token: str, key: str, *, now: datetime, idle: timedelta) -> None:
    """Begin a session, and forget those that are over."""
    over = or_(SessionRow.seen_at <= now - idle, SessionRow.created_at <= now - LONGEST)
    session.execute(delete(SessionRow).where(over))
    session.add(SessionRow(token_sha256=_hash(token), key=key, created_at=now, seen_at=now))
    session.flush()


def signed_in(session: Session, token: str, *, now: datetime, idle: timedelta) -> SignedIn | None:
    """Whom a token speaks for; nobody when it is none of ours, was left idle, or its key ended or was revoked."""
    found = session.execute(
        select(SessionRow, KeyRow)
        .join(KeyRow, KeyRow.id == SessionRow.key)
        .where(SessionRow.token_sha256 == _hash(token))
    ).first()
    if found is None:
        return None
    row, key = found
    if row.seen_at <= now - idle or row.created_at <= now - LONGEST or not is_good(key, now=now):
        return None
    return SignedIn(caller=caller_by(key), key_name=key.name, note=row.seen_at < now - _NOTED_AGAIN_AFTER)


def note_seen(session: Session, token: str, *, now: datetime) -> None:
    """Note that somebody came, to the minute."""
    session.execute(update(SessionRow).where(SessionRow.token_sha256 == _hash(token)).values(seen_at=now))


def end_session(session: Session, token: str) -> None:
    """End a session."""
    session.execute(delete(SessionRow).where(SessionRow.token_sha256 == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
