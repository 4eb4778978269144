"""Runs: claims judged again from the worklist. First it is shown what would change; then it is done, or left."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from apexproof.checks.table import demand_all_known
from apexproof.policy import Policy, load_policy
from apexproof.reprocessing import begin, cancel, listed_claims, pause, resume
from apexproof.store.jobs import Ring
from apexproof.store.reprocessing import Order, RunState, claims_of_run, differences, moves
from apexproof.store.tables import PolicyRow
from apexproof.store.worklist import numbers_of
from api.pages.page import HEADERS, page
from api.pages.visit import Fields, Form, PageReader, PageReviewerTrail
from api.pages.worklist import Filter, Show
from api.parameters import LARGEST_NUMBER
from api.premises import Here, Premises
from api.problems import NotFound
from api.reprocessing import Run, find_run, move_run
from api.reprocessing_documents import ChangeAnswer, FailureAnswer, WholeRunAnswer
from api.trail import Trail

router = APIRouter(include_in_schema=False, prefix="/runs")
_LISTED_MOST = 10_000
_AT_ONCE = 100
_PREVIEW = "Preview from the worklist"
Begun = tuple[int, list[Ring]]
"""A run that was begun, and what is to be rung for it."""


@router.post("")
def preview_run(here: Here, fields: Fields, trail: PageReviewerTrail) -> Response:
    """Begin to work out what judging claims again would change: those that were picked, or all that are shown."""
    policy = load_policy(here.settings.policy)
    with here.database.writing() as session:
        numbers = fields.getlist("number") or _shown(session, trail.caller.organisation, fields)
        if not numbers:
            raise NotFound("There is no claim to judge again; go back to the worklist and pick some.")
        listed = listed_claims(session, trail.caller.organisation, numbers[:_LISTED_MOST])
        begun = begin_preview(session, trail, policy, listed, here, why=_PREVIEW)
    return to_run(here, begun)


@router.post("/{run}/do")
def do_run(run: Run, here: Here, trail: PageReviewerTrail) -> Response:
    """Judge the claims of a preview again, under the policy of the preview."""
    with here.database.writing() as session:
        row = find_run(session, trail.caller.organisation, run)
        policy = Policy.model_validate_json(session.get_one(PolicyRow, row.policy_digest).document)
        demand_all_known(policy)
        begun = _begin(session, trail, _order(trail, policy, claims_of_run(session, row), row.why), policy, here)
    return to_run(here, begun)


@router.post("/{run}/pause")
def pause_run(run: Run, here: Here, trail: PageReviewerTrail) -> Response:
    """Let a run rest."""
    move_run(here, trail, run, lambda session: (pause(session, run), []))
    return _to(run)


@router.post("/{run}/resume")
def resume_run(run: Run, here: Here, trail: PageReviewerTrail) -> Response:
    """Let a run that rests, or that stopped, go on."""
    move_run(here, trail, run, lambda session: resume(session, run, here.clock()))
    return _to(run)


@router.post("/{run}/cancel")
def cancel_run(run: Run, here: Here, trail: PageReviewerTrail) -> Response:
    """End a run for good; what it added to histories stays."""
    move_run(here, trail, run, lambda session: (cancel(session, run, here.clock()), []))
    return _to(run)


@router.get("/{run}")
def run_page(
    request: Request,
    run: Run,
    here: Here,
    caller: PageReader,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
) -> Response:
    """How far a run is, and what it changes or would change."""
    with here.database.looking() as session:
        row = find_run(session, caller.organisation, run)
        whole = WholeRunAnswer.whole(row, session.get_one(PolicyRow, row.policy_digest), moves(session, run))
        changed = differences(session, row, faults=False, after=after, most=_AT_ONCE + 1)
        failed = differences(session, row, faults=True, after=0, most=_AT_ONCE)
    further = f"/runs/{run}?after={changed[_AT_ONCE - 1][0].claim_id}" if len(changed) > _AT_ONCE else None
    return page(
        request,
        "run.html",
        run=whole,
        is_over=whole.state in {RunState.DONE, RunState.CANCELLED, RunState.STOPPED},
        changes=[ChangeAnswer.of(one, number) for one, number in changed[:_AT_ONCE]],
        failures=[FailureAnswer.of(one, number) for one, number in failed],
        first=f"/runs/{run}" if after else None,
        further=further,
        may_review="review" in caller.scopes,
        in_force=load_policy(here.settings.policy),
    )


def _shown(session: Session, organisation: str, fields: Form) -> list[str]:
    """The claims that the worklist showed, the pages behind it among them."""
    try:
        show = Show(fields.get("show", Show.OPEN))
    except ValueError:
        show = Show.OPEN
    filtered = Filter.of(show=show, payer=fields.get("payer"), check=fields.get("check"), q=fields.get("q"))
    return numbers_of(session, organisation, filtered.wanted, show.outcomes, most=_LISTED_MOST)


def begin_preview(
    session: Session, trail: Trail, policy: Policy, listed: tuple[int, ...], here: Premises, *, why: str
) -> Begun:
    """Begin to work out what judging these claims by a policy would change."""
    return _begin(session, trail, replace(_order(trail, policy, listed, why), dry_run=True), policy, here)


def to_run(here: Premises, begun: Begun) -> Response:
    """Ring for a run that was begun, and lead to its page."""
    run, rings = begun
    here.doorbell.ring_aside(rings)
    return _to(run)


def _order(trail: Trail, policy: Policy, listed: tuple[int, ...], why: str) -> Order:
    return Order(
        organisation=trail.caller.organisation,
        why=why,
        asked_by=trail.caller.key,
        policy_digest=policy.digest,
        wanted=Filter.of().wanted,
        listed=listed,
        dry_run=False,
    )


def _begin(session: Session, trail: Trail, order: Order, policy: Policy, here: Premises) -> Begun:
    row, rings = begin(session, order, policy, here.clock())
    trail.note(session, thing=str(row.id))
    return row.id, rings


def _to(run: int) -> Response:
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": f"/runs/{run}"})
