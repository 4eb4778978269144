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


@router.get("/healthz", summary="Does it live?")
def health() -> Health:
    """It answers, so it lives."""
    return Health(status="ok")


@router.get("/readyz", summary="Can it take something in?", responses={503: {"model": Readiness}})
def readiness(response: Response, here: Here) -> Readiness:
    """Whether database and broker answer; 503 without the database."""
    database = here.database.answers()
    if not database:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    broker = here.doorbell.broker_answers()
    return Readiness(database="ok" if database else "away", broker="ok" if broker else "away")
