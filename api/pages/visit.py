"""Visit: who is at the pages: a browser that was signed in by a key, and may do what the key may.

A route that takes a `PageReader` (`PageSubmitter`, ...) leaves its entry in the audit trail before it begins; one that
writes takes the `...Trail` and leaves it in its own transaction, as in `api/security.py`. What is not a GET carries
the token of the page that it came from, in the field `csrf` of its form or in the header `X-CSRF-Token`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPMethod
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from starlette.datastructures import ImmutableMultiDict

from apexproof.settings import Settings
from apexproof.store.keys import Caller, Scope
from apexproof.store.sessions import note_seen, signed_in
from api.pages.page import Person
from api.premises import Here
from api.problems import FormForged, NotAuthenticated, UploadUnusable
from api.security import allowed, count_try, demand_patience, entering, sending
from api.trail import Trail
from api.uploads import take_document

_LARGEST_FORM = 64 * 1024
_FIELDS_MOST = 200
_FORM = "application/x-www-form-urlencoded"
_OURS = ("same-origin", "none")
"""What a browser says of a request that a page of ours sent, or the person by the address bar (Fetch Metadata)."""


Form = ImmutableMultiDict[str, str]


async def _form(request: Request) -> Form:
    """The fields of a form; none when something else came, which its route reads itself."""
    if request.method == HTTPMethod.GET or not request.headers.get("Content-Type", "").startswith(_FORM):
        return ImmutableMultiDict()
    body = await take_document(request.stream(), most=_LARGEST_FORM)
    try:
        return ImmutableMultiDict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_MOST))
    except ValueError:
        raise UploadUnusable("The form cannot be read; open the page again and send it once more.") from None


Fields = Annotated[Form, Depends(_form)]


def idle(settings: Settings) -> timedelta:
    """After how long without a request a session is over."""
    return timedelta(minutes=settings.idle_minutes)


def cookie_name(request: Request) -> str:
    """The name of the cookie; over https browsers hold one of this name to be ours alone (RFC 6265bis, 4.1.3.2)."""
    return "__Host-apexproof" if _is_secure(request) else "apexproof"


def token_of(request: Request) -> str | None:
    """The token that the browser brought."""
    return request.cookies.get(cookie_name(request))


def hand_over(request: Request, response: Response, token: str) -> None:
    """Let the browser bring this token from now on, until it is closed."""
    response.set_cookie(
        cookie_name(request), token, path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def form_token(token: str) -> str:
    """The token that the forms of a session carry: it follows from the session's, and not the other way round."""
    return hashlib.sha256(f"form\n{token}".encode()).hexdigest()


def demand_own_form(request: Request, token: str | None, fields: Mapping[str, str]) -> None:
    """Take nothing that another site sends in a person's name.

    Raises:
        FormForged: it was not sent from a page that was shown to whoever is signed in.
    """
    if request.method == HTTPMethod.GET:
        return
    sent = request.headers.get("X-CSRF-Token") or fields.get("csrf", "")
    is_own = token is not None and hmac.compare_digest(sent.encode(), form_token(token).encode())
    if not is_own or request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
        raise FormForged("You have signed in anew since this page was opened; open it again, and send it once more.")


def _trail(request: Request, here: Here, fields: Fields) -> Trail:
    """Who is here, if they are signed in and do not ask too often."""
    token, clock = token_of(request), here.clock()
    if token is None:
        raise NotAuthenticated("Sign in first.")
    with here.database.looking() as session:
        found = signed_in(session, token, now=clock.now, idle=idle(here.settings))
    if found is None:
        count_try(here, request)
        raise NotAuthenticated("You were signed out, because nobody was here for a while or the key has ended.")
    demand_patience(here.limits.of_key(found.caller.key))
    demand_own_form(request, token, fields)
    if found.note and _is_attended(request):
        with here.database.writing(durable=False) as session:
            note_seen(session, token, now=clock.now)
    request.state.person = Person(
        key_name=found.key_name,
        organisation=found.caller.organisation,
        scopes=found.caller.scopes,
        form_token=form_token(token),
    )
    return Trail.of(request, found.caller, clock)


PageTrail = Annotated[Trail, Depends(_trail)]
PageSubmitterTrail = Annotated[Trail, Depends(allowed(_trail, Scope.SUBMIT))]
PageSenderTrail = Annotated[Trail, Depends(sending(_trail))]
PageReaderTrail = Annotated[Trail, Depends(allowed(_trail, Scope.READ))]
PageReviewerTrail = Annotated[Trail, Depends(allowed(_trail, Scope.REVIEW))]
PageAdministratorTrail = Annotated[Trail, Depends(allowed(_trail, Scope.ADMIN))]
PageSubmitter = Annotated[Caller, Depends(entering(_trail, Scope.SUBMIT))]
PageReader = Annotated[Caller, Depends(entering(_trail, Scope.READ))]
PageReviewer = Annotated[Caller, Depends(entering(_trail, Scope.REVIEW))]
PageAdministrator = Annotated[Caller, Depends(entering(_trail, Scope.ADMIN))]


def _is_attended(request: Request) -> bool:
    """Whether somebody asked: neither a stream that a page keeps open nor a page that asks of itself keeps one in."""
    return "X-Unattended" not in request.headers and request.headers.get("Accept") != "text/event-stream"


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
