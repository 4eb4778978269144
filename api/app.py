"""The app: its routes and its premises."""

from __future__ import annotations

from fastapi import FastAPI

from apexproof import __version__
from apexproof.doorbell import Doorbell, celery_app
from apexproof.settings import Settings
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from api import attachments, claims, health, openapi, problems, verifications
from api.premises import Premises


def create_app(settings: Settings, broker_url: str) -> FastAPI:
    """The app. Nothing is connected before the first request."""
    app = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        openapi_url="/openapi.json",
        redoc_url=None,
        docs_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
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
    openapi.state(app)
    return app
