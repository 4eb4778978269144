"""Lines: the text that stands in a picture.

Two networks of PP-OCRv6 (see models/README.md) find the lines and read them. A line is read as it stands, again with
black and white exchanged, and, when it makes no sense that way, turned and mirrored: what both readings of a line
share is sure, the rest is not. The networks are loaded when the first words are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.reading.burned_in.line import UPRIGHT, Box, Direction, Line
from apexproof.reading.burned_in.networks import Networks, networks

Grey = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float32]
"""Four corners of a line in pixels (across, down): from its upper left one, clockwise."""

# The longer side at which lines are looked for. Overlays on a sensor's 1700 rows have letters of 20 and more pixels;
# an export at half size keeps its own size.
_SIDE_MOST = 1280
_SIDE_LEAST = 736  # of the shorter side: below, a picture is enlarged (as the networks were trained)
_ENLARGED_MOST = 3.0
_STRIDE = 32  # the network wants sides that are multiples of it
_INK = 0.2  # probability from which a pixel belongs to a line
_LINE_SCORE = 0.4  # mean probability within a line
_COVER_SCORE = 0.2  # the same, for what is covered rather than read
_GROWTH = 1.6  # the network marks the core of a line: its box grows by area x growth / circumference
_SMALLEST = 3  # pixels of the shorter side of a core
_LINES_MOST = 120
_LINES_OF_ONE = 60  # who asks for more has a mount or a page, whose letters are small for it
_HIGHEST = 0.12  # of the longer side: what is higher is a row of teeth, which looks like letters to the network
_UPRIGHT_MOST = 1.5  # height to width from which a line is taken for one that runs up or down
_SURE = 0.9
_TURNED_LETTERS = 4  # letters of a line below which its direction is not asked for
_TRIED_MOST = 12  # lines that are read again in other directions
_MARGIN = 0.4  # heights by which a strip is wider at both ends when it is read again
_CLEARLY = 3  # times as many letters must be sure in another direction as are sure upright
_BETTER = 0.08  # by which a reading in another direction must be surer than the one as it stands


class TooSlow(Exception):
    """The words of a picture took longer than they may; what was read by then is left out."""


class TooMany(Exception):
    """There are more lines in a picture than an overlay has; none was read."""


def read_lines(samples: Grey, *, seconds: float, most: int = _LINES_MOST) -> tuple[Line, ...]:
    """The lines of a picture in 8 bits, from top to bottom.

    Raises:
        TooMany: there are more than `most`.
        TooSlow: it takes longer than `seconds` of processor time (a busy machine reads as much as an idle one). A
            network that has begun is not interrupted, so it may take a little more; what it is given is bounded.
    """
    until = time.process_time() + seconds

    def in_time() -> None:
        if time.process_time() > until:
            raise TooSlow

    loaded = networks()
    places = _find(samples, loaded, most=max(most + 1, _LINES_MOST), side_most=_side_most(most))
    if len(places) > most:
        raise TooMany
    in_time()
    strips = [_strip(samples, corners) for corners in places]
    read = [_Reading(*one) for one in loaded.read([strip.samples for strip in strips], in_time)]
    directions = [strip.direction for strip in strips]
    for index, reading, direction in _surer(strips, read, loaded, in_time):
        read[index], directions[index] = reading, direction
    written = [index for index, reading in enumerate(read) if reading.text.strip()]
    height, width = samples.shape
    edge = np.array([width, height], np.float32)
    wider = [_strip(samples, np.clip(_widened(places[index]), 0, edge)) for index in written]
    again = loaded.read([255 - _turned(strip, directions[i]) for strip, i in zip(wider, written, strict=True)], in_time)
    lines = [
        Line(
            text=read[index].text,
            sureness=_agreed(read[index], _Reading(*other)),
            box=_box(places[index]),
            direction=directions[index],
        )
        for index, other in zip(written, again, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: (line.box.top, line.box.left)))


def find_words(samples: Grey) -> tuple[Box, ...]:
    """Where anything that may be words stands in a picture, to cover it: more than can be read."""
    places = _find(samples, networks(), most=None, side_most=_SIDE_MOST * 2, score=_COVER_SCORE)
    return tuple(_box(corners) for corners in places)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the network read in one strip."""

    text: str
    sureness: tuple[float, ...]

    @property
    def letters(self) -> int:
        """How many letters and digits it has."""
        return sum(letter.isalnum() for letter in self.text)

    @property
    def worth(self) -> float:
        """How sure it is, by its less sure characters: nonsense has some sure letters, but not only."""
        if not self.sureness:
            return 0.0
        lower = sorted(self.sureness)[: max(1, len(self.sureness) // 2)]
        return sum(lower) / len(lower)


@dataclass(frozen=True, slots=True)
class _Strip:
    """A line cut out of the picture and laid flat, as it stands or, when it runs up the picture, turned once."""

    samples: Grey
    direction: Direction


def _side_most(most: int) -> int:
    """The longer side at which lines are looked for: twice as long where there may be those of many pictures."""
    return _SIDE_MOST * 2 if most > _LINES_OF_ONE else _SIDE_MOST


def _find(
    samples: Grey, loaded: Networks, *, most: int | None, side_most: int, score: float = _LINE_SCORE
) -> list[Corners]:
    """The corners of each line."""
    height, width = samples.shape
    scale = min(_ENLARGED_MOST, max(1.0, _SIDE_LEAST / min(height, width)))
    scale = min(scale, side_most / max(height, width))
    across, down = (max(_STRIDE, round(side * scale / _STRIDE) * _STRIDE) for side in (width, height))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    ink = loaded.find(np.asarray(cv2.resize(samples, (across, down), interpolation=method), np.uint8))
    mask = cv2.dilate((ink > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    stretch = np.array([width / across, height / down], np.float32)
    found = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:most]:
        corners = _grown_corners(contour, ink, score)
        if corners is not None and min(cv2.minAreaRect(contour)[1]) < _HIGHEST * max(across, down):
            found.append(np.clip(corners * stretch, 0, np.array([width, height], np.float32)).astype(np.float32))
    return found


def _grown_corners(contour: cv2.typing.MatLike, ink: npt.NDArray[np.float32], score: float) -> Corners | None:
    (centre, (one, other), angle) = cv2.minAreaRect(contour)
    if min(one, other) < _SMALLEST:
        return None
    left, top, across, down = cv2.boundingRect(contour)
    inside = np.zeros((down, across), np.uint8)
    core = cv2.boxPoints((centre, (one, other), angle)) - np.array([left, top], np.float32)
    cv2.fillPoly(inside, [np.round(core).astype(np.int32)], 1)
    if cv2.mean(ink[top : top + down, left : left + across], inside)[0] < score:
        return None
    growth = one * other * _GROWTH / (2 * (one + other)) * 2
    return _from_upper_left(cv2.boxPoints((centre, (one + growth, other + growth), angle)))


def _from_upper_left(points: cv2.typing.MatLike) -> Corners:
    by_column = points[np.argsort(points[:, 0], kind="stable")]
    left, right = by_column[:2], by_column[2:]
    upper_left, lower_left = left[np.argsort(left[:, 1], kind="stable")]
    upper_right, lower_right = right[np.argsort(right[:, 1], kind="stable")]
    return np.array([upper_left, upper_right, lower_right, lower_left], np.float32)


def _strip(samples: Grey, corners: Corners) -> _Strip:
    sides = [float(np.linalg.norm(corners[one] - corners[other])) for one, other in ((0, 1), (3, 2), (0, 3), (1, 2))]
    across, down = max(1, round(max(sides[:2]))), max(1, round(max(sides[2:])))
    target = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    flat = cv2.warpPerspective(
        samples,
        cv2.getPerspectiveTransform(corners, target),
        (across, down),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if down > across * _UPRIGHT_MOST:
        return _Strip(np.rot90(flat, 3), Direction(turn=90))
    return _Strip(np.asarray(flat, np.uint8), UPRIGHT)


def _widened(corners: Corners) -> Corners:
    """The corners with a margin at both ends of the line."""
    upper_left, upper_right, lower_right, lower_left = corners
    along, across = upper_right - upper_left, lower_left - upper_left
    length, height = float(np.linalg.norm(along)), float(np.linalg.norm(across))
    if height > length * _UPRIGHT_MOST:
        step = across / height * (length * _MARGIN)
        return np.array([upper_left - step, upper_right - step, lower_right + step, lower_left + step], np.float32)
    step = along / max(length, 1.0) * (height * _MARGIN)
    return np.array([upper_left - step, upper_right + step, lower_right + step, lower_left - step], np.float32)


def _turned(strip: _Strip, direction: Direction) -> Grey:
    """The strip as it is read in another direction: mirrored, turned by 180 degrees, or both."""
    samples = strip.samples
    if direction.mirrored:
        # To mirror the picture before a quarter turn is to turn it upside down behind it.
        samples = samples[::-1] if strip.direction.turn else samples[:, ::-1]
    if direction.turn != strip.direction.turn:
        samples = samples[::-1, ::-1]
    return np.ascontiguousarray(samples)


def _surer(
    strips: Sequence[_Strip], read: Sequence[_Reading], loaded: Networks, in_time: Callable[[], None]
) -> list[tuple[int, _Reading, Direction]]:
    """The lines of a turned or mirrored picture, read that way; none where more is read for sure as it stands."""
    doubtful = [
        index
        for index, reading in enumerate(read)
        if strips[index].samples.shape[1] > strips[index].samples.shape[0] * 2
        and (reading.worth < _SURE or strips[index].direction != UPRIGHT)
    ]
    doubtful.sort(key=lambda index: -strips[index].samples.size)
    tries = [
        (index, Direction(turn=(strips[index].direction.turn + half) % 360, mirrored=mirrored))
        for index in doubtful[:_TRIED_MOST]
        for mirrored in (False, True)
        for half in (0, 180)
    ]
    results = loaded.read([_turned(strips[index], direction) for index, direction in tries], in_time)
    votes: dict[Direction, int] = {}
    found = []
    for (index, direction), result in zip(tries, results, strict=True):
        reading = _Reading(*result)
        as_it_stands = direction == strips[index].direction
        surer = as_it_stands or strips[index].direction != UPRIGHT or reading.worth > read[index].worth + _BETTER
        if surer and reading.letters >= _TURNED_LETTERS and reading.worth >= _SURE:
            votes[direction] = votes.get(direction, 0) + reading.letters
            found.append((index, reading, direction))
    upright = sum(
        reading.letters
        for reading, strip in zip(read, strips, strict=True)
        if strip.direction == UPRIGHT and reading.worth >= _SURE
    )
    winner = max(votes, key=lambda direction: votes[direction], default=UPRIGHT)
    if votes.get(winner, 0) <= upright * _CLEARLY:
        return []
    return [one for one in found if one[2] == winner]


def _agreed(one: _Reading, other: _Reading) -> tuple[float, ...]:
    """The sureness of the first reading, with nothing left of it where the second one reads something else.

    What the second one reads in addition, at an end that was cut off or between two letters, makes its neighbours
    unsure: `1/15/2024` within `11/15/2024`. A space is no statement, and is often seen by one of the two only.
    """
    kept = list(one.sureness)
    for change, start, end, begin, finish in SequenceMatcher(None, one.text, other.text, autojunk=False).get_opcodes():
        if change == "equal":
            for step in range(end - start):
                kept[start + step] = min(kept[start + step], other.sureness[begin + step])
        elif other.text[begin:finish].strip() or one.text[start:end].strip():
            for index in range(max(0, start - 1), min(len(kept), end + 1)):
                kept[index] = 0.0
    return tuple(one.sureness[index] if letter == " " else kept[index] for index, letter in enumerate(one.text))


def _box(corners: Corners) -> Box:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(left=round(float(left)), top=round(float(top)), right=round(float(right)), bottom=round(float(bottom)))
