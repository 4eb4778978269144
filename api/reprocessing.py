"""Reprocessing: kept claims judged anew; asked for, followed, paused and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session

from apexproof.checks.table import demand_all_known
from apexproof.errors import PolicyUnusable
from apexproof.policy import Policy, load_policy, parse_policy, policy_names
from apexproof.reprocessing import ListUnusable, RunEnded, begin, cancel, listed_claims, pause, resume
from apexproof.settings import Settings
from apexproof.store.jobs import Ring
from apexproof.store.reprocessing import Order, differences, moves, run_of, runs
from apexproof.store.tables import PolicyRow, ReprocessingRow
from api.premises import Here, Premises
from api.problems import NotFound, documented
from api.reprocessing_documents import (
    ChangeAnswer,
    ChangePage,
    FailureAnswer,
    FailurePage,
    RunAnswer,
    RunAsked,
    RunPage,
    WholeRunAnswer,
    run_address,
)
from api.security import Reader, ReviewerTrail
from api.trail import Trail

router = APIRouter(prefix="/v1/reprocessing", tags=["reprocessing"])
Run = Annotated[int, Path(ge=1, le=2**62)]
Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[int, Query(ge=0, le=2**62, description="as the address of the next page says")]
_POLICY_IN_REQUEST = "policy_toml"


@router.post(
    "",
    summary="Judge kept claims anew",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(PolicyUnusable, ListUnusable, NotFound),
)
def begin_run(asked: RunAsked, response: Response, here: Here, trail: ReviewerTrail) -> RunAnswer:
    """Begin a run over claims that are here now; those that come later are judged as they come.

    Each claim gets a further verification in its history, and that holds from then on. Nothing is read again unless a
    newer reader wants it. With `dry_run` only the difference is kept. Uploads go before: they are never held up.
    """
    policy = _policy(asked, here.settings)
    with here.database.writing() as session:
        numbers = asked.claims.numbers
        listed = listed_claims(session, trail.caller.organisation, numbers) if numbers is not None else None
        order = Order(
            organisation=trail.caller.organisation,
            why=asked.why,
            asked_by=trail.caller.key,
            policy_digest=policy.digest,
            wanted=asked.claims.wanted,
            listed=listed,
            dry_run=asked.dry_run,
        )
        row, rings = begin(session, order, policy, here.clock())
        trail.note(session, thing=str(row.id))
        answer = _shown(session, row)
    here.doorbell.ring_aside(rings)
    response.headers["Location"] = run_address(answer.id)
    return answer


@router.get("", summary="List the runs", responses=documented())
def list_runs(
    here: Here, caller: Reader, before: Annotated[int | None, Query(ge=1, le=2**62)] = None, limit: Limit = 50
) -> RunPage:
    """The runs of the organisation, the newest first."""
    with here.database.looking() as session:
        rows = runs(session, caller.organisation, before=before, most=limit + 1)
        page = [_shown(session, row) for row in rows[:limit]]
    further = f"{router.prefix}?before={page[-1].id}&limit={limit}" if len(rows) > limit else None
    return RunPage(runs=page, next=further)


@router.get("/{run}", summary="Show a run", responses=documented(NotFound))
def show_run(run: Run, here: Here, caller: Reader) -> WholeRunAnswer:
    """How far a run is, and how many claims it moved from which outcome to which."""
    with here.database.looking() as session:
        row = find_run(session, caller.organisation, run)
        return WholeRunAnswer.whole(row, session.get_one(PolicyRow, row.policy_digest), moves(session, run))


@router.get("/{run}/changes", summary="List what a run changed", responses=documented(NotFound))
def list_changes(run: Run, here: Here, caller: Reader, after: After = 0, limit: Limit = 100) -> ChangePage:
    """Each claim whose outcome came out otherwise: from what, to what, and because of which checks."""
    with here.database.looking() as session:
        row = find_run(session, caller.organisation, run)
        found = differences(session, row, faults=False, after=after, most=limit + 1)
    page = found[:limit]
    further = f"{run_address(run)}/changes?after={page[-1][0].claim_id}&limit={limit}" if found[limit:] else None
    return ChangePage(changes=[ChangeAnswer.of(row, number) for row, number in page], next=further)


@router.get("/{run}/failures", summary="List what a run could not judge", responses=documented(NotFound))
def list_failures(run: Run, here: Here, caller: Reader, after: After = 0, limit: Limit = 100) -> FailurePage:
    """Each claim that could not be judged, and why."""
    with here.database.looking() as session:
        row = find_run(session, caller.organisation, run)
        found = differences(session, row, faults=True, after=after, most=limit + 1)
    page = found[:limit]
    further = f"{run_address(run)}/failures?after={page[-1][0].claim_id}&limit={limit}" if found[limit:] else None
    return FailurePage(failures=[FailureAnswer.of(row, number) for row, number in page], next=further)


@router.post("/{run}/pause", summary="Pause a run", responses=documented(NotFound, RunEnded))
def pause_run(run: Run, here: Here, trail: ReviewerTrail) -> RunAnswer:
    """Let a run rest: when this is answered, it touches no claim until it is resumed."""
    return move_run(here, trail, run, lambda session: (pause(session, run), []))


@router.post("/{run}/resume", summary="Resume a run", responses=documented(NotFound, RunEnded))
def resume_run(run: Run, here: Here, trail: ReviewerTrail) -> RunAnswer:
    """Let a run that was paused, or that stopped, go on where it stands."""
    return move_run(here, trail, run, lambda session: resume(session, run, here.clock()))


@router.post("/{run}/cancel", summary="Cancel a run", responses=documented(NotFound, RunEnded))
def cancel_run(run: Run, here: Here, trail: ReviewerTrail) -> RunAnswer:
    """End a run for good; the verifications that it added stay, as all do."""
    return move_run(here, trail, run, lambda session: (cancel(session, run, here.clock()), []))


def move_run(
    here: Premises,
    trail: Trail,
    run: int,
    move: Callable[[Session], tuple[ReprocessingRow, list[Ring]]],
) -> RunAnswer:
    """Pause, resume or cancel the caller's run, and show it."""
    with here.database.writing() as session:
        find_run(session, trail.caller.organisation, run)
        row, rings = move(session)
        session.flush()
        trail.note(session)
        answer = _shown(session, row)
    here.doorbell.ring_aside(rings)
    return answer


def find_run(session: Session, organisation: str, run: int) -> ReprocessingRow:
    """The organisation's run of that number.

    Raises:
        NotFound: it has none.
    """
    row = run_of(session, organisation, run)
    if row is None:
        raise NotFound("There is no run of this number.")
    return row


def _shown(session: Session, row: ReprocessingRow) -> RunAnswer:
    return RunAnswer.of(row, session.get_one(PolicyRow, row.policy_digest))


def _policy(asked: RunAsked, settings: Settings) -> Policy:
    """The policy that is asked for. A name is one that comes with apexproof, and never a file of this machine."""
    if asked.policy is not None and asked.policy_toml is not None:
        raise PolicyUnusable(origin=_POLICY_IN_REQUEST, reason="a name is stated as well; send one of them")
    if asked.policy_toml is not None:
        policy = parse_policy(asked.policy_toml.encode(), origin=_POLICY_IN_REQUEST)
    elif asked.policy is None:
        policy = load_policy(settings.policy)
    elif asked.policy in policy_names():
        policy = load_policy(asked.policy)
    else:
        reason = f"there is no policy of this name; there are {', '.join(policy_names())}, or send its TOML"
        raise PolicyUnusable(origin="policy", reason=reason)
    demand_all_known(policy)
    return policy
