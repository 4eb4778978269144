"""Errors, as pages: a browser is told of a problem by a page with the same sentence; other callers get JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from apexproof.errors import ApexproofError
from api.pages.page import HEADERS, is_piece, page
from api.pages.sign_in import SIGN_IN
from api.pages.visit import token_of
from api.problems import MEDIA_TYPE, Problem, fault

_Answering = Callable[[Request, Exception], Response | Awaitable[Response]]
_API = ("/v1/", "/fhir/", "/openapi.json", "/metrics", "/healthz", "/readyz")
_KEPT = ("Retry-After", "Allow")


def install(app: FastAPI) -> None:
    """Let what goes wrong under a browser's hands be told as a page."""
    for error in (ApexproofError, RequestValidationError, HTTPException, DBAPIError):
        app.add_exception_handler(error, _as_page(app.exception_handlers[error]))


def fault_for(scope: Scope) -> Response:
    """The answer to a request that broke something of ours."""
    return shown_as_page(Request(scope), fault())


def is_for_browser(request: Request) -> bool:
    """Whether a person will look at the answer."""
    if request.url.path.startswith(_API):
        return False
    return is_piece(request) or "text/html" in request.headers.get("Accept", "")


def shown_as_page(request: Request, response: Response) -> Response:
    """The page that tells of a problem."""
    if not is_for_browser(request) or response.media_type != MEDIA_TYPE:
        return response
    problem = Problem.model_validate_json(bytes(response.body))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return _to_sign_in(request)
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return page(request, "problem.html", status=HTTPStatus(problem.status), headers=kept, problem=problem)


def _as_page(answering: _Answering) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        response = answering(request, error)
        assert isinstance(response, Response)  # noqa: S101 - ours do not wait
        return shown_as_page(request, response)

    return answer


def _to_sign_in(request: Request) -> Response:
    """To the door, and back to where they were; a piece of a page takes the whole page there."""
    asked = f"{request.url.path}?{request.url.query}".removesuffix("?") if request.method == "GET" else "/"
    came_from = request.headers.get("HX-Current-URL", "")
    to = asked if not is_piece(request) else "/" + came_from.partition("://")[2].partition("/")[2]
    place = f"{SIGN_IN}?{urlencode({'to': to} | ({'why': 'idle'} if token_of(request) else {}))}"
    if is_piece(request):
        return Response(headers={**HEADERS, "HX-Redirect": place})
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": place})
