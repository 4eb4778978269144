"""Page: the rows of words in a picture, and its dates with what each is the date of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apexproof.reading.burned_in.dates import WrittenDate, find_dates, settled
from apexproof.reading.burned_in.labels import Label, is_only_label, label_before
from apexproof.reading.burned_in.line import UPRIGHT, Box, Direction, Line
from apexproof.reading.burned_in.rows import Row, rows_of

_TURNED_LETTERS = 6  # letters in one direction from which the whole picture is taken to lie that way
_LABEL_READ = 0.6  # sureness of a label's letters below which it might be any word
_LABEL_NEAR = 12  # characters before a date within which an unread word might be its label
_ABOVE_MOST = 1.2  # heights between a label and the date under it
_CORNER = (0.85, 0.92)  # across and down: where the clock of a desktop stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date in a row, what it is the date of, and whether it can be relied upon."""

    row: Row
    written: WrittenDate
    label: Label
    sure: bool

    @property
    def box(self) -> Box:
        """Its place in the picture."""
        return self.row.box(self.written.start, self.written.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands in a picture in its one direction; `dates` from top to bottom, settled by each other."""

    rows: tuple[Row, ...]
    dates: tuple[Dated, ...]
    direction: Direction


def page_of(lines: Iterable[Line], *, width: int, height: int) -> Page:
    """The words that run in the direction in which most of them run; single letters in others are left out."""
    known = tuple(lines)
    direction = _direction(known)
    rows = rows_of((line for line in known if line.direction == direction), width=width, height=height)
    upright = direction.turn % 180 == 0
    size = (width, height) if upright else (height, width)
    return Page(rows=rows, dates=tuple(_dated(rows, size)), direction=direction)


def _direction(lines: tuple[Line, ...]) -> Direction:
    letters: dict[Direction, int] = {}
    for line in lines:
        letters[line.direction] = letters.get(line.direction, 0) + sum(letter.isalnum() for letter in line.text)
    most = max(letters, key=lambda direction: letters[direction], default=UPRIGHT)
    return most if letters.get(most, 0) >= _TURNED_LETTERS else UPRIGHT


def _dated(rows: tuple[Row, ...], size: tuple[int, int]) -> Iterator[Dated]:
    found = [(row, _certain_part(row, written)) for row in rows for written in find_dates(row.text)]
    sure = [row.sure(written.start, written.end) for row, written in found]
    # Only dates that were read for sure show the order of the others.
    certain = iter(settled(written for (_, written), good in zip(found, sure, strict=True) if good))
    for (row, written), good in zip(found, sure, strict=True):
        one = next(certain) if good else written
        begins = max((w.end for r, w in found if r is row and w.end <= one.start), default=0)
        before = row.text[begins : one.start]
        label = label_before(before)
        if label is Label.NONE and not any(letter.isalpha() for letter in before):
            label = _label_above(rows, row)
        if label is Label.NONE and _is_clock(rows, row, one, size):
            label = Label.LATER
        read = label is not Label.NONE or _read(row, begins, one.start)
        yield Dated(row=row, written=one, label=label, sure=good and read)


def _certain_part(row: Row, written: WrittenDate) -> WrittenDate:
    """The date with its clock time, or without when only that is doubtful."""
    clock_only = row.sure(written.day_start, written.day_end) and not row.sure(written.start, written.end)
    return written.without_clock() if clock_only else written


def _read(row: Row, begins: int, ends: int) -> bool:
    """Whether the words before a date could be read: what could not may be the label that turns it round."""
    begins = max(begins, ends - _LABEL_NEAR)
    return all(row.sureness[index] >= _LABEL_READ for index in range(begins, ends) if row.text[index].isalpha())


def _label_above(rows: tuple[Row, ...], row: Row) -> Label:
    for other in rows:
        gap = row.frame.top - other.frame.bottom
        across = min(row.frame.right, other.frame.right) - max(row.frame.left, other.frame.left)
        if -row.frame.height / 2 < gap < row.frame.height * _ABOVE_MOST and across > 0 and is_only_label(other.text):
            return label_before(other.text)
    return Label.NONE


def _is_clock(rows: tuple[Row, ...], row: Row, written: WrittenDate, size: tuple[int, int]) -> bool:
    """Whether it is the clock of a desktop that came into a screenshot: in its lower right corner, the time above."""
    alone = not (row.text[: written.start] + row.text[written.end :]).strip()
    right = row.frame.left > size[0] * _CORNER[0] and row.frame.top > size[1] * _CORNER[1]
    times = (r.text for r in rows if r is not row and r.frame.left > size[0] * _CORNER[0])
    return alone and right and any(":" in text and sum(map(str.isalpha, text)) <= len("AM") for text in times)
