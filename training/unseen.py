"""Unseen: looks that training never draws, of two kinds.

`WATCHED` have been looked at while the looks of training were chosen: dust and scratches are learnt since `scanned` was
seen to fail. `KEPT_BACK` were written together with the model that they judge, and nothing was chosen by them.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.looks import Dice, Grey, Look

_WHITE = 255


def relief(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """As if lit from one side: a filter of many imaging programs."""
    kernel = np.asarray([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float32)
    lit = cv2.filter2D(cv2.GaussianBlur(pixels, (0, 0), 1.0), cv2.CV_32F, kernel * 1.5)
    return np.clip(0.6 * lit + 0.4 * pixels, 0, _WHITE).astype(np.uint8)


def scanned(pixels: Grey, dice: Dice) -> Grey:
    """A film on a scanner: coarse grain, dust, scratches, fog."""
    grain = cv2.GaussianBlur(dice.normal(0, 26, pixels.shape).astype(np.float32), (0, 0), 1.1)
    film = pixels * 0.7 + 30 + grain
    for _ in range(int(dice.integers(3, 10))):
        height, width = pixels.shape
        ends = [(int(dice.integers(0, width)), int(dice.integers(0, height))) for _ in range(2)]
        cv2.line(film, ends[0], ends[1], 235.0, 1, cv2.LINE_AA)
    return np.asarray(np.clip(film, 0, _WHITE), np.uint8)


def vignetted(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Dark towards the corners."""
    rows, columns = np.mgrid[-1 : 1 : pixels.shape[0] * 1j, -1 : 1 : pixels.shape[1] * 1j]
    return np.asarray(pixels * np.clip(1.15 - 0.45 * (rows**2 + columns**2), 0, 1), np.uint8)


def embossed(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Edges enhanced far too much."""
    soft = cv2.GaussianBlur(pixels, (0, 0), 3 * max(pixels.shape) / 512)
    return np.asarray(cv2.addWeighted(pixels, 2.6, soft, -1.6, 0), np.uint8)


def posterised(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Twelve greys."""
    return ((pixels.astype(np.uint16) * 12 // 256) * 255 // 11).astype(np.uint8)


def denoised(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Smoothed as by a median filter."""
    return np.asarray(cv2.medianBlur(pixels, 7), np.uint8)


def bulged(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Through the lens of a hand camera."""
    height, width = pixels.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    swell = 1 - 0.18 * (1.4 - np.minimum(rows**2 + columns**2, 1.4))
    x = ((columns * swell + 1) / 2 * (width - 1)).astype(np.float32)
    y = ((rows * swell + 1) / 2 * (height - 1)).astype(np.float32)
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR), np.uint8)


def cone_cut(pixels: Grey, dice: Dice) -> Grey:
    """The beam missed a part of the film, which stayed unexposed."""
    height, width = pixels.shape
    lit = np.zeros_like(pixels)
    angle = float(dice.uniform(0, 2 * np.pi))
    reach = 0.75 * float(np.hypot(height, width))
    centre = (int(width / 2 + 0.65 * reach * np.cos(angle)), int(height / 2 + 0.65 * reach * np.sin(angle)))
    cv2.circle(lit, centre, int(reach), _WHITE, -1, cv2.LINE_AA)
    return np.where(lit > 0, pixels, np.uint8(235)).astype(np.uint8)


def bent(pixels: Grey, dice: Dice) -> Grey:
    """A corner of the film was bent: what lies there is drawn out."""
    height, width = pixels.shape
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    if dice.random() < 0.5:  # noqa: PLR2004 - a coin
        columns, along = 1 - columns, -1.0
    else:
        along = 1.0
    pull = 0.22 * np.clip(rows + columns - 1, 0, 1) ** 1.5
    x = (np.mgrid[0:height, 0:width][1] - along * pull * width).astype(np.float32)
    y = (np.mgrid[0:height, 0:width][0] - pull * height).astype(np.float32)
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def snipped(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """A screen snip: few pixels, JPEG twice, a strip of the program along two sides."""
    scale = 260 / max(pixels.shape)
    size = (max(24, round(pixels.shape[1] * scale)), max(24, round(pixels.shape[0] * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
    framed = np.asarray(cv2.copyMakeBorder(small, 14, 0, 0, 9, cv2.BORDER_CONSTANT, value=212), np.uint8)
    cv2.putText(framed, "PA 8  100 %", (4, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.32, 30, 1, cv2.LINE_AA)
    for quality in (35, 30):
        encoded = cv2.imencode(".jpg", framed, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        framed = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return framed


def crushed(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """A steep curve: the darkest third all black, the brightest tenth all white."""
    low, high = np.percentile(pixels, (33, 90))
    shares = np.clip((pixels - low) / max(high - low, 1), 0, 1)
    return np.asarray(shares * shares * (3 - 2 * shares) * _WHITE, np.uint8)


def worn(pixels: Grey, dice: Dice) -> Grey:
    """A phosphor plate after years: bitten at the corners, scored by arcs, flat and noisy."""
    height, width = pixels.shape
    plate = 0.6 * pixels.astype(np.float32) + 70 + dice.normal(0, 9, pixels.shape) + dice.normal(0, 3, (height, 1))
    for _ in range(6):
        centre = (int(dice.uniform(0, width)), int(dice.uniform(0, height)))
        reach, start = int(dice.uniform(0.05, 0.4) * width), float(dice.uniform(0, 360))
        cv2.ellipse(plate, centre, (reach, reach), 0, start, start + float(dice.uniform(10, 70)), 250.0, 1, cv2.LINE_AA)
    for x in (0, width):
        for y in (0, height):
            cv2.circle(plate, (x, y), int(float(dice.uniform(0.02, 0.12)) * width), 255.0, -1, cv2.LINE_AA)
    return np.asarray(np.clip(plate, 0, _WHITE), np.uint8)


WATCHED: tuple[Look, ...] = (relief, scanned, vignetted, embossed, posterised, denoised, bulged)
KEPT_BACK: tuple[Look, ...] = (cone_cut, bent, snipped, crushed, worn)
UNSEEN = WATCHED + KEPT_BACK
