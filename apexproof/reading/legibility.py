"""Legibility: how much can be seen in a picture, as numbers. What they are worth is the policy's business.

All measures are taken on the film (the picture without uniform borders), as shares of its scale, in floating point
from the native samples: nothing passes through 8 bits. So contrast and the clipped shares speak of the film and not of
the page or the viewer around it.
"""

from __future__ import annotations

import cv2
import numpy as np

from apexproof.radiograph import Legibility
from apexproof.reading.picture import Brightness, Picture

# The darkest and the brightest hundredth, a label or a speck, do not decide the contrast.
_LOW_PERCENTILE, _HIGH_PERCENTILE = 0.01, 0.99
# What counts as the bottom and the top of the scale.
_END_OF_SCALE = 0.01
# Standard deviations of the Gaussians, in pixels of the common scale, before the fine and the coarse Laplacian.
_FINE, _COARSE = 1.5, 3.0
_TILES = 12
# Mean square of the fine structure of a smooth slope that is kept in whole steps, over the square of a step: at its
# most, where a step comes every five pixels.
_OF_STEPS = 0.0075
# Below this share of the scale, 1/16 of the step of 16 bits, a difference is rounding.
_ROUNDING = 1e-6
_DECIMALS = 4


def measure_legibility(picture: Picture) -> Legibility:
    """Measure what can be seen; a blank has contrast 0 and sharpness 0.

    Contrast is taken on the thumbnail, where grain averages out: a film with noise for structure has none.
    """
    film = picture.film
    return Legibility(
        width=picture.width,
        height=picture.height,
        bits=picture.bits,
        contrast=round(_contrast(picture.thumbnail), _DECIMALS),
        sharpness=round(_sharpness(film, _step(picture)), _DECIMALS),
        dark=round(float(np.count_nonzero(film <= _END_OF_SCALE) / film.size), _DECIMALS),
        bright=round(float(np.count_nonzero(film >= 1 - _END_OF_SCALE) / film.size), _DECIMALS),
    )


def _contrast(thumbnail: Brightness) -> float:
    low = int(_LOW_PERCENTILE * (thumbnail.size - 1))
    high = int(_HIGH_PERCENTILE * (thumbnail.size - 1))
    ordered = np.partition(thumbnail, (low, high), axis=None)
    return float(np.clip(ordered[high] - ordered[low], 0, 1))


def _step(picture: Picture) -> float:
    black, white = picture.scale
    return 1 / (white - black)


def _sharpness(film: Brightness, step: float) -> float:
    """The spread of the fine structure over that of the coarse one, in the tiles that have structure.

    The film is laid out in 12 x 12 tiles. In each the coarse structure is the Laplacian of a Gaussian of 3 pixels, the
    fine one the Laplacian of the Laplacian of a Gaussian of 1.5: taken once it still sees what an enlarged thumbnail
    has. The ratio of their root mean squares is about 2 for an ideal edge whatever its height, so neither contrast nor
    metal counts, and falls towards 0 as the picture is blurred. Blurring lowers it: the ratio is a mean, over the
    spectrum, of a weight that grows with the frequency, and a blur takes the more the higher the frequency. The median
    over the half of the tiles with the most structure keeps crisp lettering or a mask on a blurred film from speaking
    for it. What the steps of the samples make of a smooth slope is taken off the fine structure, for it is all that is
    left of a strong blur. Grain looks like detail to any such measure; contrast is what tells a picture of grain alone.
    """
    if float(film.max()) - float(film.min()) < _ROUNDING:
        return 0.0
    coarse = _in_tiles(_smooth_laplacian(film, _COARSE))
    fine = _in_tiles(_laplacian(_smooth_laplacian(film, _FINE)))
    structured = np.argsort(coarse, kind="stable")[coarse.size // 2 :]
    fine = np.maximum(fine - np.float32(_OF_STEPS * step**2), 0)
    ratio = fine[structured] / np.maximum(coarse[structured], _ROUNDING**2)
    return float(np.sqrt(np.median(ratio)))


def _smooth_laplacian(film: Brightness, deviation: float) -> Brightness:
    return _laplacian(np.asarray(cv2.GaussianBlur(film, (0, 0), deviation), np.float32))


def _laplacian(structure: Brightness) -> Brightness:
    return np.asarray(cv2.Laplacian(structure, cv2.CV_32F), np.float32)


def _in_tiles(structure: Brightness) -> Brightness:
    """Its mean square in each tile."""
    height, width = structure.shape
    tiles = (min(_TILES, width), min(_TILES, height))
    squares = np.asarray(structure * structure, np.float32)
    return np.asarray(cv2.resize(squares, tiles, interpolation=cv2.INTER_AREA), np.float32).ravel()
