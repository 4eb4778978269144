"""Charts: numbers as bars and as a line, drawn to scale on the server, each with what it says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_WIDTH = 100.0
"""Units of the longest bar."""
LINE_WIDTH, LINE_HEIGHT = 600.0, 140.0
_NONE_AT_ALL = "No claim."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One number: what it is of, where its claims are listed, and how long its bar is."""

    name: str
    number: int
    address: str | None
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Numbers side by side, in the order in which they came; `rest` are those that had no room."""

    bars: Sequence[Bar]
    rest: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One month: where it stands in the drawing, and the share in per cent; None where nothing was judged."""

    name: str
    x: float
    y: float | None
    per_cent: float | None
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A share over time, from 0 to 100 per cent; `pieces` are drawn through, and end where a month has no number."""

    points: Sequence[Point]
    pieces: Sequence[str]
    words: str


def bars(counted: Sequence[tuple[str, int, str | None]], *, most: int = 10) -> Bars:
    """Bars of these names, numbers and addresses, the longest as wide as there is room."""
    longest = max((number for _, number, _ in counted), default=0)
    drawn = [
        Bar(name=name, number=number, address=address, length=BAR_WIDTH * number / longest if longest else 0.0)
        for name, number, address in counted[:most]
    ]
    words = ", ".join(f"{bar.name}: {bar.number:,}" for bar in drawn)
    return Bars(bars=drawn, rest=len(counted) - len(drawn), words=f"{words}." if longest else _NONE_AT_ALL)


def line(shares: Sequence[tuple[str, int, int]]) -> Line:
    """A line through the shares of these names, as (name, so many, of so many)."""
    step = LINE_WIDTH / max(len(shares) - 1, 1)
    points = [_point(name, step * place, some, of) for place, (name, some, of) in enumerate(shares)]
    pieces: list[list[Point]] = [[]]
    for point in points:
        if point.y is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    drawn = [" ".join(f"{one.x:.1f},{one.y:.1f}" for one in piece) for piece in pieces if len(piece) > 1]
    said = ", ".join(f"{one.name}: {one.per_cent:.0f} % of {one.of:,}" for one in points if one.per_cent is not None)
    return Line(points=points, pieces=drawn, words=f"{said}." if said else _NONE_AT_ALL)


def _point(name: str, x: float, some: int, of: int) -> Point:
    share = some / of if of else None
    y = None if share is None else LINE_HEIGHT * (1 - share)
    return Point(name=name, x=x, y=y, per_cent=None if share is None else 100 * share, of=of)
