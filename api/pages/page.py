"""Page: a template filled in, under a policy that lets nothing run, load or stay that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

from apexproof import __version__
from apexproof.store.keys import Scope
from api.pages import words
from api.pages.headline import told

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_GUARDED = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HEADERS = {**_GUARDED, "Cache-Control": "no-store"}
"""Of everything that the pages answer: it may be about a patient, so no cache keeps it."""
_STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place that the navigation leads to, for those whose key has the scope."""

    name: str
    address: str
    scope: Scope


ROOMS = (
    Room(name="Worklist", address="/", scope=Scope.READ),
    Room(name="Check", address="/check", scope=Scope.SUBMIT),
    Room(name="Review", address="/review", scope=Scope.REVIEW),
    Room(name="Reports", address="/reports", scope=Scope.READ),
    Room(name="Admin", address="/admin/keys", scope=Scope.ADMIN),
)
"""In the order of the navigation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in: their key's name, organisation and scopes, and the token that their forms carry."""

    key_name: str
    organisation: str
    scopes: frozenset[Scope]
    form_token: str

    @property
    def rooms(self) -> tuple[Room, ...]:
        """Where they may go."""
        return tuple(room for room in ROOMS if room.scope in self.scopes)


class Statics(StaticFiles):
    """The style, the scripts and the signs: the same for everybody, and asked for anew each time by their tag."""

    def __init__(self) -> None:
        """Serve them from beside the templates."""
        super().__init__(directory=_STATIC)

    def file_response(self, *about: Any, **more: Any) -> Response:  # noqa: ANN401 - as the base has it
        """A file, and that it is what it says."""
        response = super().file_response(*about, **more)
        response.headers.update({**_GUARDED, "Cache-Control": "no-cache"})
        return response


def page(
    request: Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **shown: object,
) -> Response:
    """The page; to htmx, which puts a piece into a page that is there, the part of it that the template calls so."""
    person: Person | None = getattr(request.state, "person", None)
    said = (
        environment()
        .get_template(template)
        .render(
            person=person,
            here=request.url.path,
            is_piece=is_piece(request),
            version=__version__,
            **shown,
        )
    )
    return Response(said, status_code=status, media_type="text/html", headers={**HEADERS, **(headers or {})})


def is_piece(request: Request) -> bool:
    """Whether htmx asks, for a piece of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


@cache
def environment() -> Environment:
    """The templates, escaped; what a template names and nobody gave is an error."""
    found = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {**words.FILTERS, "told": told}
    found.globals |= words.TABLES
    return found
