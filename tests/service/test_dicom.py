"""What docs/dicom.md shows is what a running service answers; what it takes in proves the claim that comes after it."""

from __future__ import annotations

from pathlib import Path

from fixtures.case import CASES
from tests.service.documented import ROOT, exchanges, matches
from tests.service.served import served

PAGE = (ROOT / "docs" / "dicom.md").read_text(encoding="utf-8")


def test_page_shows_what_is_answered_and_the_film_joins_its_claim(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        caller = running.caller()
        shown = list(exchanges(PAGE))
        assert len(shown) == 3
        for exchange in shown:
            answer = exchange.sent_by(caller)
            assert (answer.status, matches(exchange.body, answer.json)) == (exchange.status, True), answer.body
        caller.send_claim((CASES / "verified-coded-dicom" / "claim.json").read_bytes())
        stands = caller.checked("AX-1001")
        assert (stands["outcome"], len(stands["attachments"])) == ("verified", 1)
        assert caller.ask("GET", "/v1/inbox").json["entries"] == []
