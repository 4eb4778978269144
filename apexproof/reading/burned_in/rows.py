"""Row: lines that stand side by side, as one text, with the place and the sureness of every character.

A label and what it labels are often two lines to the reader (`DOB` here, the date a little to the right of it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from apexproof.reading.burned_in.line import Box, Direction, Line

SURE = 0.5
"""The least sureness of every character of what is taken for a statement. See `make words` for what it costs."""
_FAINT = frozenset(" '\u2019`")
_OVERLAP = 0.5  # of the lower height, from which two lines stand side by side
_GAP_MOST = 3.0  # heights between two lines of a row
# Where a reader leaves out a space: `PA#8`, `#8PA`, `14:32PA`, `DOB03/03/2017`, but not `UR1` nor `7th`.
_GLUED = re.compile(
    r"(?<=PA|BW|WX|TH)(?=#)|(?<=[A-Za-z])(?=D[O0]B[\s:.]*\d)|(?<=\d)(?=[A-Za-z]{2})(?!(?:st|nd|rd|th|mm|[ap]m)\b)|(?<=[A-Za-z]{3})(?=\d)",
    re.IGNORECASE,
)

_MISREAD = re.compile(r"(?i)(?<![a-z])D0B(?![a-z])")  # a date of birth: the O is read as a zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A text with, for each character, its sureness (0-1) and the line that it stands in.

    `frame` is its box in the picture turned upright, by which rows are above and below each other.
    """

    text: str
    sureness: tuple[float, ...]
    lines: tuple[Line, ...]
    owners: tuple[int, ...]
    frame: Box

    def sure(self, start: int, end: int) -> bool:
        """Whether every letter and digit in that span is; spaces and apostrophes are often seen by one reading only."""
        return all(self.sureness[index] >= SURE for index in range(start, end) if self.text[index] not in _FAINT)

    def box(self, start: int, end: int) -> Box:
        """The place of a span in the picture: the lines that it touches."""
        touched = sorted({self.owners[index] for index in range(start, end)})
        return reduce(Box.around, (self.lines[index].box for index in touched))


def rows_of(lines: Iterable[Line], *, width: int, height: int) -> tuple[Row, ...]:
    """The rows of lines in one direction, from top to bottom of the picture as it is read."""
    framed = [(as_read(line.box, line.direction, width=width, height=height), line) for line in lines]
    framed.sort(key=lambda pair: pair[0].left)
    grouped: list[list[tuple[Box, Line]]] = []
    for frame, line in framed:
        group = next((group for group in grouped if _beside(group[-1][0], frame)), None)
        if group is None:
            grouped.append([(frame, line)])
        else:
            group.append((frame, line))
    rows = [_row(group) for group in grouped]
    return tuple(sorted(rows, key=lambda row: (row.frame.top, row.frame.left)))


def as_read(box: Box, direction: Direction, *, width: int, height: int) -> Box:
    """A box of the picture after the picture was mirrored and turned so that the words can be read."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if direction.mirrored:
        left, right = width - right, width - left
    if direction.turn == 90:  # noqa: PLR2004 - degrees
        return Box(left=height - bottom, top=left, right=height - top, bottom=right)
    if direction.turn == 180:  # noqa: PLR2004 - degrees
        return Box(left=width - right, top=height - bottom, right=width - left, bottom=height - top)
    if direction.turn == 270:  # noqa: PLR2004 - degrees
        return Box(left=top, top=width - right, right=bottom, bottom=width - left)
    return Box(left=left, top=top, right=right, bottom=bottom)


def _beside(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    lower = min(one.height, other.height)
    return shared > lower * _OVERLAP and other.left - one.right < lower * _GAP_MOST


def _row(group: Sequence[tuple[Box, Line]]) -> Row:
    letters: list[str] = []
    sureness: list[float] = []
    owners: list[int] = []
    for index, (_, line) in enumerate(group):
        if letters:
            _put(letters, sureness, owners, ("  ", (1.0, 1.0), index))
        glued = {match.start() for match in _GLUED.finditer(line.text)}
        for position, letter in enumerate(line.text):
            if position in glued:
                _put(letters, sureness, owners, (" ", (1.0,), index))
            _put(letters, sureness, owners, (letter, (line.sureness[position],), index))
    return Row(
        text=_MISREAD.sub("DOB", "".join(letters)),
        sureness=tuple(sureness),
        lines=tuple(line for _, line in group),
        owners=tuple(owners),
        frame=reduce(Box.around, (frame for frame, _ in group)),
    )


def _put(letters: list[str], sureness: list[float], owners: list[int], one: tuple[str, tuple[float, ...], int]) -> None:
    text, shares, owner = one
    letters.extend(text)
    sureness.extend(shares)
    owners.extend([owner] * len(text))
