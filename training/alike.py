"""Alike: how much the layouts of two films differ, so that films of one patient are held out together.

Coarser on purpose than the product's fingerprint, which tells two films of one tooth apart: this is meant not to.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.reading.picture import Picture

Layout = npt.NDArray[np.bool_]

_SIDE = 16
# A coefficient that is smaller is rounding, and counts as not positive.
_ROUNDING = 1e-5
_ODD = np.arange(_SIDE) % 2 == 1
_MIRRORINGS = tuple(((_ODD & across) ^ (_ODD & down)[:, None]) for down in (False, True) for across in (False, True))


def layout(picture: Picture) -> Layout:
    """The signs of the 16 x 16 lowest frequencies (DCT-II) of the film averaged into a square."""
    positive = np.asarray(cv2.dct(picture.thumbnail)[:_SIDE, :_SIDE] > _ROUNDING, np.bool_)
    positive[0, 0] = False
    return positive


def layout_distance(one: Layout, other: Layout) -> int:
    """How many of 255 signs differ, at the best of the eight ways to lay a film down and their negatives.

    Mirroring changes the signs of the odd frequencies in its direction, a negative changes all but the mean's, and a
    quarter turn is an exchange of rows and columns with one mirroring.
    """
    counts = [int((one ^ film ^ mirroring).sum()) for film in (other, other.T) for mirroring in _MIRRORINGS]
    return min(min(count, _SIDE * _SIDE - 1 - count) for count in counts)
