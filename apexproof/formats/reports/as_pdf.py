"""The missing evidence as PDF: pages to print and to hand on, written one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from apexproof.formats.reports.heading import Heading
from apexproof.report import Counted, OpenClaim, Totals

PDF_MOST = 10_000
"""Claims in one PDF: some 1,500 pages, which a program that shows PDF still opens. The other forms have no limit."""
_MARGIN, _GAP = 48, 6
_WIDTH, _HEIGHT = LETTER
_LINE = ParagraphStyle("line", fontName="Helvetica", fontSize=9, leading=11.5)
_HEAD = ParagraphStyle("head", parent=_LINE, fontName="Helvetica-Bold", fontSize=10, leading=13)
_BELOW = ParagraphStyle("below", parent=_LINE, leftIndent=12)
_TITLE = ParagraphStyle("title", parent=_HEAD, fontSize=16, leading=20)


def missing_evidence_pdf(heading: Heading, claims: Iterable[OpenClaim], totals: Totals) -> Iterator[bytes]:
    """Write the report. Its first page says how many of the claims it holds when those are not all."""
    file = BytesIO()
    pages = _Pages(file, heading)
    pages.add((Paragraph("Missing evidence", _TITLE),))
    pages.add((_text(f"{heading.organisation}: {heading.which}, as of {heading.moment}.", _LINE),))
    pages.add(_sums(totals))
    if totals.claims > PDF_MOST:
        limit = f"Only the {PDF_MOST:,} that wait longest are listed here; ask for CSV or HTML to have all of them."
        pages.add((_text(limit, _HEAD),))
    for claim in islice(claims, PDF_MOST):
        pages.add(_claim(claim, heading))
    pages.end()
    yield file.getvalue()


class _Pages:
    """The pages; what is on one that is full is packed away."""

    def __init__(self, file: BytesIO, heading: Heading) -> None:
        self._canvas = Canvas(file, pagesize=LETTER, pageCompression=1, lang="en", invariant=1)
        self._canvas.setTitle("Missing evidence")
        self._canvas.setAuthor("apexproof")
        self._heading = heading
        self._top = _HEIGHT - _MARGIN

    def add(self, lines: Iterable[Paragraph]) -> None:
        """Put lines on the page together, or on the next one; what no page holds is divided."""
        sized = [(line, line.wrap(_WIDTH - 2 * _MARGIN, _HEIGHT)[1]) for line in lines]
        whole = sum(height for _, height in sized)
        if self._top - whole < _MARGIN and whole <= _HEIGHT - 2 * _MARGIN:
            self._next_page()
        for line, height in sized:
            if self._top - height < _MARGIN:
                self._next_page()
            line.drawOn(self._canvas, _MARGIN, self._top - height)
            self._top -= height
        self._top -= _GAP

    def end(self) -> None:
        """Finish the last page."""
        self._foot()
        self._canvas.save()

    def _next_page(self) -> None:
        self._foot()
        self._canvas.showPage()
        self._top = _HEIGHT - _MARGIN

    def _foot(self) -> None:
        self._canvas.setFont("Helvetica", 8)
        self._canvas.drawString(_MARGIN, _MARGIN / 2, f"Missing evidence, as of {self._heading.moment}")
        self._canvas.drawRightString(_WIDTH - _MARGIN, _MARGIN / 2, f"page {self._canvas.getPageNumber()}")


def _sums(totals: Totals) -> Iterator[Paragraph]:
    yield _text(f"{totals.claims:,} not verified, {totals.not_judged_yet:,} more still being read.", _HEAD)
    for name, counted in (
        ("By outcome", totals.by_outcome),
        ("By check", totals.by_check),
        ("By how long they wait", totals.by_age),
    ):
        yield _text(f"{name}: {_counts(counted)}.", _LINE)


def _counts(counted: Iterable[Counted]) -> str:
    return ", ".join(f"{(one.of or 'not named').replace('_', ' ')} {one.claims:,}" for one in counted) or "none"


def _claim(claim: OpenClaim, heading: Heading) -> Iterator[Paragraph]:
    since = f"since {claim.since:%Y-%m-%d} ({claim.waiting_days(heading.as_of)} days)"
    yield _text(f"{claim.number}: {claim.outcome.replace('_', ' ')} {since}", _HEAD)
    named = (("payer", claim.payer), ("provider", claim.provider), ("visit", claim.visit))
    if told := ", ".join(f"{name} {value}" for name, value in named if value):
        yield _text(told, _BELOW)
    for one in claim.missing:
        yield _text(f"{one.check}: {one.message}", _BELOW)
        if one.send:
            yield _text(f"To send: {one.send}", _BELOW)
    if not claim.missing:
        yield _text("No radiograph carries the proof.", _BELOW)


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    """Words as they are; letters that the font has not are shown as a question mark."""
    return Paragraph(escape(words.encode("cp1252", "replace").decode("cp1252")), style)
