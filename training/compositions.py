"""Compositions: pictures of which there are none or few to be had, made from those there are.

A bitewing is two films crown to crown, or a crop about the bite of a panoramic; an occlusal is the teeth of one jaw of
a panoramic laid round an arch; a series is films in a mount or on the screen of a program; a photograph is any of them
on a light box or a monitor. They stand for the real thing and are not it: the model card says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Dice = np.random.Generator

_WHITE = 255
_COIN = 0.5


def bitewing_of_films(upper: Grey, lower: Grey, dice: Dice) -> Grey:
    """The crowns of an upper film above those of a lower one. `upper` shows its crowns down, `lower` up."""
    width = int(dice.uniform(380, 640))
    above = _crowns(upper[::-1], dice, width)[::-1]
    below = _crowns(lower, dice, width)
    below = _as_bright_as(below, above)
    overlap = int(dice.uniform(0.0, 0.06) * width)
    rows = above.shape[0] + below.shape[0] - overlap
    film = np.zeros((rows, width), np.uint8)
    film[: above.shape[0]] = above
    film[rows - below.shape[0] :] = np.maximum(film[rows - below.shape[0] :], below)
    band = slice(max(0, above.shape[0] - 14), above.shape[0] + 14)
    film[band] = cv2.GaussianBlur(film[band], (0, 0), 2.0)
    return film


def _crowns(film: Grey, dice: Dice, width: int) -> Grey:
    """The crown end of a film whose crowns are at the top, less the air above them."""
    rows = np.percentile(film, 75, axis=1)
    threshold = rows.min() + 0.35 * (rows.max() - rows.min())
    first = int(np.argmax(rows > threshold))
    first = min(first, int(film.shape[0] * 0.35))
    last = min(film.shape[0], first + int(film.shape[0] * float(dice.uniform(0.32, 0.55))))
    crown = film[first:last]
    height = int(crown.shape[0] * width / film.shape[1] * float(dice.uniform(0.8, 1.2)))
    return np.asarray(cv2.resize(crown, (width, max(40, height)), interpolation=cv2.INTER_AREA), np.uint8)


def _as_bright_as(film: Grey, other: Grey) -> Grey:
    scale = float(other.std() / max(film.std(), 1.0))
    return np.asarray(np.clip((film - film.mean()) * scale + other.mean(), 0, _WHITE), np.uint8)


def bitewing_of_panoramic(panoramic: Grey, dice: Dice) -> Grey:
    """A crop about the bite, both arches in it."""
    height, width = panoramic.shape
    high, wide = float(dice.uniform(0.22, 0.32)) * height, float(dice.uniform(0.15, 0.25)) * width
    x, y = float(dice.uniform(0.28, 0.72)) * width, float(dice.uniform(0.46, 0.52)) * height
    return _around(panoramic, x, y, wide, high)


def root_end_of_panoramic(panoramic: Grey, dice: Dice, *, upper: bool | None = None) -> Grey:
    """A crop about the roots of one jaw, the bite at its edge: what somebody might cut out to pass for a periapical."""
    height, width = panoramic.shape
    high, wide = float(dice.uniform(0.18, 0.24)) * height, float(dice.uniform(0.09, 0.15)) * width
    if upper is None:
        upper = dice.random() < _COIN
    return _around(panoramic, float(dice.uniform(0.3, 0.7)) * width, (0.39 if upper else 0.6) * height, wide, high)


def occlusal_of_panoramic(panoramic: Grey, dice: Dice) -> Grey:
    """The teeth of one jaw bent round an arch, as an occlusal film shows them."""
    side = 480
    upper = dice.random() < _COIN
    near, far = (0.52, 0.22) if upper else (0.48, 0.8)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    x, y = (columns - side / 2) / (side / 2), (side * 0.92 - rows) / (side * float(dice.uniform(0.75, 0.95)))
    angle, radius = np.arctan2(x, y + 1e-6), np.hypot(x * float(dice.uniform(1.0, 1.4)), y)
    inner, outer = float(dice.uniform(0.4, 0.6)), float(dice.uniform(0.9, 1.1))
    depth = np.clip((radius - inner) / (outer - inner), 0, 1)
    height, width = panoramic.shape
    source_x = ((angle / np.pi) * 0.62 + 0.5) * width
    source_y = (far + (near - far) * depth) * height
    film = cv2.remap(panoramic, source_x.astype(np.float32), source_y.astype(np.float32), cv2.INTER_LINEAR)
    fade = np.clip((1.25 * outer - radius) / 0.2, 0, 1)
    return np.asarray(np.clip(film * fade, 0, _WHITE), np.uint8)


def mount(films: Sequence[Grey], dice: Dice) -> Grey:
    """Films in rows on a mount, some places empty, a few films on their sides."""
    rows, columns = int(dice.integers(1, 5)), int(dice.integers(2, 8))
    if rows * columns < 4:  # noqa: PLR2004 - two or three films need not be a series
        columns = 4
    cell_width, cell_height = int(dice.uniform(60, 120)), int(dice.uniform(60, 130))
    gap = int(dice.uniform(1, 18))
    ground = int(dice.choice((0, 0, 0, 15, 40, 110, 180, 235, _WHITE)))
    sheet = np.full((rows * (cell_height + gap) + gap, columns * (cell_width + gap) + gap), ground, np.uint8)
    empty = float(dice.choice((0.0, 0.0, 0.1, 0.3)))
    for row in range(rows):
        for column in range(columns):
            if dice.random() < empty:
                continue
            film = films[int(dice.integers(0, len(films)))]
            top, left = gap + row * (cell_height + gap), gap + column * (cell_width + gap)
            _fill(sheet, film, (top, left, cell_height, cell_width), dice)
    return sheet


def _fill(sheet: Grey, film: Grey, cell: tuple[int, int, int, int], dice: Dice) -> None:
    """Lay a film into a cell (top, left, height, width), at times upright within a cell that lies."""
    top, left, height, width = cell
    if dice.random() < 0.25:  # noqa: PLR2004 - a share
        narrower = int(width * float(dice.uniform(0.65, 1)))
        left, width = left + (width - narrower) // 2, narrower
    sheet[top : top + height, left : left + width] = cv2.resize(film, (width, height), interpolation=cv2.INTER_AREA)


def screen(films: Sequence[Grey], dice: Dice) -> Grey:
    """The window of an imaging program: bars, panels, icons, and one film or several in the work area."""
    height, width = int(dice.uniform(300, 460)), int(dice.uniform(420, 720))
    chrome = int(dice.choice((25, 45, 70, 190, 225, 240)))
    ink = 20 if chrome > 128 else 225  # noqa: PLR2004 - the middle of the scale
    window = np.full((height, width), chrome, np.uint8)
    bar, panel = int(dice.uniform(0.06, 0.2) * height), int(dice.uniform(0.1, 0.32) * width)
    left = panel if dice.random() < 0.75 else int(0.02 * width)  # noqa: PLR2004 - mostly
    right = width - (int(dice.uniform(0.08, 0.2) * width) if dice.random() < _COIN else 3)
    bottom = height - int(dice.uniform(0.02, 0.08) * height)
    window[bar:bottom, left:right] = int(dice.choice((0, 0, 12, 60, 128)))
    _icons(window, (4, 4, bar, width), ink, dice)
    _labels(window, (bar, 4, bottom, left), ink, dice)
    _labels(window, (bar, right + 4, bottom, width), ink, dice)
    count = int(dice.choice((1, 1, 2, 3, 4, 6)))
    columns = min(count, int(dice.integers(1, 4)))
    rows = -(-count // columns)
    cell_height, cell_width = (bottom - bar) // rows, (right - left) // columns
    for number in range(count):
        row, column = divmod(number, columns)
        film = films[int(dice.integers(0, len(films)))]
        _fit(window, film, (bar + row * cell_height, left + column * cell_width, cell_height, cell_width))
    return window


def _fit(window: Grey, film: Grey, cell: tuple[int, int, int, int]) -> None:
    """A film as large as its cell allows, its aspect kept."""
    top, left, height, width = cell
    scale = min((height - 8) / film.shape[0], (width - 8) / film.shape[1])
    size = (max(8, int(film.shape[1] * scale)), max(8, int(film.shape[0] * scale)))
    y, x = top + (height - size[1]) // 2, left + (width - size[0]) // 2
    window[y : y + size[1], x : x + size[0]] = cv2.resize(film, size, interpolation=cv2.INTER_AREA)


def _icons(window: Grey, area: tuple[int, int, int, int], ink: int, dice: Dice) -> None:
    top, left, bottom, right = area
    size = max(6, min(22, (bottom - top) // 2))
    for x in range(left, right - size, int(size * float(dice.uniform(1.3, 2.6)))):
        y = top + int(dice.integers(0, max(1, bottom - top - size)))
        corner = (x + size, y + size)
        kind = int(dice.integers(0, 4))
        if kind == 0:
            cv2.rectangle(window, (x, y), corner, ink, 1)
        elif kind == 1:
            cv2.circle(window, (x + size // 2, y + size // 2), size // 2, ink, 1, cv2.LINE_AA)
        elif kind == 2:  # noqa: PLR2004 - the third kind
            cv2.line(window, (x, y), corner, ink, 2, cv2.LINE_AA)
        else:
            cv2.putText(window, "File", (x, y + size), cv2.FONT_HERSHEY_SIMPLEX, 0.3, ink, 1, cv2.LINE_AA)


def _labels(window: Grey, area: tuple[int, int, int, int], ink: int, dice: Dice) -> None:
    top, left, bottom, right = area
    if right - left < 30:  # noqa: PLR2004 - no room for a word
        return
    for y in range(top + 14, bottom, int(dice.uniform(12, 26))):
        word = str(
            dice.choice(("Quill, M.", "2026-02-10", "Tooth 8", "Contrast", "Brightness", "PA", "Series", "Notes"))
        )
        cv2.putText(window[:, :right], word, (left, y), cv2.FONT_HERSHEY_SIMPLEX, 0.32, ink, 1, cv2.LINE_AA)


def on_light_box(films: Sequence[Grey], dice: Dice) -> Grey:
    """Films on a light box, seen by a hand camera."""
    height, width = int(dice.uniform(320, 520)), int(dice.uniform(320, 560))
    scene = np.full((height, width), float(dice.uniform(205, 255)), np.float32)
    for _ in range(int(dice.choice((1, 1, 2, 4)))):
        film = films[int(dice.integers(0, len(films)))]
        wide = int(width * float(dice.uniform(0.25, 0.6)))
        high = int(min(wide * film.shape[0] / film.shape[1], height * 0.7))
        x, y = int(dice.integers(0, width - wide)), int(dice.integers(0, height - high))
        margin = int(dice.uniform(0, 8))
        scene[max(0, y - margin) : y + high + margin, max(0, x - margin) : x + wide + margin] = dice.uniform(10, 230)
        scene[y : y + high, x : x + wide] = cv2.resize(film, (wide, high), interpolation=cv2.INTER_AREA) * 0.85 + 15
    return photographed(scene.clip(0, _WHITE).astype(np.uint8), dice, moire=False)


def photographed(flat: Grey, dice: Dice, *, moire: bool = True) -> Grey:
    """A flat thing seen by a hand camera: surroundings, perspective, moire, glare, falling light, noise."""
    height, width = flat.shape
    frame = int(max(height, width) * 0.28)
    room = _surroundings(height + 2 * frame, width + 2 * frame, dice)
    bezel = int(dice.uniform(2, 18))
    room[frame - bezel : frame + height + bezel, frame - bezel : frame + width + bezel] = dice.uniform(5, 60)
    shown = flat.astype(np.float32)
    if moire:
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        wave = rows * float(dice.uniform(-0.9, 0.9)) + columns * float(dice.uniform(0.2, 1.2))
        shown += float(dice.uniform(0, 14)) * np.sin(wave)
    room[frame : frame + height, frame : frame + width] = shown
    glare = np.zeros_like(room)
    centre = (int(dice.integers(0, room.shape[1])), int(dice.integers(0, room.shape[0])))
    cv2.circle(glare, centre, int(dice.uniform(20, 110)), float(dice.uniform(0, 130)), -1)
    room += cv2.GaussianBlur(glare, (0, 0), 28)
    seen = _tilted(room, frame, dice) + dice.normal(0, float(dice.uniform(1, 7)), room.shape)
    return seen.clip(0, _WHITE).astype(np.uint8)


def _surroundings(height: int, width: int, dice: Dice) -> npt.NDArray[np.float32]:
    """A desk or a wall: blotches without meaning."""
    coarse = dice.uniform(20, 220) + dice.normal(0, 25, (int(dice.integers(3, 9)), int(dice.integers(3, 9))))
    return np.asarray(cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _tilted(room: npt.NDArray[np.float32], frame: int, dice: Dice) -> npt.NDArray[np.float32]:
    height, width = room.shape
    corners = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inward = dice.uniform(0.15, 0.85, (4, 2)).astype(np.float32) * frame
    seen = corners + inward * np.asarray([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    matrix = cv2.getPerspectiveTransform(seen, corners)
    return np.asarray(cv2.warpPerspective(room, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32)


def part_of(picture: Grey, dice: Dice) -> Grey:
    """A part of a picture of something else: a rib, a vertebra, an eye, no whole to go by."""
    height, width = picture.shape
    share = float(dice.uniform(0.2, 0.5))
    x, y = float(dice.uniform(0.25, 0.75)) * width, float(dice.uniform(0.25, 0.75)) * height
    return _around(picture, x, y, share * width, share * height)


def _around(pixels: Grey, x: float, y: float, wide: float, high: float) -> Grey:
    left, top = max(0, int(x - wide / 2)), max(0, int(y - high / 2))
    return np.ascontiguousarray(pixels[top : top + max(24, int(high)), left : left + max(24, int(wide))])
