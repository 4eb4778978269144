"""Chromium: Debian's, driven by Playwright; where it is not installed, one sentence says what is missing.

CI installs it (`.ci/run`), so there it is never missing: the tests fail instead of being left out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMED_BY = "APEXPROOF_TESTS_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",  # as root Chromium has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
)
PATIENCE_MILLISECONDS = 20_000
# What htmx says of a request that the page itself replaced by another.
_TAKEN_BACK = ("htmx:afterRequest, ", "htmx:sendAbort, ")


def found() -> str | None:
    """The browser's program."""
    named = os.environ.get(NAMED_BY)
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


def lacking() -> str | None:
    """What is missing, in a sentence; None when the tests can run, or must."""
    if found() or os.environ.get("CI"):
        return None
    return f"no Chromium: install Debian's package 'chromium', or name the program in {NAMED_BY}"


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found() or _NAMES[0], args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, address: str, *, refuses: object = None, **context: object) -> Iterator[Page]:
    """A page in a browser without memory. What its scripts complain of makes the test fail, as what is refused does.

    `refuses` is a status with which the test means to be refused.
    """
    complaints: list[str] = []
    visit = browser.new_context(base_url=address, **context)  # type: ignore[arg-type]  # Playwright's own options
    visit.set_default_timeout(PATIENCE_MILLISECONDS)
    page = visit.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    try:
        yield page
    finally:
        visit.close()
    meant = (f"status of {refuses} ", *_TAKEN_BACK)
    assert [said for said in complaints if not any(words in said for words in meant)] == []


def sign_in(page: Page, key: str | None) -> None:
    """Sign in with the keyboard alone."""
    page.goto("/sign-in")
    expect(page.get_by_label("Your key")).to_be_focused()
    page.keyboard.type(key or "")
    page.keyboard.press("Enter")
    page.wait_for_url("/")
