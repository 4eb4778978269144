"""PDF: pages with everything on them, and the limit said aloud."""

from __future__ import annotations

import pypdfium2
import pytest

from apexproof.formats.reports.as_pdf import PDF_MOST, missing_evidence_pdf
from apexproof.report import Missing, OpenClaim
from tests.formats.reports.told import HEADING, REMEDY, open_claim, totals


def pages(*claims: OpenClaim, of: int | None = None) -> list[str]:
    """The text of each page."""
    (written,) = missing_evidence_pdf(HEADING, claims, totals(len(claims) if of is None else of))
    document = pypdfium2.PdfDocument(written)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def test_each_claim_stands_on_a_page_with_what_to_send() -> None:
    written = pages(*(open_claim(f"C-{index}") for index in range(40)))
    assert len(written) > 2
    whole = " ".join(written)
    assert all(f"C-{index}: contradicted since" in whole for index in range(40))
    assert whole.count(f"To send: {REMEDY}") == 40
    assert all(f"page {number}" in text for number, text in enumerate(written, start=1))


def test_a_text_longer_than_a_page_loses_no_claim_behind_it() -> None:
    long = open_claim("LONG", *(Missing(check="APX401", message="word " * 300, send=None) for _ in range(9)))
    whole = " ".join(pages(long, open_claim("BEHIND")))
    assert "LONG" in whole
    assert "BEHIND" in whole


def test_it_says_on_its_first_page_when_it_does_not_hold_all() -> None:
    assert f"Only the {PDF_MOST:,}" in pages(open_claim(), of=PDF_MOST + 1)[0]
    assert "Only the" not in pages(open_claim(), of=PDF_MOST)[0]


@pytest.mark.parametrize("words", ["<b>&amp;</b> \"'", "Łukasz \U0001f9b7", "\x01\x02"])
def test_whatever_a_claim_says_is_text(words: str) -> None:
    text = pages(open_claim("C-9", Missing(check="APX401", message=words, send=words)))[0]
    assert "C-9" in text
    assert not words.isascii() or not words.isprintable() or text.count(words) == 2
