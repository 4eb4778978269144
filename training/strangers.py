"""Strangers: pictures of nothing in particular, and of bones in general, drawn from chance alone.

What belongs to no view has no source to be had from: textures, shapes and noise are learnt as "no view is likelier
than another" (outlier exposure, Hendrycks et al. 2019, arXiv:1812.04606), so that `unknown` is no accident.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator

_SIDE = 320
_WHITE = 255


def stranger(dice: Dice) -> Grey:
    """One of them."""
    draw = (_cloud, _leaves, _grating, _noise, _polygons)[int(dice.integers(0, 5))]
    return _in_eight_bits(draw(dice))


def bones(dice: Dice) -> Grey:
    """Long bones in soft tissue, as of a limb: bright walls, darker marrow, knobbed ends, a fine grain."""
    tissue = _cloud(dice) * float(dice.uniform(0.05, 0.25)) + _limb(dice)
    for _ in range(int(dice.integers(1, 6))):
        tissue += _bone(dice)
    return _in_eight_bits(tissue)


def _limb(dice: Dice) -> npt.NDArray[np.float32]:
    middle, half = float(dice.uniform(0.3, 0.7)), float(dice.uniform(0.2, 0.6))
    columns = np.linspace(0, 1, _SIDE, dtype=np.float32)
    depth = np.sqrt(np.clip(1 - ((columns - middle) / half) ** 2, 0, 1))
    return np.asarray(np.tile(depth * float(dice.uniform(0.3, 0.9)), (_SIDE, 1)), np.float32)


def _bone(dice: Dice) -> npt.NDArray[np.float32]:
    start, end = dice.uniform(-0.2, 1.2, 2) * _SIDE, dice.uniform(-0.2, 1.2, 2) * _SIDE
    start[1], end[1] = float(dice.uniform(-0.4, 0.4)) * _SIDE, float(dice.uniform(0.6, 1.4)) * _SIDE
    width = float(dice.uniform(0.05, 0.22)) * _SIDE
    filled = np.zeros((_SIDE, _SIDE), np.float32)
    ends = [(int(x), int(y)) for x, y in (start, end)]
    cv2.line(filled, ends[0], ends[1], 1.0, max(2, int(width)), cv2.LINE_AA)
    for x, y in ends:
        cv2.circle(filled, (x, y), int(width * float(dice.uniform(0.5, 0.95))), 1.0, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(filled, (0, 0), max(1.0, width * 0.06))
    inner = cv2.erode(filled, np.ones((3, 3), np.uint8), iterations=max(1, int(width * float(dice.uniform(0.1, 0.22)))))
    marrow = cv2.GaussianBlur(inner, (0, 0), max(1.0, width * 0.08)) * float(dice.uniform(0.2, 0.7))
    grain = cv2.GaussianBlur(dice.normal(0, 1, (_SIDE, _SIDE)).astype(np.float32), (0, 0), float(dice.uniform(0.8, 2)))
    return np.asarray(
        (soft - marrow + float(dice.uniform(0, 0.08)) * soft * grain) * float(dice.uniform(0.5, 1.2)), np.float32
    )


def _cloud(dice: Dice) -> npt.NDArray[np.float32]:
    """Noise whose power falls with the frequency, as that of natural pictures does."""
    rows, columns = np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None, :]
    falling = np.hypot(rows, columns * float(dice.uniform(0.4, 2.5)))
    falling[0, 0] = 1
    spectrum = np.fft.rfft2(dice.normal(0, 1, (_SIDE, _SIDE))) / falling ** float(dice.uniform(0.6, 2))
    field = np.fft.irfft2(spectrum, (_SIDE, _SIDE))
    return np.asarray((field - field.min()) / (field.max() - field.min()), np.float32)


def _leaves(dice: Dice) -> npt.NDArray[np.float32]:
    """Discs and boxes that hide each other, from large to small."""
    canvas = np.full((_SIDE, _SIDE), 0.5, np.float32)
    for size in sorted(dice.pareto(1.5, int(dice.integers(20, 160))) * 8 + 3, reverse=True):
        x, y = (int(place) for place in dice.uniform(0, _SIDE, 2))
        grey, reach = float(dice.uniform(0, 1)), int(min(size, _SIDE / 2))
        if dice.random() < 0.5:  # noqa: PLR2004 - a coin
            cv2.circle(canvas, (x, y), reach, grey, -1, cv2.LINE_AA)
        else:
            cv2.ellipse(canvas, (x, y), (reach, max(1, reach // 3)), float(dice.uniform(0, 180)), 0, 360, grey, -1)
    return np.asarray(canvas * 0.8 + _cloud(dice) * 0.2, np.float32)


def _grating(dice: Dice) -> npt.NDArray[np.float32]:
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
    total = np.zeros((_SIDE, _SIDE), np.float32)
    for _ in range(int(dice.integers(1, 5))):
        along, across = dice.uniform(-40, 40, 2)
        wave = np.sin(rows * along + columns * across + dice.uniform(0, 6))
        total += np.sign(wave) if dice.random() < 0.3 else wave  # noqa: PLR2004 - a share
    return np.asarray(total + _cloud(dice), np.float32)


def _noise(dice: Dice) -> npt.NDArray[np.float32]:
    field = dice.normal(0, 1, (_SIDE, _SIDE)).astype(np.float32)
    if dice.random() < 0.5:  # noqa: PLR2004 - a coin
        return field
    return np.asarray(cv2.GaussianBlur(field, (0, 0), float(dice.uniform(0.5, 12))), np.float32)


def _polygons(dice: Dice) -> npt.NDArray[np.float32]:
    canvas = _cloud(dice) * float(dice.uniform(0, 1))
    for _ in range(int(dice.integers(2, 14))):
        corners = (dice.uniform(0, 1, (int(dice.integers(3, 7)), 2)) * _SIDE).astype(np.int32)
        cv2.fillPoly(canvas, [corners], float(dice.uniform(0, 1)), cv2.LINE_AA)
    return np.asarray(canvas, np.float32)


def _in_eight_bits(field: npt.NDArray[np.float32]) -> Grey:
    low, high = float(field.min()), float(field.max())
    return ((field - low) / max(high - low, 1e-6) * _WHITE).astype(np.uint8)
