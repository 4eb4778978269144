"""The pages of administrators in a browser: each can be used by eye and by ear, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.api.listening import Listening
from tests.pages.asked import pages, things_on_pages
from tests.pages.chromium import open_page, sign_in
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.service.caller import Caller


@pytest.fixture(scope="module")
def things(api: Listening) -> tuple[Caller, dict[str, str]]:
    """An administrator, and one of each thing."""
    caller = api.caller("looks")
    things = things_on_pages(api, caller, "LOOKS-1")
    return caller, things


@pytest.mark.parametrize(("scheme", "screen"), [("light", {}), ("dark", PHONE)], ids=["desk", "phone"])
def test_every_page_of_administrators_is_accessible(
    api: Listening, browser: Browser, things: tuple[Caller, dict[str, str]], scheme: str, screen: dict[str, object]
) -> None:
    caller, named = things
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        sign_in(page, caller.key)
        for asked in pages(api):
            if asked.method == "GET" and asked.template.startswith("/admin/"):
                page.goto(asked.place(named))
                accessible(page)
                not_wider_than_the_screen(page)
