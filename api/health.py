"""Health: whether the service lives, and whether it can take something in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response

from api.documents import Answer
from api.premises import Here

router = APIRouter(tags=["health"])


class Health(Answer):
    """It lives."""

    status: Literal["ok"]


class Readiness(Answer):
    """What it needs. Without its broker it takes in all the same: what was promised is done when the broker is back.

    An overloaded queue and a full room (`queue_most`, `queue_minutes`, `room_least`) turn away what is sent, and nobody
    who asks: so they are told here, and leave it ready.
    """

    database: Literal["ok", "away"]
    broker: Literal["ok", "away"]
    files: Literal["ok", "away"]
    queue: Literal["ok", "overloaded", "unknown"]
    room: Literal["ok", "full", "unknown"]


@router.get("/healthz", summary="Does it live?")
def health() -> Health:
    """It answers, so it lives."""
    return Health(status="ok")


@router.get("/readyz", summary="Can it take something in?", responses={503: {"model": Readiness}})
def readiness(response: Response, here: Here) -> Readiness:
    """Whether database, broker and the store of the files answer; 503 without the database or the files."""
    database, files = here.database.answers(), here.blobs.answers()
    if not (database and files):
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    broker = here.doorbell.broker_answers()
    load = here.admission.load() if database else None
    return Readiness(
        database="ok" if database else "away",
        broker="ok" if broker else "away",
        files="ok" if files else "away",
        queue="unknown" if load is None else "overloaded" if load.is_overloaded else "ok",
        room="unknown" if load is None else "full" if load.is_full else "ok",
    )
