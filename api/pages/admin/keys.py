"""Keys: listed, made and revoked; a key is shown once, on the page that answers its making."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from apexproof.store.keys import Caller, Scope, identity_of, is_good, keys_of, make_key, revoke, within
from apexproof.store.tables import KeyRow
from api.pages.page import HEADERS, page
from api.pages.visit import Fields, PageAdministrator, PageAdministratorTrail
from api.premises import Here, Premises
from api.problems import NotFound, UploadUnusable

router = APIRouter(include_in_schema=False, prefix="/admin/keys")
_AT_ONCE = 200
_NAME_MOST = 100
_LIVES = {"30": "30 days", "90": "90 days", "365": "a year", "": "no end"}
"""How long a key may live, in days, as the form offers it."""


@router.get("")
def keys_page(
    request: Request,
    here: Here,
    caller: PageAdministrator,
    after: Annotated[str | None, Query(max_length=16)] = None,
) -> Response:
    """The keys of the organisation, those that are good first."""
    return _listed(request, here, caller, after=after)


@router.post("")
def add_key(request: Request, here: Here, trail: PageAdministratorTrail, fields: Fields) -> Response:
    """Make a key and show it; it allows no more than the key that is signed in."""
    scopes, days = fields.getlist("scope"), fields.get("days", "")
    if not scopes or not set(scopes) <= set(Scope) or days not in _LIVES:
        raise UploadUnusable("Say what the key is to allow and how long it is to live; go back and pick.")
    name, now = fields.get("name", "").strip()[:_NAME_MOST], trail.clock.now
    allowed = frozenset(Scope(scope) for scope in scopes)
    ends = within(trail.caller, allowed, now + timedelta(days=int(days)) if days else None)
    with here.database.writing() as session:
        key = make_key(
            session, organisation=trail.caller.organisation, name=name, scopes=allowed, now=now, expires_at=ends
        )
        trail.note(session, thing=identity_of(key))
    return _listed(request, here, trail.caller, made=key, made_name=name)


@router.post("/{key}/revoke")
def revoke_key(key: Annotated[str, Path(max_length=16)], here: Here, trail: PageAdministratorTrail) -> Response:
    """End a key for good, and every session that was signed in with it."""
    with here.database.writing() as session:
        if not revoke(session, key, of=trail.caller.organisation, now=trail.clock.now):
            raise NotFound("There is no key of this identifier that is not revoked already.")
        trail.note(session, thing=key)
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": router.prefix})


def _listed(
    request: Request, here: Premises, caller: Caller, *, after: str | None = None, made: str = "", made_name: str = ""
) -> Response:
    with here.database.looking() as session:
        rows = keys_of(session, caller.organisation, after=after, most=_AT_ONCE + 1)
    now = here.clock().now
    return page(
        request,
        "admin/keys.html",
        status=HTTPStatus.CREATED if made else HTTPStatus.OK,
        made=made,
        made_name=made_name,
        own=caller.key,
        scopes=[scope for scope in Scope if scope in caller.scopes],
        lives=_LIVES,
        keys=[(row, is_good(row, now=now)) for row in _good_first(rows[:_AT_ONCE], now)],
        first=router.prefix if after else None,
        further=f"{router.prefix}?after={rows[_AT_ONCE - 1].id}" if len(rows) > _AT_ONCE else None,
    )


def _good_first(rows: Sequence[KeyRow], now: datetime) -> list[KeyRow]:
    return sorted(rows, key=lambda row: (not is_good(row, now=now), now - row.created_at))
