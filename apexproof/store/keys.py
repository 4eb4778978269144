"""API keys: made once, shown once, and kept only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from apexproof.store.tables import KeyRow

_MARK = "apx"
_NOTED_AGAIN_AFTER = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key allows."""

    SUBMIT = "submit"
    """Send claims and attachments."""
    READ = "read"
    """See claims and their verifications."""
    REVIEW = "review"
    """Settle what a machine left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom a key speaks for."""

    key: str
    organisation: str
    scopes: frozenset[Scope]


def make_key(session: Session, *, organisation: str, name: str, scopes: Iterable[Scope], now: datetime) -> str:
    """Make a key and return it; nobody can ever read it again."""
    identity, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(
        KeyRow(
            id=identity,
            secret_sha256=_hash(secret),
            organisation=organisation,
            name=name,
            scopes=" ".join(sorted(scopes)),
            created_at=now,
        )
    )
    session.flush()
    return f"{_MARK}_{identity}_{secret}"


def caller_of(session: Session, written: str, *, now: datetime) -> tuple[Caller | None, bool]:
    """Whom a key speaks for (nobody, when it is no key or a revoked one), and whether its use is to be noted.

    A secret of 256 random bits needs no slow hash.
    """
    mark, _, rest = written.partition("_")
    identity, _, secret = rest.partition("_")
    row = session.get(KeyRow, identity) if mark == _MARK else None
    known = row.secret_sha256 if row is not None else _hash("")
    if not hmac.compare_digest(known, _hash(secret)) or row is None or row.revoked_at is not None:
        return None, False
    scopes = frozenset(Scope(word) for word in row.scopes.split())
    caller = Caller(key=row.id, organisation=row.organisation, scopes=scopes)
    return caller, row.used_at is None or row.used_at < now - _NOTED_AGAIN_AFTER


def note_use(session: Session, key: str, *, now: datetime) -> None:
    """Note when a key was last used, to the minute."""
    session.execute(update(KeyRow).where(KeyRow.id == key).values(used_at=now))


def key_name(session: Session, key: str) -> str:
    """What a key is for, as whoever made it said."""
    return session.get_one(KeyRow, key).name


def revoke(session: Session, key: str, *, now: datetime) -> bool:
    """End a key; False when there is none of that name that is still good."""
    good = KeyRow.id == key, KeyRow.revoked_at.is_(None)
    return session.execute(update(KeyRow).where(*good).values(revoked_at=now).returning(KeyRow.id)).first() is not None


def all_keys(session: Session) -> Sequence[KeyRow]:
    """Every key that was ever made, the oldest first."""
    return session.scalars(select(KeyRow).order_by(KeyRow.created_at)).all()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
