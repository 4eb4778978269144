"""Colour: how far the colours of a picture go beyond those of one tint. Radiographs have none; photographs do."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.reading.picture import Colours, Picture

# Grain, the halved colours of JPEG and moire average out at this size; what is photographed does not.
_SIDE = 128
# Words, arrows and the bars of a viewer may be of any colour: they cover no more than this share of a picture.
_MARKED_MOST = 0.2
_LEVELS = 64
_WHITE = 255
_DECIMALS = 3

Channel = npt.NDArray[np.float32]


def colourfulness(picture: Picture) -> float | None:
    """The spread of colours among pixels that are equally bright, as a share (0-1) of the scale; None without colours.

    The measure of Hasler and Suesstrunk (2003, Proc. SPIE 5007), the spread of red less green and of yellow less blue,
    less what brightness explains. A film that was scanned brown or blue, or shown through any scale of colours that
    rises in brightness, has one colour at each brightness and so measures 0; what is left out of account are the most
    coloured fifth of the pixels.
    """
    if picture.colours is None:
        return None
    red, green, blue = _channels(picture.colours)
    brightness = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    levels = np.minimum(brightness * _LEVELS, _LEVELS - 1).astype(np.intp)
    spread = np.sort(_beyond(red - green, levels) ** 2 + _beyond((red + green) / 2 - blue, levels) ** 2)
    counted = spread[: max(1, int(spread.size * (1 - _MARKED_MOST)))]
    return round(float(np.sqrt(counted.mean())), _DECIMALS)


def _channels(colours: Colours) -> tuple[Channel, Channel, Channel]:
    height, width = colours.shape[:2]
    longer = max(height, width)
    if longer > _SIDE:
        size = (max(1, round(width * _SIDE / longer)), max(1, round(height * _SIDE / longer)))
        colours = np.asarray(cv2.resize(colours, size, interpolation=cv2.INTER_AREA), np.uint8)
    red, green, blue = (colours[..., channel].astype(np.float32).ravel() / np.float32(_WHITE) for channel in range(3))
    return red, green, blue


def _beyond(opponent: npt.NDArray[np.floating], levels: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """What a colour differs by from the mean of its level of brightness."""
    counts = np.maximum(np.bincount(levels, minlength=_LEVELS), 1)
    return np.asarray(opponent - (np.bincount(levels, opponent, _LEVELS) / counts)[levels], np.float64)
