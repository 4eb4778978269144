"""Preview: a picture drawn small and windowed, with the words in it covered for who may not see whose it is.

All words are covered, not names alone: a chart number or a birth date names a patient as well. A word that is not found
is not covered, so the search takes more for words than reading does; where it fails, nothing is drawn.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.errors import ReadingFailed
from apexproof.radiograph import ReadingFault
from apexproof.reading.burned_in.line import Box
from apexproof.reading.drawing import SIDE_MOST, Drawing, Wanted
from apexproof.reading.part import Depth, Limits, Part
from apexproof.reading.picture import Picture
from apexproof.reading.reader import Content, read_part

Grey = npt.NDArray[np.uint8]
_BYTE = 8
_DARKEST, _BRIGHTEST = 0.5, 99.5  # percentiles that become black and white in a picture of more than 8 bits
_MARGIN, _MARGIN_LEAST = 0.35, 3  # heights of a line, and pixels, by which its cover is wider on every side
_COVER = 0


def draw(picture: Picture, *, side: int, covered: bool, frame: Box | None = None) -> Drawing:
    """The picture, or the film in one of its frames, with its longest side at most `side`.

    Words are looked for in the whole picture, so that a line across a film's edge is covered too.
    """
    shown = _windowed(picture)
    if covered:
        for box in _words(picture):
            shown[max(0, box.top) : box.bottom, max(0, box.left) : box.right] = _COVER
    if frame is not None:
        shown = shown[frame.top : frame.bottom, frame.left : frame.right]
    height, width = shown.shape
    scale = min(1.0, min(side, SIDE_MOST) / max(height, width))
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    small = shown if scale >= 1 else cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    return Drawing(width=small.shape[1], height=small.shape[0], samples=np.ascontiguousarray(small).tobytes())


def draw_content(content: Content, wanted: Wanted, *, limits: Limits) -> Drawing:
    """The picture at a place of a file.

    Raises:
        ReadingFailed: it cannot be read, its words cannot be covered, or there is no picture at that place.
    """
    drawings: list[Drawing] = []

    def show(place: str, picture: Picture, frame: Box | None) -> None:
        if place == wanted.place:
            drawings.append(draw(picture, side=wanted.side, covered=wanted.covered, frame=frame))

    part = Part(
        content=content.octets,
        place="",
        limits=limits,
        depth=Depth.PIXELS,
        enter=lambda place: not drawings and _leads_to(wanted.place, place),
        show=show,
    )
    faults = [found for found in read_part(part) if isinstance(found, ReadingFault) and found.fatal]
    if drawings:
        return drawings[0]
    if faults:
        raise ReadingFailed(faults[0].fault, faults[0].message)
    raise ReadingFailed("no_such_picture", "There is no picture at this place of the file; name one that was read.")


def _leads_to(wanted: str, place: str) -> bool:
    """Whether a place is the wanted one, or holds it."""
    return place in ("", wanted) or wanted.startswith((f"{place}/", f"{place}, "))


def _windowed(picture: Picture) -> Grey:
    """The picture in 8 bits: one of more bits from its dark to its bright end, one of 8 as it is. Always a copy."""
    if picture.bits <= _BYTE:
        return picture.eight_bit.copy()
    black, white = np.percentile(picture.reduced, (_DARKEST, _BRIGHTEST))
    low, high = picture.scale
    gain = 255 / max((float(white) - float(black)) * (high - low), 1.0)
    offset = low + float(black) * (high - low)
    return np.asarray(
        cv2.convertScaleAbs(np.maximum(picture.samples, offset), alpha=gain, beta=-offset * gain), np.uint8
    )


def _words(picture: Picture) -> list[Box]:
    from apexproof.reading.burned_in.lines import find_words  # noqa: PLC0415 - onnxruntime, when it is needed

    boxes = find_words(picture.lettering)
    return [_wider(box, max(_MARGIN_LEAST, round(_MARGIN * min(box.width, box.height)))) for box in boxes]


def _wider(box: Box, margin: int) -> Box:
    return Box(left=box.left - margin, top=box.top - margin, right=box.right + margin, bottom=box.bottom + margin)
