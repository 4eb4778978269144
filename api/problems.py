"""Problems (RFC 9457): the one table that says which error becomes which HTTP status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from apexproof.admission import Overloaded
from apexproof.attesting import AttestationRefused
from apexproof.courier import AddressRefused
from apexproof.errors import (
    ApexproofError,
    AttestationsUnusable,
    ClaimUnusable,
    DeclarationUnusable,
    PolicyUnusable,
    ReadingFailed,
)
from apexproof.formats.reasons import plain_reason
from apexproof.logs import Event, tell, where
from apexproof.reading.child_process import SandboxBroken
from apexproof.reception import AttachmentOfAnother, ClaimNumberTaken, ClaimUnknown
from apexproof.reports import FormUnknown
from apexproof.reprocessing import ListUnusable, RunEnded
from apexproof.retention import BlobVanished
from apexproof.store.blobs import BlobsAway, FileTooLarge, StorageFull
from apexproof.store.database import DatabaseAway, is_full
from apexproof.store.keys import RightsExceeded
from apexproof.webhooks import TooManyWebhooks
from api.parameters import ParameterUnknown

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:apexproof:problem:"
_PARAMETER = re.compile(r"\{\w+\}")


class FaultFound(BaseModel):
    """Something that is wrong in a file of claims; `claim` is the number of the claim that was left out for it."""

    segment: Annotated[int | None, Field(description="its place in an interchange, from 1")]
    claim: str | None
    reason: str


class Problem(BaseModel):
    """What is wrong, in the form of RFC 9457."""

    type: Annotated[str, Field(examples=[f"{PREFIX}claim-unusable"], description="a stable name for the problem")]
    title: str
    status: int
    detail: Annotated[str, Field(description="one sentence: what is wrong, where, and the way out")]
    faults: Annotated[
        list[FaultFound] | None, Field(description="of a file of claims: every fault that was found in it")
    ] = None


class NotAuthenticated(ApexproofError):
    """No key came, or none that is good."""


class NotAllowed(ApexproofError):
    """The key is good and does not allow this."""


class FormForged(ApexproofError):
    """A form of a page that was not sent from that page, by whom it was shown to."""


class TooManyRequests(ApexproofError):
    """Somebody asks more often than they may; `seconds` is how long they are to wait."""

    def __init__(self, *, seconds: int) -> None:
        """Take how long to wait."""
        self.seconds = seconds
        super().__init__(f"These are more requests than are allowed at once; send the next in {seconds} seconds.")


class ParameterUnusable(ApexproofError):
    """What is stated in an address cannot be looked for."""


class NotFound(ApexproofError):
    """There is no such thing for this organisation, whatever others have."""


class NotAcceptable(ApexproofError):
    """No form of an answer is one that the caller accepts."""


class NotVerifiedYet(ApexproofError):
    """The claim is here and its first verification is not."""


class UploadUnusable(ApexproofError):
    """What was sent is no upload."""


class BodyTooLarge(ApexproofError):
    """The request is larger than one of its kind can be."""


class BodyTooSlow(ApexproofError):
    """The rest of the request does not come."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The rest of the request did not come in time; send it again, over a faster connection.")


class StudyUnusable(ApexproofError):
    """What was sent by DICOMweb is no body with DICOM files, or asks for what cannot be searched for."""


class MediaTypeUnsupported(ApexproofError):
    """What was sent is of a kind that is not taken here."""


class InterchangeUnusable(ApexproofError):
    """Nothing of an interchange could be taken in; `faults` say why."""

    def __init__(self, message: str, faults: Sequence[FaultFound]) -> None:
        """Take one sentence, and all faults with their places."""
        self.faults = list(faults)
        super().__init__(message)


class ResourceUnusable(InterchangeUnusable):
    """No claim of a FHIR resource can be used; `faults` say why, each with its place as FHIRPath."""


class SubmissionUnusable(InterchangeUnusable):
    """Attachments in FHIR cannot be taken; `faults` say why, each with its place as FHIRPath."""


class TooManyStreams(ApexproofError):
    """As many streams of events are open as may be."""


class NothingToRequest(ApexproofError):
    """No line of the claim lacks evidence that could be asked for."""


class NotDead(ApexproofError):
    """A delivery that is not dead cannot be replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    status: HTTPStatus
    name: str
    title: str


PROBLEMS: dict[type, _Kind] = {
    ClaimUnusable: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="claim-unusable", title="Not a claim"),
    InterchangeUnusable: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="interchange-unusable", title="Nothing in it can be used"
    ),
    ResourceUnusable: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="resource-unusable", title="Not a claim in FHIR"
    ),
    SubmissionUnusable: _Kind(
        status=HTTPStatus.BAD_REQUEST, name="submission-unusable", title="Not attachments in FHIR"
    ),
    ClaimNumberTaken: _Kind(
        status=HTTPStatus.CONFLICT, name="claim-number-taken", title="The number is another provider's"
    ),
    AttachmentOfAnother: _Kind(
        status=HTTPStatus.BAD_REQUEST,
        name="attachment-of-another",
        title="The claim is another's",
    ),
    DeclarationUnusable: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="declaration-unusable", title="Not a declaration of an attachment"
    ),
    UploadUnusable: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="upload-unusable", title="Not an upload"),
    StudyUnusable: _Kind(status=HTTPStatus.BAD_REQUEST, name="study-unusable", title="Not a DICOMweb request"),
    MediaTypeUnsupported: _Kind(
        status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, name="media-type-unsupported", title="Not of a kind that is taken"
    ),
    Overloaded: _Kind(status=HTTPStatus.SERVICE_UNAVAILABLE, name="overloaded", title="Too much waits"),
    StorageFull: _Kind(status=HTTPStatus.INSUFFICIENT_STORAGE, name="storage-full", title="No room left"),
    FileTooLarge: _Kind(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, name="file-too-large", title="File too large"),
    BodyTooLarge: _Kind(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, name="body-too-large", title="Request too large"),
    BodyTooSlow: _Kind(status=HTTPStatus.REQUEST_TIMEOUT, name="body-too-slow", title="Too slow"),
    ParameterUnknown: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="parameter-unknown", title="No such parameter"
    ),
    ParameterUnusable: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="parameter-unusable", title="Parameter unusable"
    ),
    NotAuthenticated: _Kind(status=HTTPStatus.UNAUTHORIZED, name="not-authenticated", title="A key is needed"),
    NotAllowed: _Kind(status=HTTPStatus.FORBIDDEN, name="not-allowed", title="This key does not allow it"),
    FormForged: _Kind(status=HTTPStatus.FORBIDDEN, name="form-forged", title="This page is out of date"),
    BlobVanished: _Kind(
        status=HTTPStatus.SERVICE_UNAVAILABLE, name="file-vanished", title="The file was being deleted"
    ),
    RightsExceeded: _Kind(status=HTTPStatus.FORBIDDEN, name="rights-exceeded", title="More than your key allows"),
    TooManyRequests: _Kind(status=HTTPStatus.TOO_MANY_REQUESTS, name="too-many-requests", title="Too many requests"),
    NotFound: _Kind(status=HTTPStatus.NOT_FOUND, name="not-found", title="Not here"),
    AttestationsUnusable: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="attestation-unusable", title="Not an attestation"
    ),
    AttestationRefused: _Kind(status=HTTPStatus.CONFLICT, name="attestation-refused", title="Nothing to settle"),
    ReadingFailed: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="picture-unusable", title="Not a picture"),
    SandboxBroken: _Kind(status=HTTPStatus.SERVICE_UNAVAILABLE, name="reader-away", title="The reader does not start"),
    ClaimUnknown: _Kind(status=HTTPStatus.NOT_FOUND, name="claim-unknown", title="No such claim"),
    NotVerifiedYet: _Kind(status=HTTPStatus.NOT_FOUND, name="not-verified-yet", title="Not verified yet"),
    AddressRefused: _Kind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY, name="address-refused", title="Not an address for a webhook"
    ),
    TooManyWebhooks: _Kind(status=HTTPStatus.CONFLICT, name="too-many-webhooks", title="Too many webhooks"),
    NothingToRequest: _Kind(status=HTTPStatus.CONFLICT, name="nothing-to-request", title="Nothing is missing"),
    NotDead: _Kind(status=HTTPStatus.CONFLICT, name="not-dead", title="Nothing to replay"),
    TooManyStreams: _Kind(status=HTTPStatus.TOO_MANY_REQUESTS, name="too-many-streams", title="Too many streams"),
    PolicyUnusable: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="policy-unusable", title="Not a policy"),
    ListUnusable: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="list-unusable", title="Not a list of claims"),
    RunEnded: _Kind(status=HTTPStatus.CONFLICT, name="run-ended", title="The run has ended"),
    FormUnknown: _Kind(status=HTTPStatus.UNPROCESSABLE_ENTITY, name="form-unknown", title="Not written in this form"),
    NotAcceptable: _Kind(status=HTTPStatus.NOT_ACCEPTABLE, name="not-acceptable", title="In none of these forms"),
    DatabaseAway: _Kind(status=HTTPStatus.SERVICE_UNAVAILABLE, name="database-away", title="The database is away"),
    BlobsAway: _Kind(status=HTTPStatus.SERVICE_UNAVAILABLE, name="files-away", title="The store of the files is away"),
}
_SECONDS_TO_WAIT: dict[type, str] = {
    NotVerifiedYet: "1",
    BlobVanished: "1",
    DatabaseAway: "5",
    BlobsAway: "5",
    TooManyStreams: "10",
    Overloaded: "15",
    StorageFull: "60",
}
_ASKS_FOR_KEY = {"WWW-Authenticate": "Bearer"}


def documented(*errors: type[ApexproofError]) -> dict[int | str, dict[str, Any]]:
    """The problems of a route, for its documentation: its own, and those that every route has."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[int | str, dict[str, Any]] = {}
    shown: tuple[type[ApexproofError], ...] = (
        *(NotAuthenticated, NotAllowed, TooManyRequests, ParameterUnknown, DatabaseAway),
        *errors,
    )
    for error in shown:
        kind = PROBLEMS[error]
        names = [*found.get(kind.status.value, {}).get("names", []), kind.name]
        found[kind.status.value] = {"names": names, "description": ", ".join(names), "content": content}
    return {status: {key: value for key, value in said.items() if key != "names"} for status, said in found.items()}


def install(app: FastAPI) -> None:
    """Let every error of the app become a problem."""
    app.add_exception_handler(ApexproofError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_parameters)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(DBAPIError, _of_database)


def _of_ours(request: Request, error: Exception) -> Response:
    del request
    kind = next((PROBLEMS[one] for one in type(error).__mro__ if one in PROBLEMS), None)
    if kind is None:
        tell(Event.FAULT, error=type(error).__name__, where=where(error))
        return fault()
    headers = _ASKS_FOR_KEY if kind.status is HTTPStatus.UNAUTHORIZED else {}
    wait = str(error.seconds) if isinstance(error, TooManyRequests) else _SECONDS_TO_WAIT.get(type(error))
    if wait:
        headers = {**headers, "Retry-After": wait}
    faults = error.faults if isinstance(error, InterchangeUnusable) else None
    return _response(kind.status, kind.name, kind.title, str(error), headers, faults)


def _of_parameters(request: Request, error: Exception) -> Response:
    del request
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    first = faults[0] if faults else {"loc": ("query", "?"), "msg": "it cannot be used", "type": ""}
    within, *steps = first["loc"]
    if within == "body" and (not steps or first["type"] == "json_invalid"):
        detail = "The body is not a JSON object; send one, with 'Content-Type: application/json'."
    else:
        what = "field" if within == "body" else "parameter"
        detail = f"The {what} '{'.'.join(map(str, steps))}' cannot be used: {plain_reason(first)}."
    return _response(HTTPStatus.UNPROCESSABLE_ENTITY, "parameter-unusable", "Parameter unusable", detail)


def _of_http(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    if status is HTTPStatus.BAD_REQUEST:  # FastAPI's word for a body that is no text
        detail = "The body of the request cannot be read; send JSON as UTF-8."
        return _response(HTTPStatus.UNPROCESSABLE_ENTITY, "parameter-unusable", "Parameter unusable", detail)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    name = status.phrase.lower().replace(" ", "-")
    return _response(status, name, status.phrase, f"{status.description or status.phrase}.", headers)


def _methods(request: Request) -> set[str]:
    """What may be done at this address by any of its routes; Starlette names those of the first alone."""
    here = request.scope["path"]
    documented = request.app.openapi()["paths"].items()
    at_hand = (operations for path, operations in documented if re.fullmatch(_PARAMETER.sub(".+", path), here))
    return {method.upper() for operations in at_hand for method in operations}


def _of_database(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and is_full(error):
        return _of_ours(request, StorageFull())
    tell(Event.DATABASE_FAILED, error=type(error).__name__)
    return _of_ours(request, DatabaseAway("The database does not answer; send the same again in a moment."))


def fault() -> Response:
    """The answer to a request that broke something of ours: it is logged, and a stranger gets nothing of it."""
    detail = "This is a fault of the service, and it was logged; send the same again later."
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "A fault of the service", detail)


def _response(
    status: HTTPStatus,
    name: str,
    title: str,
    detail: str,
    headers: dict[str, str] | None = None,
    faults: list[FaultFound] | None = None,
) -> Response:
    problem = Problem(type=PREFIX + name, title=title, status=status, detail=detail, faults=faults)
    said = problem.model_dump_json(exclude={"faults"} if faults is None else None)
    return Response(said, status_code=status, media_type=MEDIA_TYPE, headers=headers)
