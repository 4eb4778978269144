"""The app: its routes, its premises, and its OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from apexproof import __version__
from apexproof.doorbell import Doorbell, celery_app
from apexproof.formats.native_documents import ClaimDocument
from apexproof.settings import Settings
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from api import attachments, claims, health, problems, verifications
from api.premises import Premises

_REFERENCE = "#/components/schemas/{model}"


def create_app(settings: Settings, broker_url: str) -> FastAPI:
    """The app. Nothing is connected before the first request."""
    app = FastAPI(title="apexproof", version=__version__, openapi_url="/openapi.json", redoc_url=None, docs_url=None)
    app.state.premises = Premises(
        settings=settings,
        database=Database(settings.database),
        blobs=open_blobs(settings),
        doorbell=Doorbell(celery_app(settings, broker_url)),
    )
    for room in (health, attachments, verifications, claims):
        app.include_router(room.router)
    claims.add_claim_route(app.router)
    problems.install(app)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to state the document
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: FastAPI's, with the claim document and the problem put in their places."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary="Does the evidence attached to a D3351 claim line hold?",
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    claim = ClaimDocument.model_json_schema(ref_template=_REFERENCE)
    schemas |= claim.pop("$defs") | {"ClaimDocument": claim, "Problem": problems.Problem.model_json_schema()}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    written = json.dumps(document).replace('"$ref": "claim.json"', '"$ref": "#/components/schemas/ClaimDocument"')
    whole: dict[str, Any] = json.loads(written)
    for path in whole["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                content = {problems.MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
                operation["responses"]["422"]["content"] = content
    return whole
