"""A claim's verification as one printed page: what holds, what stands in the way, and what to do about it.

It shows a verification as it was stored and recomputes nothing. The page names the claim by its number and no person,
so that it can lie on a desk. What has no room on it is said to be left out. The same verification gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from apexproof.checks.case import Result
from apexproof.claim import ClaimKind
from apexproof.formats.inspection_json import EngineDocument
from apexproof.formats.verification_json import (
    ClaimVerificationDocument,
    FindingDocument,
    LineVerificationDocument,
    PolicyDocument,
    holds_back,
    stands,
)
from apexproof.verification import Outcome

_FONT, _BOLD = "Vera", "VeraBd"  # Bitstream Vera, which reportlab brings along
_MARGIN = 18 * mm
_FOOT = 24 * mm
_GREY = HexColor("#5b6470")
_WORDS = {
    Outcome.VERIFIED: "Verified",
    Outcome.NEEDS_REVIEW: "Needs review",
    Outcome.MISSING_EVIDENCE: "Missing evidence",
    Outcome.CONTRADICTED: "Contradicted",
    Outcome.NOT_APPLICABLE: "Nothing to verify",
}
_COLOURS = {
    Outcome.VERIFIED: HexColor("#1b6e3c"),
    Outcome.NEEDS_REVIEW: HexColor("#8a5a00"),
    Outcome.MISSING_EVIDENCE: HexColor("#a3201d"),
    Outcome.CONTRADICTED: HexColor("#a3201d"),
    Outcome.NOT_APPLICABLE: HexColor("#39424e"),
}
_RESULT_WORDS = {Result.FAIL: "failed", Result.UNSURE: "not sure", Result.CRASHED: "broke down"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Under which policy a verification was made, and by which program; `when` as it is to be printed."""

    policy: PolicyDocument
    engine: EngineDocument
    when: str | None = None


def summary_pdf(claims: Sequence[ClaimVerificationDocument], made: Made) -> bytes:
    """A document with one page for each claim."""
    _register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=LETTER, invariant=1, lang="en")
    canvas.setTitle("Verification of D3351 claims" if len(claims) > 1 else f"Claim {claims[0]['claim_number']}")
    canvas.setCreator("apexproof")
    for claim in claims:
        _page(canvas, claim, made)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(canvas: Canvas, claim: ClaimVerificationDocument, made: Made) -> None:
    width, height = LETTER
    canvas.setFillColor(_COLOURS[claim["outcome"]])
    canvas.rect(0, height - 5 * mm, width, 5 * mm, stroke=0, fill=1)
    canvas.setFont(_BOLD, 20)
    canvas.drawString(_MARGIN, height - 18 * mm, _WORDS[claim["outcome"]])
    canvas.setFillColor(_GREY)
    canvas.setFont(_FONT, 11)
    title = "Claim" if claim["kind"] is ClaimKind.CLAIM else "Predetermination"
    canvas.drawString(_MARGIN, height - 25 * mm, _known(f"{title} {claim['claim_number']}")[:90])
    _fill(canvas, list(_content(claim)), top=height - 28 * mm, room=width - 2 * _MARGIN)
    _foot(canvas, made)


def _fill(canvas: Canvas, paragraphs: Sequence[Paragraph], *, top: float, room: float) -> None:
    """Draw what has room, from the top; the last line says how much has none."""
    at = top
    for index, paragraph in enumerate(paragraphs):
        _, needed = paragraph.wrap(room, top)
        is_last = index == len(paragraphs) - 1
        if at - needed - paragraph.style.spaceBefore < _FOOT + (0 if is_last else 8 * mm):
            rest = _paragraph(f"{len(paragraphs) - index} further entries have no room on this page.", colour=_GREY)
            _, lower = rest.wrap(room, top)
            rest.drawOn(canvas, _MARGIN, at - lower - 2 * mm)
            return
        at -= paragraph.style.spaceBefore + needed
        paragraph.drawOn(canvas, _MARGIN, at)


def _content(claim: ClaimVerificationDocument) -> Iterator[Paragraph]:
    if not claim["lines"]:
        yield _paragraph("This claim has no D3351 line, so there is nothing to verify on it.")
    for line in claim["lines"]:
        yield from _line(line)
    yield _heading(f"Files ({len(claim['files'])})")
    if not claim["files"]:
        yield _paragraph("No file came with this claim.")
    for file in claim["files"]:
        digest = f", SHA-256 {file['sha256'][:16]}" if file["sha256"] else ""
        faults = "".join(f" {fault['message']}" for fault in file["findings"] if fault["fatal"])
        yield _paragraph(
            f"{file['file']} ({file['kind']}, {file['size']:,} bytes{digest}).{faults}", colour=_GREY, size=8
        )


def _line(line: LineVerificationDocument) -> Iterator[Paragraph]:
    yield _heading(f"Line {line['line']}: {line['procedure']}, {_tooth(line)}, {_day(line)}")
    yield _paragraph(_WORDS[line["outcome"]], bold=True, colour=_COLOURS[line["outcome"]])
    if line["proof"] is None:
        yield _paragraph(
            "No file carries the proof." if line["considered"] else "There is no radiograph to carry the proof."
        )
    if line["proof"]:
        place = f" ({line['proof']['place']})" if line["proof"]["place"] else ""
        yield _paragraph(f"The proof is {line['proof']['file']}{place}, SHA-256 {line['proof']['sha256'][:16]}.")
    obstacles = [found for found in line["findings"] if holds_back(found)]
    for found in obstacles:
        yield from _finding(found)
    advice = [found for found in line["findings"] if stands(found) in _RESULT_WORDS and not holds_back(found)]
    if advice:
        yield _paragraph("Worth a look, and no obstacle:", bold=True, size=9)
    for found in advice:
        yield from _finding(found)
    held = [found for found in line["findings"] if stands(found) is Result.PASS]
    if held:
        yield _paragraph("What holds:", bold=True, size=9)
    for found in held:
        if found["radiograph"] or found["settled"]:
            yield _paragraph(
                f"{found['check']} {found['message']}{_settled(found)}", indent=4 * mm, colour=_GREY, size=8
            )
    of_line = [found["check"] for found in held if not (found["radiograph"] or found["settled"])]
    if of_line:
        yield _paragraph(f"Of the line itself: {', '.join(of_line)}.", indent=4 * mm, colour=_GREY, size=8)


def _finding(found: FindingDocument) -> Iterator[Paragraph]:
    said = f"{found['check']} {_RESULT_WORDS[stands(found)]}: {found['message']}{_settled(found)}"
    yield _paragraph(said, indent=4 * mm)
    if found["remedy"]:
        yield _paragraph(f"What to do: {found['remedy']}", indent=8 * mm)
    if found["remark_codes"]:
        codes = ", ".join(found["remark_codes"])
        yield _paragraph(f"Remark codes that this may draw: {codes}", indent=8 * mm, colour=_GREY, size=8)


def _settled(found: FindingDocument) -> str:
    """That a person settled it, without their name."""
    settled = found["settled"]
    return f" A person {settled['decision']} this: {settled['why']}" if settled else ""


def _foot(canvas: Canvas, made: Made) -> None:
    canvas.setFillColor(_GREY)
    canvas.setFont(_FONT, 7)
    when = f"Verified {made.when}. " if made.when else ""
    under = f"Policy {made.policy.name} {made.policy.version}, digest {made.policy.digest[:16]}."
    by = f"apexproof {made.engine.version}, reader {made.engine.reader}."
    more = "All findings with their evidence are in the JSON of this verification."
    hints = "Remark codes are hints, not a payer's decision."
    rows = (f"{when}{under} {by}", f"{more} {hints}")
    for index, row in enumerate(rows):
        canvas.drawString(_MARGIN, 15 * mm - index * 4 * mm, _known(row))


def _tooth(line: LineVerificationDocument) -> str:
    tooth = line["tooth"]
    if tooth is None:
        return "no tooth stated"
    return (
        f"tooth {tooth['universal']} (FDI {tooth['fdi']})"
        if tooth["universal"]
        else f"tooth '{tooth['number']}', which is none"
    )


def _day(line: LineVerificationDocument) -> str:
    if line["service_date"]:
        return line["service_date"].isoformat()
    if line["service_period"]:
        return f"{line['service_period']['start']} to {line['service_period']['end']}"
    return "no day stated"


def _heading(text: str) -> Paragraph:
    return _paragraph(text, bold=True, size=11, before=4 * mm)


def _paragraph(
    text: str,
    *,
    bold: bool = False,
    size: float = 9.5,
    indent: float = 0,
    before: float = 1.2 * mm,
    colour: Color | None = None,
) -> Paragraph:
    style = ParagraphStyle(
        "text",
        fontName=_BOLD if bold else _FONT,
        fontSize=size,
        leading=size * 1.32,
        leftIndent=indent,
        spaceBefore=before,
        textColor=colour or HexColor("#1c222b"),
        splitLongWords=1,
    )
    return Paragraph(escape(_known(text)), style)


@cache
def _register() -> frozenset[int]:
    """Load the fonts once; the characters that they have."""
    folder = Path(reportlab.__file__).parent / "fonts"
    fonts = [TTFont(name, folder / f"{name}.ttf") for name in (_FONT, _BOLD)]
    for font in fonts:
        registerFont(font)
    return frozenset(fonts[0].face.charToGlyph) & frozenset(fonts[1].face.charToGlyph)


def _known(text: str) -> str:
    """Text with a question mark for each character that the font has not."""
    has: Iterable[int] = _register()
    return "".join(letter if ord(letter) in has else "?" for letter in text)
