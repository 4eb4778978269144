"""Code systems: what the codes mean that are answered in FHIR and are our own."""

from __future__ import annotations

import json
from typing import Any, Literal

from fastapi import APIRouter, Response

from apexproof.formats.fhir.code_system import PROBLEM, code_system, verification_codes
from api.fhir.errors import BASE, FHIR_JSON, OUTCOME, resource
from api.problems import PROBLEMS

router = APIRouter(prefix=f"{BASE}/CodeSystem", tags=["FHIR"])


def code_systems() -> dict[str, dict[str, Any]]:
    """Both of them, by their ids."""
    problems = {kind.name: kind.title for kind in sorted(PROBLEMS.values(), key=lambda kind: kind.name)}
    systems = (verification_codes(), code_system(PROBLEM, "What is wrong with a request to apexproof", problems))
    return {system["id"]: system for system in systems}


@router.get(
    "/{name}",
    summary="What do our codes mean?",
    response_class=Response,
    responses={200: resource("CodeSystem"), 422: {"description": "parameter-unusable", **OUTCOME}},
)
def fhir_code_system(name: Literal["verification", "problem"]) -> Response:
    """A code system; it is the same for everybody and asks for no key."""
    return Response(json.dumps(code_systems()[name]), media_type=FHIR_JSON)
