"""Policies: what each demands, two of them side by side, and what one would change of the claims that came last."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from apexproof.checks.table import demand_all_known
from apexproof.policy import Policy, load_policy, policy_names
from apexproof.settings import Settings
from apexproof.store.keys import Scope
from apexproof.store.reprocessing import newest_claims
from api.pages.admin.demands import demands
from api.pages.page import page
from api.pages.runs import begin_preview, to_run
from api.pages.visit import Fields, PageAdministrator, PageAdministratorTrail
from api.premises import Here
from api.problems import NotFound
from api.security import having

router = APIRouter(include_in_schema=False, prefix="/admin/policies")
_TRIED_ON = 1000
_IN_FORCE = "in-force"
_NAME_MOST = 100


@router.get("")
def policies_page(
    request: Request,
    here: Here,
    caller: PageAdministrator,
    one: Annotated[str, Query(max_length=_NAME_MOST)] = _IN_FORCE,
    other: Annotated[str, Query(max_length=_NAME_MOST)] = "",
) -> Response:
    """What a policy demands; beside another, what they do not both say."""
    choices = _choices(here.settings)
    chosen = [_chosen(choices, name) for name in (one, other) if name]
    found = demands(*chosen)
    return page(
        request,
        "admin/policies.html",
        choices=choices,
        in_force=choices[_IN_FORCE],
        stated=here.settings.policy,
        one=one,
        other=other,
        chosen=chosen,
        demands=[demand for demand in found if len(chosen) == 1 or demand.differs],
        alike=sum(not demand.differs for demand in found),
        tried_on=_TRIED_ON,
        may_try=Scope.REVIEW in caller.scopes,
    )


@router.post("/dry-run")
def try_policy(here: Here, trail: PageAdministratorTrail, fields: Fields) -> Response:
    """Work out how the claims that came last would stand under a policy; nothing of them is changed."""
    having(trail, Scope.REVIEW)
    policy = _chosen(_choices(here.settings), fields.get("policy", ""))
    demand_all_known(policy)
    why = f"What the policy {policy.name} {policy.version} would change"
    with here.database.writing() as session:
        listed = newest_claims(session, trail.caller.organisation, most=_TRIED_ON)
        if not listed:
            raise NotFound("No claim has come yet, so there is nothing to try a policy on.")
        begun = begin_preview(session, trail, policy, listed, here, why=why)
    return to_run(here, begun)


def _choices(settings: Settings) -> dict[str, Policy]:
    """The policy in force, and those that come with apexproof."""
    return {_IN_FORCE: load_policy(settings.policy)} | {name: load_policy(name) for name in policy_names()}


def _chosen(choices: dict[str, Policy], name: str) -> Policy:
    if name not in choices:
        raise NotFound("There is no policy of this name; pick one of the list.")
    return choices[name]
