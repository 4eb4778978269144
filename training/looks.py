"""Looks: what sensors, scanners, programs and people do to a picture without changing what it shows.

Each look is a function (pixels, dice) -> pixels on 8-bit grey. Training draws a chain of them for every picture, so
that the size, shape, encoder, exposure and framing of a source tell nothing of the view. `unseen` has those that are
never drawn for training.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator
Look = Callable[[Grey, Dice], Grey]

_WHITE = 255


def stretched(pixels: Grey, dice: Dice) -> Grey:
    """Another aspect: some sources squeeze every picture into a square."""
    factor = float(np.exp(dice.uniform(-0.45, 0.45)))
    return _resized(pixels, pixels.shape[1] * factor**0.5, pixels.shape[0] / factor**0.5)


def cropped(pixels: Grey, dice: Dice) -> Grey:
    """A little less of it on each side."""
    return _cut(pixels, dice, 0.12)


def closer(pixels: Grey, dice: Dice) -> Grey:
    """A good deal less of it."""
    return _cut(pixels, dice, 0.24)


def turned(pixels: Grey, dice: Dice) -> Grey:
    """A few degrees, the corners filled with black, white or grey."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(dice.uniform(-9, 9)), 1.0)
    fill = int(dice.choice((0, 0, 128, _WHITE)))
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderValue=fill), np.uint8)


def quarter_turned(pixels: Grey, dice: Dice) -> Grey:
    """On its side or upside down."""
    return np.ascontiguousarray(np.rot90(pixels, int(dice.integers(1, 4))))


def mirrored(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Left for right."""
    return np.ascontiguousarray(pixels[:, ::-1])


def upended(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Top for bottom: an upper jaw becomes a lower one."""
    return np.ascontiguousarray(pixels[::-1])


def exposed(pixels: Grey, dice: Dice) -> Grey:
    """Another gamma, brightness and contrast."""
    shares = np.arange(256, dtype=np.float32) / _WHITE
    curve = shares ** float(np.exp(dice.uniform(-0.7, 0.7)))
    curve = (curve - 0.5) * float(dice.uniform(0.45, 1.5)) + 0.5 + float(dice.uniform(-0.18, 0.18))
    return np.asarray(cv2.LUT(pixels, np.clip(curve * _WHITE, 0, _WHITE).astype(np.uint8)), np.uint8)


def negative(pixels: Grey, dice: Dice) -> Grey:  # noqa: ARG001 - a look
    """Black for white."""
    return np.asarray(_WHITE - pixels, np.uint8)


def unfilled(pixels: Grey, dice: Dice) -> Grey:
    """Without narrow bright structures, such as root fillings: a tooth that was never treated."""
    size = max(3, round(max(pixels.shape) * float(dice.uniform(0.015, 0.035))) | 1)
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, element)
    detail = cv2.addWeighted(pixels, 1.0, cv2.GaussianBlur(pixels, (0, 0), size / 3), -1.0, 128)
    fine = np.clip(detail.astype(np.int16) - 128, -24, 12)
    return np.asarray(np.clip(opened.astype(np.int16) + fine, 0, _WHITE), np.uint8)


def blurred(pixels: Grey, dice: Dice) -> Grey:
    """Out of focus, or moved."""
    deviation = float(dice.uniform(0.4, 2.2)) * max(pixels.shape) / 512
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(deviation, 0.3)), np.uint8)


def grained(pixels: Grey, dice: Dice) -> Grey:
    """Noise of a sensor, or the coarser grain of a film."""
    noise = dice.normal(0, 1, pixels.shape).astype(np.float32)
    if dice.random() < 0.5:  # noqa: PLR2004 - a coin
        soft = cv2.GaussianBlur(noise, (0, 0), float(dice.uniform(0.5, 1.6)))
        noise = np.asarray(soft / max(float(soft.std()), 1e-3), np.float32)
    return np.clip(pixels + noise * (2 + 28 * float(dice.uniform(0, 1)) ** 2), 0, _WHITE).astype(np.uint8)


def toned(pixels: Grey, dice: Dice) -> Grey:
    """Through the tone curve of some program: any that keeps the order of the greys."""
    knots = np.concatenate([[0.0], np.cumsum(dice.uniform(0.15, 1.0, 5))])
    curve = np.interp(np.arange(256), np.linspace(0, _WHITE, 6), knots / knots[-1] * _WHITE)
    return np.asarray(cv2.LUT(pixels, curve.astype(np.uint8)), np.uint8)


def striped(pixels: Grey, dice: Dice) -> Grey:
    """The lines that a laser draws on a phosphor plate, or a row of a sensor that answers unlike its neighbours."""
    lines = dice.normal(0, float(dice.uniform(0.5, 7)), (pixels.shape[0], 1)).astype(np.float32)
    smooth = cv2.GaussianBlur(lines, (1, 9), float(dice.uniform(0.3, 2)))
    return np.asarray(np.clip(pixels + smooth.reshape(-1, 1), 0, _WHITE), np.uint8)


def scratched(pixels: Grey, dice: Dice) -> Grey:
    """With hairs, dust and scratches, light on one film and dark on another."""
    height, width = pixels.shape
    drawn = pixels.copy()
    for _ in range(int(dice.integers(1, 14))):
        start = dice.uniform(0, 1, 2) * (width, height)
        bend = np.cumsum(dice.normal(0, 0.25, 8)) + float(dice.uniform(0, 2 * np.pi))
        step = float(dice.uniform(0.001, 0.06)) * max(pixels.shape)
        places = start + np.cumsum(np.stack([np.cos(bend), np.sin(bend)], axis=1) * step, axis=0)
        ink = int(dice.choice((0, 40, 200, _WHITE, _WHITE)))
        cv2.polylines(drawn, [places.astype(np.int32)], isClosed=False, color=ink, thickness=1, lineType=cv2.LINE_AA)
    share = float(dice.uniform(0.3, 1))
    return np.asarray(cv2.addWeighted(pixels, 1 - share, drawn, share, 0), np.uint8)


def held(pixels: Grey, dice: Dice) -> Grey:
    """With the shadow of a bite block, a clamp or a wire that holds the film, at one edge."""
    height, width = pixels.shape
    wide, deep = float(dice.uniform(0.1, 0.7)) * width, float(dice.uniform(0.02, 0.14)) * height
    left = float(dice.uniform(0, 1)) * (width - wide)
    top = -1.0 if dice.random() < 0.5 else height - deep  # noqa: PLR2004 - a coin
    shadow = np.zeros(pixels.shape, np.float32)
    corners = [(int(left), int(top)), (int(left + wide), int(top + deep))]
    cv2.rectangle(shadow, corners[0], corners[1], float(dice.choice((-60, 40, 90, 200))), -1)
    return np.asarray(np.clip(pixels + cv2.GaussianBlur(shadow, (0, 0), 1 + 0.004 * width), 0, _WHITE), np.uint8)


def evened(pixels: Grey, dice: Dice) -> Grey:
    """Contrast evened out tile by tile, as imaging programs do (CLAHE)."""
    tiles = int(dice.integers(2, 12))
    equaliser = cv2.createCLAHE(clipLimit=float(dice.uniform(1, 5)), tileGridSize=(tiles, tiles))
    return np.asarray(equaliser.apply(pixels), np.uint8)


def sharpened(pixels: Grey, dice: Dice) -> Grey:
    """Edges enhanced."""
    soft = cv2.GaussianBlur(pixels, (0, 0), float(dice.uniform(1, 5)) * max(pixels.shape) / 512)
    amount = float(dice.uniform(0.3, 1.3))
    return np.asarray(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0), np.uint8)


def recompressed(pixels: Grey, dice: Dice) -> Grey:
    """Through JPEG."""
    quality = int(dice.integers(12, 96))
    encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)


def shrunken(pixels: Grey, dice: Dice) -> Grey:
    """Few pixels."""
    side = float(dice.uniform(110, 420))
    factor = side / max(pixels.shape)
    return pixels if factor >= 1 else _resized(pixels, pixels.shape[1] * factor, pixels.shape[0] * factor)


def bordered(pixels: Grey, dice: Dice) -> Grey:
    """On a uniform ground, by the same width on every side or not."""
    most = max(pixels.shape) * 0.2
    top, bottom, left, right = (int(width) for width in dice.uniform(0, most, 4))
    ground = int(dice.choice((0, 0, 20, 90, 200, _WHITE)))
    return np.asarray(cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=ground), np.uint8)


def lettered(pixels: Grey, dice: Dice) -> Grey:
    """With the words of a viewer in a corner or two."""
    drawn = pixels.copy()
    height, width = pixels.shape
    scale = max(pixels.shape) / 512 * float(dice.uniform(0.3, 0.8))
    ink = int(dice.choice((_WHITE, _WHITE, 220, 0)))
    for _ in range(int(dice.integers(1, 5))):
        words = _words(dice)
        place = (int(dice.uniform(0, 0.6) * width), int(dice.choice((0.05, 0.09, 0.13, 0.9, 0.95)) * height) + 4)
        cv2.putText(drawn, words, place, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv2.LINE_AA)
    return drawn


def marked(pixels: Grey, dice: Dice) -> Grey:
    """With an L or R, a ruler or a dot, as films and programs carry."""
    drawn = pixels.copy()
    height, width = pixels.shape
    place = (int(dice.choice((0.04, 0.88)) * width), int(dice.choice((0.12, 0.94)) * height))
    size = max(pixels.shape) / 512
    kind = int(dice.integers(0, 3))
    if kind == 0:
        letter = str(dice.choice(("L", "R")))
        cv2.putText(drawn, letter, place, cv2.FONT_HERSHEY_SIMPLEX, 1.3 * size, _WHITE, max(1, round(2 * size)))
    elif kind == 1:
        cv2.circle(drawn, place, max(2, round(7 * size)), int(dice.choice((0, 40, _WHITE))), -1, cv2.LINE_AA)
    else:
        for step in range(0, height, max(4, height // 24)):
            cv2.line(drawn, (width - max(3, width // 40), step), (width - 1, step), 230, 1)
    return drawn


def corners_cut(pixels: Grey, dice: Dice) -> Grey:
    """With the corners of the sensor: round, or cut off."""
    height, width = pixels.shape
    reach = int(min(height, width) * float(dice.uniform(0.05, 0.2)))
    mask = np.zeros_like(pixels)
    if dice.random() < 0.5:  # noqa: PLR2004 - a coin
        cv2.rectangle(mask, (reach, 0), (width - reach, height), _WHITE, -1)
        cv2.rectangle(mask, (0, reach), (width, height - reach), _WHITE, -1)
        for x in (reach, width - reach):
            for y in (reach, height - reach):
                cv2.circle(mask, (x, y), reach, _WHITE, -1)
    else:
        outline = [(reach, 0), (width - reach, 0), (width, reach), (width, height - reach)]
        outline += [(width - reach, height), (reach, height), (0, height - reach), (0, reach)]
        cv2.fillPoly(mask, [np.asarray(outline, np.int32)], _WHITE)
    ground = int(dice.choice((0, 0, _WHITE)))
    return np.where(mask > 0, pixels, np.uint8(ground)).astype(np.uint8)


def shaded(pixels: Grey, dice: Dice) -> Grey:
    """Darker towards one side."""
    height, width = pixels.shape
    angle = float(dice.uniform(0, 2 * np.pi))
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    slope = 1 + float(dice.uniform(0.1, 0.4)) * (rows * np.sin(angle) + columns * np.cos(angle)) / 1.4
    return np.asarray(np.clip(pixels * slope, 0, _WHITE), np.uint8)


# Each look with the share of pictures that it is done to, in the order in which it is done.
SEEN: tuple[tuple[Look, float], ...] = (
    (mirrored, 0.5),
    (cropped, 0.5),
    (stretched, 0.7),
    (turned, 0.2),
    (corners_cut, 0.12),
    (held, 0.08),
    (exposed, 0.65),
    (toned, 0.25),
    (evened, 0.15),
    (shaded, 0.2),
    (blurred, 0.3),
    (sharpened, 0.15),
    (grained, 0.4),
    (striped, 0.12),
    (scratched, 0.2),
    (shrunken, 0.3),
    (marked, 0.15),
    (bordered, 0.25),
    (lettered, 0.2),
    (quarter_turned, 0.1),
    (negative, 0.04),
    (recompressed, 0.6),
)


def in_some_look(pixels: Grey, dice: Dice) -> Grey:
    """The picture as some source might have shown it."""
    for look, share in SEEN:
        if dice.random() < share:
            pixels = look(pixels, dice)
    return pixels


def _words(dice: Dice) -> str:
    made_up = (
        "QUILL, MARIGOLD",
        "2026-02-10 09:14",
        "#8",
        "PA",
        "kV 65 mA 7",
        "0.08 s",
        "Zoom 100%",
        "Dr. Test",
        "ID 00417",
    )
    return "  ".join(str(dice.choice(made_up)) for _ in range(int(dice.integers(1, 4))))


def _resized(pixels: Grey, width: float, height: float) -> Grey:
    size = (max(24, round(width)), max(24, round(height)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _cut(pixels: Grey, dice: Dice, most: float) -> Grey:
    height, width = pixels.shape
    top, bottom = (int(share * height) for share in dice.uniform(0, most, 2))
    left, right = (int(share * width) for share in dice.uniform(0, most, 2))
    return np.ascontiguousarray(pixels[top : height - bottom, left : width - right])
