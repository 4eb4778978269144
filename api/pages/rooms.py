"""Rooms: the pages that there are, added to the app beside the API."""

from __future__ import annotations

from fastapi import FastAPI

from api.pages import check, claim, reports, review, runs, sign_in, worklist
from api.pages.admin import audit, jobs, keys, policies, webhooks
from api.pages.admin import runs as all_runs
from api.pages.page import Statics


def add_pages(app: FastAPI) -> None:
    """Add the pages, and what they are drawn with."""
    app.mount("/static", Statics(), name="static")
    for room in (
        sign_in,
        worklist,
        check,
        runs,
        review,
        reports,
        keys,
        policies,
        all_runs,
        jobs,
        webhooks,
        audit,
        claim,
    ):
        app.include_router(room.router)
