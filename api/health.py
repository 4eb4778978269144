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
    """What it needs. Without its broker it takes in all the same: what was promised is done when the broker is back."""

    database: Literal["ok", "away"]
    broker: Literal["ok", "away"]
    files: Literal["ok", "away"]


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
    return Readiness(
        database="ok" if database else "away", broker="ok" if broker else "away", files="ok" if files else "away"
    )
