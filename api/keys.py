"""Keys: made, listed and revoked by an administrator of their organisation."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from apexproof.store.keys import RightsExceeded, Scope, identity_of, keys_of, make_key, revoke, within
from apexproof.store.tables import KeyRow
from api.documents import Answer
from api.parameters import Moment
from api.premises import Here
from api.problems import NotFound, documented
from api.security import Administrator, AdministratorTrail

router = APIRouter(prefix="/v1/keys", tags=["keys"])


class KeyWanted(BaseModel):
    """What a key is to allow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=100, description="what it is for")] = ""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_at: Annotated[Moment | None, Field(description="when it ends; null when it does not")] = None


class KeyAnswer(Answer):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: Annotated[datetime | None, Field(description="when it was last used, to the minute")]
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: KeyRow) -> Self:
        """Show a key."""
        return cls(
            id=row.id,
            name=row.name,
            scopes=[Scope(word) for word in row.scopes.split()],
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
            revoked_at=row.revoked_at,
        )


class KeyMade(Answer):
    """A key, this once."""

    id: str
    key: Annotated[str, Field(description="shown this once: only its hash is kept")]
    expires_at: datetime | None


class KeyPage(Answer):
    """A page of keys; `next` is the address of the page behind it, or null."""

    keys: list[KeyAnswer]
    next: str | None


@router.post("", summary="Make a key", status_code=HTTPStatus.CREATED, responses=documented(RightsExceeded))
def add_key(wanted: KeyWanted, here: Here, trail: AdministratorTrail) -> KeyMade:
    """Make a key of your organisation. It allows no more than your own, and ends no later."""
    expires_at = within(trail.caller, frozenset(wanted.scopes), wanted.expires_at)
    with here.database.writing() as session:
        key = make_key(
            session,
            organisation=trail.caller.organisation,
            name=wanted.name,
            scopes=frozenset(wanted.scopes),
            now=trail.clock.now,
            expires_at=expires_at,
        )
        trail.note(session, thing=identity_of(key))
    return KeyMade(id=identity_of(key), key=key, expires_at=expires_at)


@router.get("", summary="List keys", responses=documented())
def keys(
    here: Here,
    caller: Administrator,
    after: Annotated[str | None, Query(max_length=16, description="the identifier of the last key seen")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> KeyPage:
    """The keys of your organisation, those that were revoked among them, by identifier."""
    with here.database.looking() as session:
        rows = keys_of(session, caller.organisation, after=after, most=limit + 1)
    further = f"/v1/keys?{urlencode({'after': rows[limit - 1].id, 'limit': limit})}" if len(rows) > limit else None
    return KeyPage(keys=[KeyAnswer.of(row) for row in rows[:limit]], next=further)


@router.delete("/{key}", summary="Revoke a key", status_code=HTTPStatus.NO_CONTENT, responses=documented(NotFound))
def revoke_key(key: Annotated[str, Path(max_length=16)], here: Here, trail: AdministratorTrail) -> Response:
    """End a key of your organisation for good; your own, too."""
    with here.database.writing() as session:
        if not revoke(session, key, of=trail.caller.organisation, now=trail.clock.now):
            raise NotFound("There is no key of this identifier that is not revoked already.")
        trail.note(session, thing=key)
    return Response(status_code=HTTPStatus.NO_CONTENT)
