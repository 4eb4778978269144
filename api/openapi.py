"""The OpenAPI document: FastAPI's, with stable names, examples, and the claim and the problem in their places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from apexproof import __version__
from apexproof.formats.attestations import AttestationDocument
from apexproof.formats.fhir.operation_outcome import OperationOutcome
from apexproof.formats.native_documents import ClaimDocument
from api.examples import EXAMPLES
from api.fhir.errors import FHIR_JSON
from api.problems import MEDIA_TYPE, Problem

TITLE = "apexproof"
_REFERENCE = "#/components/schemas/{model}"
_TAKEN: dict[str, type[BaseModel]] = {"claim.json": ClaimDocument, "attestation.json": AttestationDocument}
"""What routes take as a body that they read themselves, by the reference with which they name it."""
_UNUSED = ("HTTPValidationError", "ValidationError")


def operation_id(route: APIRoute) -> str:
    """An operation goes by the name of its function."""
    return route.name


def state(app: FastAPI) -> None:
    """Let the app state this document instead of FastAPI's, written when it is first asked for."""
    app.openapi = cache(lambda: document(app.routes))  # type: ignore[method-assign]  # FastAPI's own way to state the document


def document(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document; the same routes give the same one, to the letter."""
    whole = get_openapi(
        title=TITLE,
        version=__version__,
        openapi_version="3.1.0",
        summary="Does the evidence attached to a D3351 claim line hold?",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        routes=routes,
    )
    schemas = whole["components"]["schemas"]
    for taken in _TAKEN.values():
        schema = taken.model_json_schema(ref_template=_REFERENCE)
        schemas |= schema.pop("$defs") | {taken.__name__: schema}
    schemas["Problem"] = Problem.model_json_schema()
    outcome = OperationOutcome.model_json_schema(ref_template=_REFERENCE)
    schemas |= outcome.pop("$defs") | {"OperationOutcome": outcome}
    for unused in _UNUSED:
        schemas.pop(unused, None)
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    for operation in (operation for path in whole["paths"].values() for operation in path.values()):
        operation["responses"] = dict(sorted(operation["responses"].items()))
        if FHIR_JSON in operation["responses"].get("422", {}).get("content", ()):
            continue
        if "422" in operation["responses"]:  # what FastAPI says of it is not what we answer
            content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
            operation["responses"]["422"]["content"] = content
    whole["components"]["schemas"] = dict(sorted(schemas.items()))
    written = json.dumps(whole)
    for name, taken in _TAKEN.items():
        written = written.replace(f'"$ref": "{name}"', f'"$ref": "{_REFERENCE.format(model=taken.__name__)}"')
    done: dict[str, Any] = json.loads(written)
    return done
