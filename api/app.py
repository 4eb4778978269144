"""The app: its routes and its premises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI, Response
from starlette.types import Scope

from apexproof import __version__
from apexproof.admission import Admission
from apexproof.doorbell import Doorbell, celery_app
from apexproof.settings import Settings
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from api import (
    attached,
    attachments,
    attestations,
    audit,
    claims,
    closures,
    health,
    histories,
    inbox,
    keys,
    metrics,
    openapi,
    previews,
    problems,
    progress,
    reports,
    reprocessing,
    results,
    sources,
    verifications,
    webhooks,
)
from api.dicomweb import retrieve, search, store
from api.fhir import capability, claim, claim_response, code_system, submit_attachment
from api.fhir import errors as fhir_errors
from api.limits import Limits
from api.pages import errors, rooms
from api.parameters import only_known
from api.patience import Patience
from api.premises import Premises
from api.traffic import Counts, Traffic

_INTERCHANGES_AT_ONCE = 2


def create_app(settings: Settings, broker_url: str) -> FastAPI:
    """The app. Nothing is connected before the first request."""
    app = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        openapi_url="/openapi.json",
        redoc_url=None,
        docs_url=None,
        generate_unique_id_function=openapi.operation_id,
        lifespan=_open_for_now,
    )
    database = Database(settings.database)
    app.state.premises = Premises(
        settings=settings,
        database=database,
        admission=Admission(settings, database),
        blobs=open_blobs(settings),
        doorbell=Doorbell(celery_app(broker_url)),
        limits=Limits(settings, broker_url),
        interchanges=CapacityLimiter(_INTERCHANGES_AT_ONCE),
    )
    app.state.streams = progress.Streams()
    app.state.previews = previews.Previews()
    app.state.registry = metrics.new_registry(database, app.state.premises.admission)
    app.add_middleware(Patience)
    app.add_middleware(Traffic, counts=Counts(metrics.where_requests_count(app.state.registry)), fault=_fault_for)
    for probe in (health, metrics):
        app.include_router(probe.router)
    below_a_claim = (
        attachments,
        attached,
        previews,
        attestations,
        sources,
        results,
        verifications,
        histories,
        closures,
        progress,
    )
    for room in (*below_a_claim, claims, reprocessing, reports, webhooks, inbox, keys, audit):
        app.include_router(room.router, dependencies=[Depends(only_known)])
    app.include_router(search.router)  # what is searched for may be named by keyword or tag
    for room in (store, retrieve, capability, code_system, claim, claim_response, submit_attachment):
        app.include_router(room.router, dependencies=[Depends(only_known)])
    last = APIRouter(dependencies=[Depends(only_known)])
    claims.add_claim_route(last)
    app.include_router(last)
    problems.install(app)
    rooms.add_pages(app)
    errors.install(app)
    fhir_errors.install(app)
    openapi.state(app)
    return app


def _fault_for(scope: Scope) -> Response:
    """The answer to a request that broke something of ours, in the form in which it was asked."""
    return fhir_errors.fault_in_fhir() if fhir_errors.is_fhir(scope) else errors.fault_for(scope)


@asynccontextmanager
async def _open_for_now(app: FastAPI) -> AsyncIterator[None]:
    yield
    drawing: previews.Previews = app.state.previews
    drawing.close()
