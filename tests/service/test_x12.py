"""What docs/x12.md shows is what a running service answers; what it takes in is verified and printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from apexproof.formats.x12.segments import read_segments
from tests.service.caller import Caller
from tests.service.documented import exchanges, matches
from tests.service.served import served

PAGE = (Path(__file__).parents[2] / "docs" / "x12.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """Somebody with the first key of a service that was sent what the page shows."""
    with served(tmp_path_factory.mktemp("d")) as running:
        caller = running.caller()
        for exchange in exchanges(PAGE):
            answer = exchange.sent_by(caller)
            assert (answer.status, matches(exchange.body, answer.json)) == (exchange.status, True), answer.body
        yield caller


def test_the_claim_of_the_page_is_verified_with_its_film_and_printed(caller: Caller) -> None:
    claim = caller.checked("AX-5001")
    assert [file["file_name"] for file in claim["attachments"]] == ["pa8.jpg"]
    page = caller.ask("GET", "/v1/claims/AX-5001/summary.pdf")
    assert (page.status, page.headers["Content-Type"]) == (200, "application/pdf")
    text = pypdfium2.PdfDocument(page.body)[0].get_textpage().get_text_range()
    assert "Claim AX-5001" in text
    assert "Verified 20" in text


def test_what_is_missing_is_asked_for_and_nothing_else(caller: Caller) -> None:
    parties = "request.x12?sender=PAYER-1&receiver=CLINIC"
    caller.checked("AX-5001")
    with_film = caller.ask("GET", f"/v1/claims/AX-5001/{parties}")
    assert (with_film.status, with_film.json["type"]) == (409, "urn:apexproof:problem:nothing-to-request")
    bare = {
        "claim_number": "AX-5003",
        "patient": {"name": {"family": "Quill"}},
        "lines": [{"line": 1, "procedure": "D3351", "service_date": "2026-02-10"}],
    }
    caller.send_claim(bare)
    caller.checked("AX-5003")
    request = caller.ask("GET", f"/v1/claims/AX-5003/{parties}")
    assert request.status == 200
    segments = [segment.elements for segment in read_segments(io.BytesIO(request.body), origin="test")]
    assert [b"REF", b"X1", b"AX-5003"] in segments
