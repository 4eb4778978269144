"""Lines as they would have been read: placed by hand, sure unless said otherwise."""

from __future__ import annotations

from apexproof.reading.burned_in.line import UPRIGHT, Box, Direction, Line
from apexproof.reading.burned_in.page import Page, page_of

WIDTH, HEIGHT = 1000, 1300
_LETTER, _TALL = 12, 24


def line(
    text: str,
    left: int = 10,
    top: int = 10,
    *,
    sureness: float = 1.0,
    direction: Direction = UPRIGHT,
    doubtful: str = "",
) -> Line:
    """A line; the first place where `doubtful` stands in it was not read for sure."""
    shares = [sureness] * len(text)
    if doubtful:
        start = text.index(doubtful)
        shares[start : start + len(doubtful)] = [0.2] * len(doubtful)
    box = Box(left=left, top=top, right=left + _LETTER * len(text), bottom=top + _TALL)
    return Line(text=text, sureness=tuple(shares), box=box, direction=direction)


def page(*lines: Line | str) -> Page:
    """A picture with these lines; a bare text stands under the one before it."""
    placed = [line(one, top=10 + 40 * number) if isinstance(one, str) else one for number, one in enumerate(lines)]
    return page_of(placed, width=WIDTH, height=HEIGHT)
