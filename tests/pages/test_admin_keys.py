"""The page of keys: one is made and shown once, does what it says and no more, and is revoked in two steps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from apexproof.store.keys import Scope
from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.visitor import Visitor
from tests.service.caller import Caller


@pytest.fixture
def page(api: Listening, browser: Browser) -> Iterator[Page]:
    with open_page(browser, api.address) as page:
        sign_in(page, api.caller("key-desk").key)
        page.goto("/admin/keys")
        yield page


def test_a_key_is_made_and_revoked_with_the_keyboard(api: Listening, page: Page) -> None:
    page.get_by_label("For whom or what?").fill("Scanner")
    page.get_by_label("See claims").press("Space")
    page.get_by_role("button", name="Make the key").press("Enter")
    made = Caller(address=api.address, key=page.get_by_label("The new key", exact=True).input_value())
    assert made.ask("GET", "/v1/claims").status == 403
    assert made.claim("N-1").status == 403
    assert made.send_claim(b"{}").status == 422
    row = page.get_by_role("row", name="Scanner")
    expect(row).to_contain_text("submit")
    page.goto("/admin/keys")
    expect(page.get_by_label("The new key", exact=True)).to_have_count(0)
    row.get_by_text("Revoke Scanner…").press("Enter")
    row.get_by_role("button", name="Revoke it").press("Enter")
    expect(row).to_contain_text("revoked")
    assert made.send_claim(b"{}").status == 401


def test_a_key_allows_no_more_than_the_one_that_makes_it(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("small-admin", scopes=frozenset({Scope.ADMIN, Scope.READ})).key)
    shown = visitor.get("/admin/keys").body.decode()
    assert set(re.findall(r'name="scope" value="(\w+)"', shown)) == {"admin", "read"}
    assert visitor.post("/admin/keys", {"scope": "review", "days": "30"}).status == 403
    assert visitor.post("/admin/keys", {"scope": "everything", "days": "30"}).status == 422
    assert visitor.post("/admin/keys", {"scope": "read", "days": "31"}).status == 422
    assert visitor.post("/admin/keys", {"scope": "read", "days": "30", "name": "a reader"}).status == 201


def test_who_revokes_their_own_key_is_signed_out(api: Listening) -> None:
    caller, visitor = api.caller("leaving"), Visitor(api.address)
    visitor.sign_in(caller.key)
    visitor.get("/admin/keys")
    own = (caller.key or "").split("_")[1]
    assert visitor.post(f"/admin/keys/{own}/revoke").status == 303
    assert visitor.get("/admin/keys").headers["Location"].startswith("/sign-in")
