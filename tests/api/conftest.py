"""The API for the tests of this folder; each module has one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.listening import Listening, listening


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One for the tests of a module; each test has claims or organisations of its own."""
    with listening(tmp_path_factory.mktemp("d"), tries_per_minute=200) as running:
        yield running
