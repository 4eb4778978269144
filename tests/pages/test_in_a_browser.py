"""In a browser: every page can be used with the keyboard, on a phone, in the light and in the dark, and by ear."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_the_door_and_an_empty_worklist_are_accessible(
    api: Listening, browser: Browser, scheme: str, screen: dict[str, object]
) -> None:
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        page.goto("/sign-in")
        accessible(page)
        sign_in(page, api.caller("empty").key)
        expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
        accessible(page)
        not_wider_than_the_screen(page)


def test_the_content_and_the_search_are_one_key_away(api: Listening, browser: Browser) -> None:
    with open_page(browser, api.address) as page:
        sign_in(page, api.caller("keys").key)
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the content")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("/")
        expect(page.get_by_label("Find a claim by its number")).to_be_focused()
