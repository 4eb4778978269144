"""Picture: decoded grey samples on their native depth, and the few reduced forms of it that every measure shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Brightness = npt.NDArray[np.float32]
"""Samples as shares of the scale: 0 is black, 1 is white."""

Colours = npt.NDArray[np.uint8]
"""Rows by columns by red, green and blue."""

COMMON_SIDE = 512
"""The longer side, in pixels, at which pictures of different sizes are compared."""
THUMBNAIL_SIDE = 64
_BYTE, _WORD = 8, 16
# A pixel is coloured when its colours lie so far apart; words cover no more than this share of a picture.
_COLOURED, _COLOURED_MOST = 48, 0.25
# Whether words stand on something bright is asked of a square about them, a share of the longer side.
_GROUND_LEAST, _GROUND_SHARE, _BRIGHT_GROUND = 31, 16, 160
# The depths at which sensors digitise. A file that declares 16 bits often holds one of the smaller ones.
_SENSOR_DEPTHS = (8, 10, 12, 14)
# A border is a row or column without structure: darkest to brightest stays within this share of the standard deviation
# of the whole, so that a change of contrast changes no border. Larger shares take flat black air for a border too.
_UNIFORM = 0.08
# Trimming stops before less than this share of a side is left: what is nearly all border is no picture in a frame.
_FILM_LEAST = 0.25
_ROUNDS = 3
# The tallest letters of a border, in pixels of the common scale.
_LETTER_MOST = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """One picture in grey, as displayed: the bigger sample is the brighter one (MONOCHROME1 is already inverted).

    Attributes:
        samples: rows by columns, uint8 or uint16; kept contiguous, in the machine's byte order, and as uint8 when
            `bits` allows it.
        bits: significant bits of a sample, 1 to 16.
        colours: the same picture in red, green and blue where it came so: for words, and for how coloured it is.
    """

    samples: Samples
    bits: int
    colours: Colours | None = None

    def __post_init__(self) -> None:
        """Bring the samples into the one layout that the measures expect.

        Raises:
            ValueError: the samples are no grey picture, or cannot have that many bits.
        """
        given = self.samples
        if given.ndim != 2 or given.size == 0:  # noqa: PLR2004 - rows and columns
            raise ValueError(f"a picture has rows and columns of grey samples, not the shape {given.shape}")
        if given.dtype.kind != "u" or given.dtype.itemsize > _WORD // 8:
            raise ValueError(f"a sample is an unsigned integer of 8 or 16 bits, not {given.dtype}")
        if not 1 <= self.bits <= given.dtype.itemsize * 8:
            raise ValueError(f"a sample of type {given.dtype} cannot have {self.bits} significant bits")
        if self.bits <= _BYTE < given.dtype.itemsize * 8:
            given = np.minimum(given, 2**_BYTE - 1).astype(np.uint8)
        native = given.dtype.newbyteorder("=")
        object.__setattr__(self, "samples", np.ascontiguousarray(given, dtype=native))

    @property
    def width(self) -> int:
        """Columns in pixels."""
        return int(self.samples.shape[1])

    @property
    def height(self) -> int:
        """Rows in pixels."""
        return int(self.samples.shape[0])

    @cached_property
    def scale(self) -> tuple[int, int]:
        """The samples that mean black and white: the ends of the least sensor depth that holds all samples.

        Files that declare 16 bits often hold 12. Their samples lie at the bottom of the declared scale, or at its
        top once MONOCHROME1 was inverted, and every viewer stretches them: a share of the declared scale would call
        them black. Nothing is stretched further than to a depth that sensors have, least of all 8 bits.
        """
        darkest, brightest, _, _ = cv2.minMaxLoc(self.samples)
        full = 2**self.bits - 1
        for depth in _SENSOR_DEPTHS:
            part = 2**depth - 1
            if part >= full:
                break
            if brightest <= part:
                return 0, part
            if darkest >= full - part and brightest <= full:
                return full - part, full
        return 0, max(full, int(brightest))

    @cached_property
    def eight_bit(self) -> npt.NDArray[np.uint8]:
        """The picture in 8 bits, linear from black to white of `scale`; the samples themselves when they are that."""
        black, white = self.scale
        if (black, white) == (0, 2**_BYTE - 1):
            return self.samples.astype(np.uint8, copy=False)
        gain = (2**_BYTE - 1) / (white - black)
        return np.asarray(cv2.convertScaleAbs(self.samples, alpha=gain, beta=-black * gain), np.uint8)

    @cached_property
    def lettering(self) -> npt.NDArray[np.uint8]:
        """The picture in 8 bits as words stand out in it, whatever their colour.

        Red words on bone are as bright as the bone in grey. Where the picture is dark, each pixel is shown by its
        brightest colour, and where it is bright by its darkest: that leaves grey as it is, and lifts words off it. A
        picture that is coloured all over, such as a photograph, is shown in grey.
        """
        grey = self.eight_bit
        if self.colours is None or self.colours.shape != (*grey.shape, len("rgb")):
            return grey
        brightest, darkest = self.colours.max(axis=2), self.colours.min(axis=2)
        coloured = np.count_nonzero(brightest - darkest > _COLOURED)
        if not 0 < coloured <= _COLOURED_MOST * grey.size:
            return grey
        side = max(_GROUND_LEAST, max(grey.shape) // _GROUND_SHARE)
        ground = cv2.blur(grey, (side, side))
        return np.asarray(np.where(ground < _BRIGHT_GROUND, brightest, darkest), np.uint8)

    @cached_property
    def reduced(self) -> Brightness:
        """The brightness with the longer side averaged down to `COMMON_SIDE`; a smaller picture keeps its size."""
        black, white = self.scale
        longer = max(self.width, self.height)
        small: npt.NDArray[np.generic] = self.samples
        if longer > COMMON_SIDE:
            size = (
                max(1, round(self.width * COMMON_SIDE / longer)),
                max(1, round(self.height * COMMON_SIDE / longer)),
            )
            small = cv2.resize(self.samples, size, interpolation=cv2.INTER_AREA)
        return (small.astype(np.float32) - np.float32(black)) / np.float32(white - black)

    @cached_property
    def film(self) -> Brightness:
        """`reduced` without the uniform borders that viewers, scanners and pages put around a film.

        Rows and columns are cut in the same round, so that turning or mirroring a picture turns or mirrors its film.
        """
        return _without_borders(self.reduced, self.reduced)

    @cached_property
    def bare_film(self) -> Brightness:
        """`film`, cut at borders that carry words too: nothing lower than a line of them counts as structure.

        Bright words vanish when the bright is opened first, dark ones when the dark is closed first; the smaller film
        is the one without them.
        """
        line = np.ones((_LETTER_MOST, _LETTER_MOST), np.uint8)
        orders = ((cv2.MORPH_OPEN, cv2.MORPH_CLOSE), (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
        bare = (cv2.morphologyEx(cv2.morphologyEx(self.reduced, one, line), two, line) for one, two in orders)
        return min((_without_borders(self.reduced, np.asarray(judged, np.float32)) for judged in bare), key=_size)

    @cached_property
    def thumbnail(self) -> Brightness:
        """The film averaged into a square of `THUMBNAIL_SIDE`, whatever its shape; grain is gone, structure is not."""
        square = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        return np.asarray(cv2.resize(self.film, square, interpolation=cv2.INTER_AREA), np.float32)


def _size(film: Brightness) -> int:
    return film.size


def _without_borders(film: Brightness, judged: Brightness) -> Brightness:
    """The film without the rows and columns at its sides that are uniform in the picture that is judged."""
    _, deviation = cv2.meanStdDev(judged)
    uniform = _UNIFORM * float(deviation[0, 0])
    least = [max(1, round(side * _FILM_LEAST)) for side in film.shape]
    for _ in range(_ROUNDS):
        rows = _without_border(judged, uniform, axis=1)
        columns = _without_border(judged, uniform, axis=0)
        trimmed = judged[rows, columns]
        if trimmed.shape == film.shape or trimmed.shape[0] < least[0] or trimmed.shape[1] < least[1]:
            break
        film, judged = film[rows, columns], trimmed
    return np.ascontiguousarray(film)


def _without_border(film: Brightness, uniform: float, *, axis: int) -> slice:
    """From the first to the last row (axis 1) or column (axis 0) that has structure; all of them when none has.

    Next to a border one more is left out: averaging has mixed it with the border.
    """
    spread = film.max(axis=axis) - film.min(axis=axis)
    structured = np.flatnonzero(spread > uniform)
    if not structured.size:
        return slice(None)
    first, last = int(structured[0]), int(structured[-1])
    return slice(first + (first > 0), last + 1 - (last + 1 < spread.size))
