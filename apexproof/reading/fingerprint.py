"""Fingerprint: two hashes that tell whether two pictures are the same."""

from __future__ import annotations

import hashlib
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.perceptual import GRID, LONGER_SIDE, MARKS, WAVES
from apexproof.reading.picture import Picture

Reduced = npt.NDArray[np.uint8]
"""A film in the size at which all films are marked."""

# The darkest and the brightest hundredth, a label or a speck, do not set the scale.
_LOW, _HIGH = 0.01, 0.99
# Below this share of the scale there is nothing to be seen.
_FLAT = 0.01
_WHITE = 255
# Marks smaller than this (diameter, in pixels of the reduced film) are grain and lettering.
_MARK_LEAST = 5.0
_CONTRAST_LEAST, _EDGE_MOST = 0.005, 12.0
# A cell is the difference of two blurs, with these standard deviations in cells. It stands out when that is more than
# half of what is usual around it, and more than one grey: what is flat, or about to change its sign, says nothing.
_FINE, _COARSE = 0.8, 2.0
_AROUND, _OF_USUAL, _GREY = 4.0, 0.5, 1.0
_PIXELS_PER_CELL = 4
# SIFT describes surroundings by 4 x 4 cells and 8 directions of the gradient.
_PARTS, _DIRECTIONS = 4, 8


def pixel_sha256(picture: Picture) -> str:
    """SHA-256 over `WIDTHxHEIGHTxBITS`, a line feed, and the samples row by row, little-endian."""
    digest = hashlib.sha256(f"{picture.width}x{picture.height}x{picture.bits}\n".encode("ascii"))
    samples = picture.samples
    digest.update(samples.astype(samples.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()


def perceptual_hash(picture: Picture) -> str:
    """What the film looks like, in the form that `apexproof.perceptual` compares; a blank is all zeros but its size."""
    film = _reduced(picture)
    height, width = film.shape
    return f"{width:02x}{height:02x}{_cells(film)}{_marks(film)}"


def _reduced(picture: Picture) -> Reduced:
    """The film in 8 bits, stretched to the whole scale, its longer side `LONGER_SIDE`; small ones are enlarged."""
    film = picture.bare_film
    height, width = film.shape
    scale = LONGER_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(film, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    low, high = int(_LOW * (small.size - 1)), int(_HIGH * (small.size - 1))
    ordered = np.partition(small, (low, high), axis=None)
    black, white = float(ordered[low]), float(ordered[high])
    if white - black < _FLAT:
        return np.zeros(small.shape, np.uint8)
    return np.asarray(np.clip((small - black) * (_WHITE / (white - black)), 0, _WHITE), np.uint8)


def _cells(film: Reduced) -> str:
    """Which cells stand out, and which are brighter than their surroundings."""
    side = _PIXELS_PER_CELL * GRID
    square = cv2.resize(film, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    fine = cv2.GaussianBlur(square, (0, 0), _PIXELS_PER_CELL * _FINE)
    band = fine - cv2.GaussianBlur(square, (0, 0), _PIXELS_PER_CELL * _COARSE)
    cells = cv2.resize(band, (GRID, GRID), interpolation=cv2.INTER_AREA)
    usual = np.sqrt(cv2.GaussianBlur(cells * cells, (0, 0), _AROUND))
    outstanding = np.abs(cells) >= np.maximum(_GREY, _OF_USUAL * usual)
    return np.packbits(np.stack((outstanding, outstanding & (cells > 0)))).tobytes().hex()


def _marks(film: Reduced) -> str:
    """The most distinct places, each with the word of its surroundings (SIFT: D. G. Lowe, IJCV 60, 2004)."""
    sift = cv2.SIFT.create(contrastThreshold=_CONTRAST_LEAST, edgeThreshold=_EDGE_MOST)
    found = [point for point in sift.detect(film, None) if point.size >= _MARK_LEAST]
    found.sort(key=lambda point: (-point.response, point.pt, point.angle))
    places: dict[tuple[int, ...], cv2.KeyPoint] = {}
    for point in found:
        places.setdefault(tuple(min(LONGER_SIDE, max(0, round(share))) for share in point.pt), point)
    chosen = dict(list(places.items())[:MARKS])
    if not chosen:
        return ""
    _, described = sift.compute(film, list(chosen.values()))
    words = np.packbits(np.asarray(described, np.float64) @ _waves().T > 0, axis=1)
    return np.hstack((np.asarray(list(chosen), np.uint8), words)).tobytes().hex()


@cache
def _waves() -> npt.NDArray[np.float64]:
    """The waves of `WAVES` as rows, laid out like SIFT's description: parts down, parts across, directions."""
    parts = np.arange(_PARTS) + 0.5
    directions = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
    rows = []
    for down, across, turns, sine in WAVES:
        around = np.sin(turns * directions) if sine else np.cos(turns * directions)
        lengths = (np.cos(np.pi * half_waves * parts / _PARTS) for half_waves in (down, across))
        rows.append(np.einsum("i,j,k", *lengths, around).ravel())
    return np.asarray(rows)
