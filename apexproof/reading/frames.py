"""Frames: where the films lie in a picture of several, such as a mount, a page or the screen of an imaging program.

A picture is cut along the rows and columns that are flat from edge to edge, again and again, as a page is cut into its
columns (recursive X-Y cut: Nagy, Seth and Viswanathan, Computer 25(7), 1992). What is left in one piece and has the
looks of a film, straight sharp sides and many greys, is a frame. No frame is the normal answer: a single radiograph has
no flat line across it but at its borders, and one frame alone counts only amid the words or bars of a page. A mount
that was scanned askew has no flat lines either, and is left whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.reading.burned_in.line import Box

Grey = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

_SIDE_MOST = 2400  # pixels of the longer side at which frames are looked for
_SIDE_LEAST = 80  # pixels of a frame's shorter side, in the picture itself
_ASPECT_MOST = 3.0
_SMALLER_MOST = 8.0  # times that the largest frame may be as large as another; a logo or an icon is smaller
_DEPTH_MOST = 12  # cuts within cuts
_PIECES_MOST = 4000  # a page of small print has some hundreds
_GAP_LEAST = 2  # flat rows or columns in a row that part two pieces
# A line is flat when it spans so few of 256 greys, or when lossy compression has left no more than ripples on it.
_FLAT, _RIPPLES, _RIPPLE_DEVIATION = 10, 64, 3.0
_EVERY = 16  # of the pixels of a line, looked at first
_EDGE = 8  # pixels at either end of a line that may be anything: a block of JPEG mixes what meets in it
# A film: its commonest grey covers no more than this share, and its greys carry so many bits. Words on a ground have
# one grey for most of it, and two or three bits.
_COMMONEST_MOST, _BITS_LEAST = 0.6, 5.5
# Its sides: within so many lines of the cut, behind the ripples, it differs from the ground by more than so many greys
# along this share of the side. The ground is looked at so many lines before the cut.
_STEPS_MOST, _STEP, _ALONG, _OUTSIDE = 9, 12, 0.5, 2
_BARELY = 0.05  # share of a line that differs from the ground, below which it lies between words and a film
_WORDS_MOST, _DARK = 48, 48  # lines that words under a film may take, and the grey below which a film may be as dark
_SIDES_LEAST = 3  # of four: on one, the film may be as dark as its mount
# One frame alone: the share of the picture that it takes, the sides on which something lies beside it, and how many
# pieces that are no film stand around it.
_ALONE_LEAST, _ALONE_MOST, _ALONE_SIDES, _ALONE_AMID = 0.01, 0.7, 3, 4


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the picture between its cuts: the rows from `top` to `bottom`, the columns from `left` to `right`."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def area(self) -> int:
        return self.height * self.width


def find_frames(samples: Grey) -> tuple[Box, ...]:
    """The frames of the films in a picture in 8 bits, row by row; none when it is one picture."""
    height, width = samples.shape
    shrunk = max(1.0, max(height, width) / _SIDE_MOST)
    small = samples
    if shrunk > 1:
        size = (max(1, round(width / shrunk)), max(1, round(height / shrunk)))
        small = np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), np.uint8)
    whole = _Piece(0, small.shape[0], 0, small.shape[1])
    if len(_cut(small, whole)) < 2 and len(_runs(small, whole, 0)) < 2:  # noqa: PLR2004 - parted in two
        return ()
    pieces = list(_pieces(small, whole, _DEPTH_MOST))
    films = [film for piece in pieces for film in _films(small, piece, shrunk)]
    largest = max((film.area for film in films), default=0)
    films = [film for film in films if film.area * _SMALLER_MOST >= largest]
    alone = len(films) == 1 and not _stands_alone(films[0], whole, len(pieces))
    if not films or alone or _is_halved(films, whole):
        return ()
    return tuple(_box(film, samples, small) for film in _in_rows(films))


def _pieces(small: Grey, piece: _Piece, depth: int) -> Iterator[_Piece]:
    """The piece cut along its flat rows, or else its flat columns, until there are none."""
    waiting = [(piece, depth)]
    found = 0
    while waiting and found < _PIECES_MOST:
        piece, depth = waiting.pop()
        cut = _cut(small, piece) if depth else [piece]
        if cut == [piece]:
            found += 1
            yield piece
        else:
            waiting += [(part, depth - 1) for part in cut]


def _cut(small: Grey, piece: _Piece) -> list[_Piece]:
    rows = _runs(small, piece, 1)
    if rows != [(0, piece.height)]:
        return [_Piece(piece.top + a, piece.top + b, piece.left, piece.right) for a, b in rows]
    columns = _runs(small, piece, 0)
    return [_Piece(piece.top, piece.bottom, piece.left + a, piece.left + b) for a, b in columns]


def _runs(small: Grey, piece: _Piece, axis: int) -> list[tuple[int, int]]:
    """From where to where the rows (axis 1) or columns (axis 0) of a piece hold something between flat ones."""
    part = small[piece.top : piece.bottom, piece.left : piece.right]
    length = part.shape[axis]
    if length >= _SIDE_LEAST:
        part = part[:, _EDGE : length - _EDGE] if axis else part[_EDGE : length - _EDGE]
    return _from_to(~_flat(part, axis))


def _flat(part: Grey, axis: int) -> Flags:
    """Which rows (axis 1) or columns (axis 0) are of one grey from end to end."""
    some = part[:, ::_EVERY] if axis else part[::_EVERY]
    flat = _spread(some, axis) <= _RIPPLES  # most lines of a picture show by a few of their pixels that they are not
    asked = np.flatnonzero(flat)
    lines = np.take(part, asked, axis=1 - axis)
    spread = _spread(lines, axis)
    deviation = lines.std(axis=axis, dtype=np.float32)
    flat[asked] = (spread <= _FLAT) | ((spread <= _RIPPLES) & (deviation <= _RIPPLE_DEVIATION))
    return flat


def _spread(lines: Grey, axis: int) -> npt.NDArray[np.int16]:
    if not lines.size:
        return np.zeros(lines.shape[1 - axis], np.int16)
    return np.asarray(lines.max(axis=axis).astype(np.int16) - lines.min(axis=axis), np.int16)


def _from_to(kept: Flags) -> list[tuple[int, int]]:
    """From where to where lines are kept; a gap narrower than the least one parts nothing."""
    edges = np.flatnonzero(np.diff(kept.astype(np.int8), prepend=0, append=0))
    runs: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if runs and start - runs[-1][1] < _GAP_LEAST:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _films(small: Grey, piece: _Piece, shrunk: float) -> Iterator[_Piece]:
    """The film in a piece, without the ripples beside it; several where words under films have held them together."""
    shorter, longer = sorted((piece.width, piece.height))
    if shorter * shrunk < _SIDE_LEAST or not _has_greys(small, piece):
        return
    steps = [_begins(lines, first) for lines, first in _sides(small, piece)]
    if max((step or 0) for step in steps) > _STEPS_MOST:
        rest = _within(piece, steps)
        for part in _pieces(small, rest, _DEPTH_MOST):
            yield from _films(small, part, shrunk) if part.area < piece.area else ()
    elif longer <= shorter * _ASPECT_MOST and sum(step is not None for step in steps) >= _SIDES_LEAST:
        yield _within(piece, steps)


def _within(piece: _Piece, steps: list[int | None]) -> _Piece:
    top, bottom, left, right = (step or 0 for step in steps)
    return _Piece(piece.top + top, piece.bottom - bottom, piece.left + left, piece.right - right)


def _has_greys(small: Grey, piece: _Piece) -> bool:
    part = small[piece.top : piece.bottom, piece.left : piece.right]
    shares = np.bincount(part.ravel(), minlength=256) / part.size
    present = shares[shares > 0]
    return float(shares.max()) <= _COMMONEST_MOST and float(-(present * np.log2(present)).sum()) >= _BITS_LEAST


def _sides(small: Grey, piece: _Piece) -> Iterator[tuple[Grey, int]]:
    """The lines from above, below, left and right over the breadth of a piece, and which is its first."""
    columns, rows = slice(piece.left, piece.right), slice(piece.top, piece.bottom)
    height, width = small.shape
    yield small[:, columns], piece.top
    yield small[::-1, columns], height - piece.bottom
    yield small[rows].T, piece.left
    yield small[rows, ::-1].T, width - piece.right


def _begins(lines: Grey, first: int) -> int | None:
    """How many lines behind `first` the film begins, all at once along most of its side; None when it does not.

    Where nothing lies outside, at the edge of the whole picture, it begins at once. Words may lie between a film and
    the cut: they are looked past where the ground is too bright to be the dark edge of a film.
    """
    if first < _OUTSIDE:
        return 0
    ground = int(np.median(lines[first - _OUTSIDE]))
    most = _STEPS_MOST if ground < _DARK else _WORDS_MOST
    parted = False
    for step in range(min(most, len(lines) - first)):
        differing = np.abs(lines[first + step].astype(np.int16) - ground) > _STEP
        share = np.count_nonzero(differing) / differing.size
        parted = parted or share <= _BARELY
        if share >= _ALONG and (parted or step < _STEPS_MOST):
            return step
    return None


def _stands_alone(film: _Piece, whole: _Piece, pieces: int) -> bool:
    """Whether a single frame lies on a page or a screen, rather than being the picture with a border around it."""
    beside = (film.top > 0, film.left > 0, film.bottom < whole.bottom, film.right < whole.right)
    share = film.area / whole.area
    return _ALONE_LEAST <= share <= _ALONE_MOST and sum(beside) >= _ALONE_SIDES and pieces > _ALONE_AMID


def _is_halved(films: list[_Piece], whole: _Piece) -> bool:
    """Whether two pieces fill the picture but for one line between them: a bitewing whose jaws do not meet does."""
    across = all(film.left <= _EDGE and film.right >= whole.right - _EDGE for film in films)
    down = all(film.top <= _EDGE and film.bottom >= whole.bottom - _EDGE for film in films)
    return len(films) == 2 and (across or down)  # noqa: PLR2004 - halves


def _in_rows(films: list[_Piece]) -> list[_Piece]:
    """The films from the upper row to the lower one, each from left to right."""
    rows: list[list[_Piece]] = []
    for film in sorted(films, key=lambda film: film.top + film.bottom):
        middle = (film.top + film.bottom) / 2
        if rows and middle < max(other.bottom for other in rows[-1]) and middle > min(o.top for o in rows[-1]):
            rows[-1].append(film)
        else:
            rows.append([film])
    return [film for row in rows for film in sorted(row, key=lambda film: film.left)]


def _box(film: _Piece, samples: Grey, small: Grey) -> Box:
    across, down = samples.shape[1] / small.shape[1], samples.shape[0] / small.shape[0]
    return Box(
        left=round(film.left * across),
        top=round(film.top * down),
        right=round(film.right * across),
        bottom=round(film.bottom * down),
    )
