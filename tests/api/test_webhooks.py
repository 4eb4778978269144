"""Webhooks over HTTP: made, shown without their secret, ended, and what became of their messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from apexproof.store.jobs import JobState
from apexproof.store.keys import Scope
from apexproof.store.tables import JobRow
from apexproof.store.tables.webhooks import WebhookRow
from apexproof.webhooks import MOST, Moved, announce
from tests.api.listening import Listening
from tests.service.caller import Answer, Caller
from tests.store.rows import at

ADDRESS = "https://receiver.example/hook"


def opened(caller: Caller, address: str = ADDRESS) -> Answer:
    body = json.dumps({"address": address}).encode()
    return caller.ask("POST", "/v1/webhooks", body=body, headers={"Content-Type": "application/json"})


def announced(api: Listening, webhook: dict[str, Any], organisation: str, times: int) -> None:
    """Let an outcome change so often; nobody delivers it."""
    with api.database.writing() as session:
        assert session.get_one(WebhookRow, webhook["id"]).organisation == organisation
        moved = Moved(organisation=organisation, claim="C-1", before=None, outcome="verified", verification=1)
        for index in range(times):
            announce(session, [moved], at(index))


def test_a_secret_is_shown_once(api: Listening) -> None:
    caller = api.caller("once")
    made = opened(caller)
    assert (made.status, made.json["secret"][:6]) == (201, "whsec_")
    shown = caller.ask("GET", made.headers["Location"])
    assert (shown.status, shown.json["address"]) == (200, ADDRESS)
    assert made.json["secret"][6:].encode() not in shown.body + caller.ask("GET", "/v1/webhooks").body


def test_another_secret_is_another_and_says_until_when_both_sign(api: Listening) -> None:
    caller = api.caller("rotating")
    made = opened(caller)
    changed = caller.ask("POST", f"{made.headers['Location']}/secret")
    assert changed.status == 200
    assert changed.json["secret"] != made.json["secret"]
    assert changed.json["earlier_secret_until"] is not None


def test_another_organisation_has_no_part_in_it(api: Listening) -> None:
    place = opened(api.caller("ours")).headers["Location"]
    other = api.caller("theirs")
    asked = [("GET", ""), ("DELETE", ""), ("POST", "/secret"), ("GET", "/deliveries"), ("POST", "/deliveries/1/replay")]
    assert [other.ask(method, place + below).status for method, below in asked] == [404] * 5
    assert other.ask("GET", "/v1/webhooks").json == {"webhooks": []}


def test_a_key_that_only_reads_makes_none(api: Listening) -> None:
    assert opened(api.caller("reading", scopes=frozenset({Scope.READ}))).status == 403


@pytest.mark.parametrize("address", ["http://receiver.example/", "https://10.0.0.1/", "https://[::1]/", "nowhere"])
def test_an_address_that_is_none_for_a_webhook_is_refused(api: Listening, address: str) -> None:
    answer = opened(api.caller("refused"), address)
    assert (answer.status, answer.json["type"]) == (422, "urn:apexproof:problem:address-refused")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b'{"address": 7}', b'{"address": "https://a.b", "x": 1}']
)
def test_what_is_no_webhook_is_a_problem_that_says_so(api: Listening, body: bytes) -> None:
    answer = api.caller("unusable").ask("POST", "/v1/webhooks", body=body)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_there_are_only_so_many(api: Listening) -> None:
    caller = api.caller("many")
    assert [opened(caller).status for _ in range(MOST + 1)] == [201] * MOST + [409]


def test_what_was_deleted_is_gone(api: Listening) -> None:
    caller = api.caller("deleting")
    place = opened(caller).headers["Location"]
    assert [caller.ask("DELETE", place).status for _ in range(2)] == [204, 404]
    assert caller.ask("GET", "/v1/webhooks").json == {"webhooks": []}


def test_pages_of_deliveries_name_the_next_until_all_were_seen(api: Listening) -> None:
    caller = api.caller("paging")
    webhook = opened(caller).json
    announced(api, webhook, "paging", 5)
    seen, address = [], f"/v1/webhooks/{webhook['id']}/deliveries?limit=2"
    while address:
        page = caller.ask("GET", address).json
        seen += page["deliveries"]
        address = page["next"]
    assert [one["state"] for one in seen] == ["pending"] * 5
    assert [one["id"] for one in seen] == sorted((one["id"] for one in seen), reverse=True)


def test_a_dead_delivery_is_shown_with_its_reason_and_replayed_once(api: Listening) -> None:
    caller = api.caller("dead")
    webhook = opened(caller).json
    announced(api, webhook, "dead", 1)
    place = f"/v1/webhooks/{webhook['id']}/deliveries"
    (pending,) = caller.ask("GET", place).json["deliveries"]
    replay = f"{place}/{pending['id']}/replay"
    assert caller.ask("POST", replay).status == 409
    with api.database.writing() as session:
        session.execute(update(JobRow).values(state=JobState.SET_ASIDE, reason="it answered 500"))
    (dead,) = caller.ask("GET", place).json["deliveries"]
    assert (dead["state"], dead["reason"]) == ("dead", "it answered 500")
    again = caller.ask("POST", replay)
    assert (again.status, again.json["state"], again.json["attempts"]) == (202, "pending", 0)
    assert caller.ask("POST", f"{place}/{pending['id'] + 999}/replay").status == 404
