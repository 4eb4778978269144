"""Errors, in FHIR: below /fhir every problem is told as an OperationOutcome, with the same sentence and status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from apexproof.errors import ApexproofError
from apexproof.formats.fhir.operation_outcome import OperationOutcome, Severity, issues
from api.problems import MEDIA_TYPE, PREFIX, Problem, documented, fault

FHIR_JSON = "application/fhir+json"
BASE = "/fhir"
OUTCOME: dict[str, Any] = {
    "content": {FHIR_JSON: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}},
}
_Answering = Callable[[Request, Exception], Response | Awaitable[Response]]
_KEPT = ("Retry-After", "Allow", "WWW-Authenticate")
# http://hl7.org/fhir/issue-type
_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.REQUEST_TIMEOUT: "timeout",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.INTERNAL_SERVER_ERROR: "exception",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
    HTTPStatus.INSUFFICIENT_STORAGE: "no-store",
}


def install(app: FastAPI) -> None:
    """Let what goes wrong below /fhir be told in FHIR."""
    for error in (ApexproofError, RequestValidationError, HTTPException, DBAPIError):
        app.add_exception_handler(error, _in_fhir(app.exception_handlers[error]))


def is_fhir(scope: Scope) -> bool:
    """Whether a request is one of FHIR."""
    path: str = scope["path"]
    return path == BASE or path.startswith(f"{BASE}/")


def fault_in_fhir() -> Response:
    """The answer to a request that broke something of ours."""
    return _as_outcome(fault())


def resource(kind: str) -> dict[str, Any]:
    """The answer of a route that gives a resource of that kind."""
    schema = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"const": kind}}}
    return {"description": f"A {kind}", "content": {FHIR_JSON: {"schema": schema}}}


def taking(*kinds: str) -> dict[str, Any]:
    """What a route is sent, for its documentation: a resource of one of these kinds."""
    kind = {"enum": list(kinds)} if len(kinds) > 1 else {"const": kinds[0]}
    schema = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": kind}}
    return {"requestBody": {"required": True, "content": {FHIR_JSON: {"schema": schema}}}}


def outcomes(*errors: type[ApexproofError]) -> dict[int | str, dict[str, Any]]:
    """The problems of a route of FHIR, for its documentation."""
    return {status: {**said, **OUTCOME} for status, said in documented(*errors).items()}


def _in_fhir(answering: _Answering) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        response = answering(request, error)
        assert isinstance(response, Response)  # noqa: S101 - ours do not wait
        if not is_fhir(request.scope) or response.media_type != MEDIA_TYPE:
            return response
        return _as_outcome(response)

    return answer


def _as_outcome(response: Response) -> Response:
    problem = Problem.model_validate_json(bytes(response.body))
    sentences = [found.reason for found in problem.faults] if problem.faults else [problem.detail]
    code = _CODES.get(HTTPStatus(problem.status), "processing")
    outcome = OperationOutcome(issue=issues(sentences, Severity.ERROR, code, problem=problem.type.removeprefix(PREFIX)))
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return Response(outcome.written(), status_code=problem.status, media_type=FHIR_JSON, headers=kept)
