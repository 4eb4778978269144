"""The pages for the tests of this folder: one app for each module, one browser for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.listening import Listening, listening
from tests.pages.chromium import lacking, launched


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One for the tests of a module; each test has claims or organisations of its own."""
    with listening(tmp_path_factory.mktemp("d")) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for this folder, and gone after it: Playwright keeps an event loop in this thread as long as it lasts."""
    if reason := lacking():
        pytest.skip(reason)
    with launched() as running:
        yield running
