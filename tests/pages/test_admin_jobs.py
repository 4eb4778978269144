"""The page of work that was set aside: why, of which claim, and that it is done after all when it is tried again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from apexproof.store.jobs import OPEN, JobState, set_aside
from apexproof.store.tables import JobRow
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.kept import keep
from tests.pages.visitor import Visitor
from tests.service.caller import Caller
from tests.store.rows import NOON


def stuck(api: Listening, organisation: str) -> tuple[Caller, list[int]]:
    """An organisation of which the work on a claim and its files was set aside, and that work."""
    caller = api.caller(organisation)
    keep(caller, "verified-coded-dicom", "STUCK-1")
    with api.database.writing() as session:
        of = JobRow.organisation == organisation, JobRow.state.in_(OPEN)
        jobs = list(session.scalars(select(JobRow.id).where(*of)))
        for job in jobs:
            set_aside(session, job, reason="the disk was full", now=NOON)
    return caller, jobs


def signed_in(api: Listening, caller: Caller) -> Visitor:
    visitor = Visitor(api.address)
    visitor.sign_in(caller.key)
    return visitor


@pytest.mark.parametrize("at_once", [True, False], ids=["all", "each"])
def test_what_was_set_aside_is_done_when_it_is_tried_again(api: Listening, at_once: bool) -> None:  # noqa: FBT001 - a parameter of the test
    caller, jobs = stuck(api, f"stuck-{at_once}")
    visitor = signed_in(api, caller)
    shown = visitor.get("/admin/jobs").body.decode()
    assert "the disk was full" in shown
    assert "STUCK-1" in shown
    for place in ["replay"] if at_once else [f"{job}/replay" for job in jobs]:
        assert visitor.post(f"/admin/jobs/{place}").status == 303
    work_off(api)
    assert b"Nothing is set aside" in visitor.get("/admin/jobs").body
    assert caller.claim("STUCK-1").json["outcome"] == "verified"


def test_only_ones_own_work_is_tried_again(api: Listening) -> None:
    _, jobs = stuck(api, "not-mine")
    visitor = signed_in(api, api.caller("mine"))
    assert b"Nothing is set aside" in visitor.get("/admin/jobs").body
    assert visitor.post("/admin/jobs/replay").status == 303
    assert visitor.post(f"/admin/jobs/{jobs[0]}/replay").status == 404
    with api.database.looking() as session:
        assert session.get_one(JobRow, jobs[0]).state == JobState.SET_ASIDE
