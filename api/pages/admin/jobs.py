"""Jobs that were set aside because they failed again and again: what each was about, why it failed, and once more."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from apexproof.review import replay
from apexproof.store.jobs import Ring, Work, set_aside_of
from api.pages.page import HEADERS, page
from api.pages.visit import PageAdministrator, PageAdministratorTrail
from api.parameters import LARGEST_NUMBER
from api.premises import Here
from api.problems import NotFound

router = APIRouter(include_in_schema=False, prefix="/admin/jobs")
_SHOWN_MOST = 200
_WORKS = {
    Work.READ: "Read a file",
    Work.WORDS: "Read the words in a file",
    Work.VERIFY: "Judge a claim",
    Work.REPROCESS: "Go on with a run",
    Work.READ_AGAIN: "Read a file for a run",
    Work.WORDS_AGAIN: "Read the words in a file for a run",
    Work.REPORT: "Make a report",
}
"""What can be replayed here; what could not be told to a webhook is found at the webhook."""


@router.get("")
def jobs_page(request: Request, here: Here, caller: PageAdministrator) -> Response:
    """What was set aside of the organisation's, the oldest first."""
    with here.database.looking() as session:
        found = set_aside_of(session, caller.organisation, tuple(_WORKS), most=_SHOWN_MOST + 1)
    has_more = len(found) > _SHOWN_MOST
    return page(request, "admin/jobs.html", jobs=found[:_SHOWN_MOST], works=_WORKS, has_more=has_more)


@router.post("/replay")
def replay_all(here: Here, trail: PageAdministratorTrail) -> Response:
    """Queue all of them again that the page shows."""
    with here.database.writing() as session:
        found = set_aside_of(session, trail.caller.organisation, tuple(_WORKS), most=_SHOWN_MOST)
        again = [one.job for one in found if replay(session, one.job.id, here.clock())]
        rings = [Ring(job=job.id, work=Work(job.work)) for job in again]
        trail.note(session)
    here.doorbell.ring_aside(rings)
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": router.prefix})


@router.post("/{job}/replay")
def replay_one(
    job: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)], here: Here, trail: PageAdministratorTrail
) -> Response:
    """Queue one of them again."""
    with here.database.writing() as session:
        found = set_aside_of(session, trail.caller.organisation, tuple(_WORKS), job=job, most=1)
        if not found or not replay(session, job, here.clock()):
            raise NotFound("There is no job of this number that was set aside.")
        trail.note(session)
    here.doorbell.ring_aside([Ring(job=job, work=Work(found[0].job.work))])
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": router.prefix})
