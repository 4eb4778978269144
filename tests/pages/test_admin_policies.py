"""The page of policies: each is shown whole and in words, two differ where they do, and one is tried on the claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.policy import load_policy, policy_names
from apexproof.store.keys import Scope
from api.pages.admin.demands import WORDS, demands
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.kept import kept
from tests.pages.visitor import Visitor

NAMES = st.sampled_from(policy_names())


@given(one=NAMES, other=NAMES)
def test_two_policies_differ_where_they_say_otherwise(one: str, other: str) -> None:
    found = demands(load_policy(one), load_policy(other))
    assert any(demand.differs for demand in found) == (one != other)
    assert [demand.said[0] for demand in found] == [demand.said[0] for demand in demands(load_policy(one))]


def test_every_limit_is_said_in_words() -> None:
    said = {demand.what for demand in demands(load_policy())}
    assert set(WORDS.values()) <= said
    assert not any("." in what for what in said)


def test_a_policy_is_tried_on_what_came_and_nothing_is_changed_by_it(api: Listening) -> None:
    caller, visitor = api.caller("policy-desk"), Visitor(api.address)
    kept(api, caller, {"SAID-1": "declared-jpeg-under-payer"})
    visitor.sign_in(caller.key)
    shown = visitor.get("/admin/policies?one=payer&other=practice").body.decode()
    assert "the sender&#39;s word" in shown
    begun = visitor.post("/admin/policies/dry-run", {"policy": "practice"})
    assert begun.status == 303
    work_off(api)
    run = visitor.get(begun.headers["Location"]).body.decode()
    assert "What judging again would change" in run
    assert "SAID-1" in run
    assert caller.claim("SAID-1").json["outcome"] == "needs_review"
    assert "What the policy practice" in visitor.get("/admin/runs").body.decode()


def test_who_may_not_review_tries_no_policy(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("no-review", scopes=frozenset({Scope.ADMIN, Scope.READ})).key)
    assert b"Try it on the last" not in visitor.get("/admin/policies").body
    assert visitor.post("/admin/policies/dry-run", {"policy": "strict"}).status == 403


@pytest.mark.parametrize("asked", ["one=../../etc/passwd", "one=payer&other=nothing"])
def test_a_policy_that_is_not_in_the_list_is_not_there(api: Listening, asked: str) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("curious").key)
    assert visitor.get(f"/admin/policies?{asked}").status == 404
