"""HTML: one page that needs nothing else, in which what a claim says is text and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from apexproof.formats.reports.as_html import missing_evidence_html
from apexproof.report import Missing, OpenClaim
from tests.formats.reports.told import HEADING, REMEDY, open_claim, totals


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(*claims: OpenClaim) -> Elements:
    return Elements(b"".join(missing_evidence_html(HEADING, claims, lambda: totals(len(claims)))).decode())


def test_what_a_claim_says_is_never_markup() -> None:
    evil = "<script>alert(1)</script>\"'&"
    shown = page(open_claim(evil, Missing(check="APX401", message=evil, send=evil)))
    assert shown.of("script") == []
    assert shown.text.count(evil) == 3


def test_the_page_loads_nothing_and_tells_a_screen_reader_what_is_what() -> None:
    shown = page(open_claim("A"), open_claim("B"))
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in shown.found}
    assert [attributes["lang"] for attributes in shown.of("html")] == ["en"]
    assert len(shown.of("h1")) == 1
    assert len(shown.of("caption")) == len(shown.of("table"))
    assert all("scope" in attributes for attributes in shown.of("th"))
    ids = {attributes.get("id") for _, attributes in shown.found}
    assert {attributes["href"] for attributes in shown.of("a")} <= {f"#{identity}" for identity in ids}


def test_it_says_what_to_send_and_how_many_there_are() -> None:
    shown = page(open_claim("A"))
    assert f"To send: {REMEDY}" in shown.text
    assert "1 claim is not verified; 2 more are still being read." in shown.text
    assert "every claim that was judged is verified" in page().text


def test_the_first_rows_are_written_before_the_last_claim_is_known() -> None:
    told: list[str] = []

    def endless() -> Iterator[OpenClaim]:
        while True:
            told.append("one more")
            yield open_claim(f"C-{len(told)}")

    written = missing_evidence_html(HEADING, endless(), totals)
    seen = b""
    while b"C-1<" not in seen:
        seen += next(written)
    assert len(told) < 50
