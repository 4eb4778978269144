"""What docs/fhir.md shows is what a running service answers."""

from __future__ import annotations

from pathlib import Path

from tests.service.documented import ROOT, exchanges, matches
from tests.service.served import served

PAGE = (ROOT / "docs" / "fhir.md").read_text(encoding="utf-8")
SHOWN = 4


def test_page_shows_what_is_answered(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        caller = running.caller()
        shown = list(exchanges(PAGE))
        assert len(shown) == SHOWN
        for exchange in shown:
            answer = exchange.sent_by(caller)
            assert (answer.status, matches(exchange.body, answer.json)) == (exchange.status, True), answer.body
