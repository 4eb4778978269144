"""The page of webhooks: a secret is shown once, a wrong address is answered beside it, the dead are told again."""

from __future__ import annotations

import re

from apexproof.store.jobs import JobState
from apexproof.store.tables import JobRow
from apexproof.store.webhooks import DeliveryState, any_delivery
from tests.api.listening import Listening
from tests.pages.asked import things_on_pages
from tests.pages.visitor import Visitor


def test_a_webhook_is_opened_its_secret_changed_and_ended(api: Listening) -> None:
    caller, visitor = api.caller("hook-desk"), Visitor(api.address)
    visitor.sign_in(caller.key)
    visitor.get("/admin/webhooks")
    made = visitor.post("/admin/webhooks", {"address": "https://receiver.example/hook"}).body.decode()
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", made)
    (hook,) = caller.ask("GET", "/v1/webhooks").json["webhooks"]
    assert "whsec_" not in visitor.get("/admin/webhooks").body.decode()
    changed = visitor.post(f"/admin/webhooks/{hook['id']}/secret").body.decode()
    assert re.findall(r"whsec_[A-Za-z0-9+/=]+", changed) not in ([], [secret])
    assert visitor.post(f"/admin/webhooks/{hook['id']}/end").status == 303
    assert caller.ask("GET", "/v1/webhooks").json["webhooks"] == []


def test_an_address_that_may_not_be_told_is_answered_beside_it(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("wrong-hook").key)
    visitor.get("/admin/webhooks")
    refused = visitor.post("/admin/webhooks", {"address": "http://127.0.0.1/<b>"})
    assert refused.status == 422
    assert b'value="http://127.0.0.1/&lt;b&gt;"' in refused.body
    assert b'role="alert"' in refused.body


def test_what_was_given_up_is_told_again(api: Listening) -> None:
    caller, visitor = api.caller("dead-hook"), Visitor(api.address)
    things = things_on_pages(api, caller, "DEAD-1")
    visitor.sign_in(caller.key)
    assert b"1 given up" in visitor.get("/admin/webhooks").body
    shown = visitor.get(f"/admin/webhooks/{things['webhook']}").body.decode()
    assert "to be looked at" in shown
    place = f"/admin/webhooks/{things['webhook']}/deliveries/{things['delivery']}/replay"
    assert visitor.post(place).status == 303
    with api.database.looking() as session:
        told = any_delivery(session, int(things["delivery"]))
        assert told is not None
        assert told.state is DeliveryState.PENDING
        assert told.job is not None
        assert session.get_one(JobRow, told.job.id).state == JobState.QUEUED
    assert visitor.post(place).status == 409
