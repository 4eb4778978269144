"""Signing in by a key, and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from apexproof.store.keys import caller_of, note_use
from apexproof.store.sessions import begin_session, end_session, new_token
from api.pages.page import HEADERS, page
from api.pages.visit import (
    Fields,
    PageTrail,
    cookie_name,
    demand_own_form,
    form_token,
    hand_over,
    idle,
    token_of,
)
from api.premises import Here
from api.security import count_try
from api.trail import Trail

router = APIRouter(include_in_schema=False)
SIGN_IN = "/sign-in"
_KEY_MOST = 200
_REFUSED = "This key is none of ours, has ended or was revoked. Keys look like apx_…; an administrator makes them."


@router.get(SIGN_IN)
def sign_in_page(request: Request, to: Annotated[str, Query(max_length=2000)] = "/", why: str = "") -> Response:
    """Ask for a key. The form carries a token here too, so that nobody is signed in by another site unawares."""
    return _asked(request, token_of(request) or new_token(), to=_within(to), left=why == "idle")


@router.post(SIGN_IN)
def sign_in(request: Request, here: Here, fields: Fields) -> Response:
    """Begin a session under a new token, whatever token the browser had."""
    before, clock = token_of(request), here.clock()
    demand_own_form(request, before, fields)
    to = _within(fields.get("to", "/"))
    with here.database.looking() as session:
        caller, note = caller_of(session, fields.get("key", "").strip()[:_KEY_MOST], now=clock.now)
    if caller is None:
        count_try(here, request)
        return _asked(request, before or new_token(), to=to, refused=_REFUSED)
    token = new_token()
    with here.database.writing() as session:
        if before is not None:
            end_session(session, before)
        begin_session(session, token, caller.key, now=clock.now, idle=idle(here.settings))
        if note:
            note_use(session, caller.key, now=clock.now)
        Trail.of(request, caller, clock).note(session)
    response = Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": to})
    hand_over(request, response, token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, here: Here, trail: PageTrail) -> Response:
    """End the session, here and in the database; what the browser kept of it is to be cleared."""
    with here.database.writing() as session:
        end_session(session, token_of(request) or "")
        trail.note(session)
    gone = {"Location": SIGN_IN, "Clear-Site-Data": '"cache", "storage"'}
    response = Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, **gone})
    response.delete_cookie(cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True)
    return response


def _asked(request: Request, token: str, *, to: str, refused: str = "", left: bool = False) -> Response:
    status = HTTPStatus.UNAUTHORIZED if refused else HTTPStatus.OK
    shown = page(request, "sign_in.html", status=status, to=to, refused=refused, left=left, csrf=form_token(token))
    hand_over(request, shown, token)
    return shown


def _within(to: str) -> str:
    """An address of ours; anything that could lead elsewhere leads to the first page."""
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and to.isascii()
    return to if plain else "/"
