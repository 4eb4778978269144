"""API keys: made once, shown once, and kept only as a hash. None allows more than the one that it was made with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from apexproof.errors import ApexproofError
from apexproof.store.tables import KeyRow

_MARK = "apx"
_IDENTITY_MOST = 16
_NOBODYS = "-" * 64  # no hash is so written
_KEY = select(KeyRow).where(KeyRow.id == bindparam("key"))
"""Made once: it is asked with every request, and takes longer to make than to ask."""
_NAMES_MOST = 1000
_NOTED_AGAIN_AFTER = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key allows."""

    SUBMIT = "submit"
    """Send claims and attachments."""
    READ = "read"
    """See claims and their verifications."""
    REVIEW = "review"
    """Settle what a machine could not."""
    ADMIN = "admin"
    """Make and revoke the organisation's keys, and see its audit trail."""


DAILY = (Scope.SUBMIT, Scope.READ)
"""What a key allows when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom a key speaks for, and until when."""

    key: str
    organisation: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None


class RightsExceeded(ApexproofError):
    """A key would allow more than the key that makes it, or for longer."""


def within(maker: Caller, scopes: frozenset[Scope], expires_at: datetime | None) -> datetime | None:
    """Until when a key may live that a caller makes for its own organisation with these scopes.

    Raises:
        RightsExceeded: the caller's own key has not these scopes, or ends earlier.
    """
    if beyond := sorted(scopes - maker.scopes):
        raise RightsExceeded(f"Your key has not the scope '{beyond[0]}', so it cannot make a key that has it.")
    if maker.expires_at is not None and expires_at is not None and expires_at > maker.expires_at:
        raise RightsExceeded(f"Your key ends at {maker.expires_at:%Y-%m-%d %H:%M} UTC; a key made by it ends no later.")
    return expires_at or maker.expires_at


def make_key(
    session: Session,
    *,
    organisation: str,
    name: str,
    scopes: Iterable[Scope],
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
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
            expires_at=expires_at,
        )
    )
    session.flush()
    return f"{_MARK}_{identity}_{secret}"


def identity_of(written: str) -> str:
    """The identifier in a key, which is no secret."""
    return written.partition("_")[2].partition("_")[0]


def caller_of(session: Session, written: str, *, now: datetime) -> tuple[Caller | None, bool]:
    """Whom a key speaks for (nobody, when it is no good key), and whether its use is to be noted.

    A secret of 256 random bits needs no slow hash. Whatever is wrong with a key, the same work is done.
    """
    identity = identity_of(written)
    secret = written.removeprefix(f"{_MARK}_{identity}_")
    row = session.scalar(_KEY, {"key": identity[:_IDENTITY_MOST]})
    known = row.secret_sha256 if row is not None else _NOBODYS
    is_theirs = hmac.compare_digest(known, _hash(secret))
    if row is None or not (is_theirs and is_good(row, now=now)):
        return None, False
    return caller_by(row), row.used_at is None or row.used_at < now - _NOTED_AGAIN_AFTER


def caller_by(row: KeyRow) -> Caller:
    """Whom a good key speaks for."""
    scopes = frozenset(Scope(word) for word in row.scopes.split())
    return Caller(key=row.id, organisation=row.organisation, scopes=scopes, expires_at=row.expires_at)


def is_good(row: KeyRow, *, now: datetime) -> bool:
    """Whether a key is neither revoked nor at its end."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def note_use(session: Session, key: str, *, now: datetime) -> None:
    """Note when a key was last used, to the minute."""
    session.execute(update(KeyRow).where(KeyRow.id == key).values(used_at=now))


def key_name(session: Session, key: str) -> str:
    """What a key is for, as whoever made it said."""
    return session.get_one(KeyRow, key).name


def revoke(session: Session, key: str, *, of: str | None = None, now: datetime) -> bool:
    """End a key (`of` an organisation); False when there is none of that name that was not revoked before."""
    good = [KeyRow.id == key, KeyRow.revoked_at.is_(None)]
    if of is not None:
        good.append(KeyRow.organisation == of)
    return session.execute(update(KeyRow).where(*good).values(revoked_at=now).returning(KeyRow.id)).first() is not None


def keys_of(session: Session, organisation: str, *, after: str | None, most: int) -> Sequence[KeyRow]:
    """The first keys of an organisation by their identifiers, from behind the last one seen."""
    query = select(KeyRow).where(KeyRow.organisation == organisation)
    if after is not None:
        query = query.where(KeyRow.id > after)
    return session.scalars(query.order_by(KeyRow.id).limit(most)).all()


def names_of_keys(session: Session, organisation: str) -> dict[str, str]:
    """What each key of an organisation is for, by its identifier, the newest first; revoked ones among them."""
    found = select(KeyRow.id, KeyRow.name).where(KeyRow.organisation == organisation)
    rows = session.execute(found.order_by(KeyRow.created_at.desc(), KeyRow.id).limit(_NAMES_MOST))
    return {key: name for key, name in rows}  # noqa: C416 - rows are no pairs to mypy


def organisation_of(session: Session, key: str) -> str:
    """Whose key it is."""
    return session.get_one(KeyRow, key).organisation


def all_keys(session: Session) -> Sequence[KeyRow]:
    """Every key that was ever made, the oldest first."""
    return session.scalars(select(KeyRow).order_by(KeyRow.created_at)).all()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
