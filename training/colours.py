"""Colours: what the measure of colour says of the pictures of a folder, and of radiographs that somebody tinted."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from apexproof.reading.colour import colourfulness
from apexproof.reading.picture import Picture

Colours = npt.NDArray[np.uint8]
Shares = npt.NDArray[np.float64]
Dice = np.random.Generator

_PERIAPICAL = "periapical"
_LONGEST_SIDE = 512
_QUALITY = 40


def measured_colours(folder: Path) -> Iterator[tuple[str, list[float]]]:
    """What was measured, with the colourfulness of each of its pictures."""
    found: dict[str, list[float]] = {}
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    for row in rows:
        pixels = cv2.imread(str(folder / row["file"]), cv2.IMREAD_COLOR_RGB) if row["class"] != "dicom" else None
        if pixels is None:
            continue
        colours = _reduced(np.asarray(pixels, np.uint8))
        found.setdefault(row["class"], []).append(beyond_one_tint(colours))
        if row["class"] == _PERIAPICAL:
            for name, tint in _TINTS.items():
                dice = np.random.default_rng(zlib.crc32(f"{row['file']}/{name}".encode()))
                shares = np.clip(tint(colours.astype(np.float64) / 255, dice), 0, 1)
                tinted = _through_jpeg((shares * 255).astype(np.uint8))
                found.setdefault(f"{_PERIAPICAL}, {name}", []).append(beyond_one_tint(tinted))
    yield from sorted(found.items())


def colours_of(path: Path) -> float:
    """How far the colours of a picture's file go beyond one tint; 0 where there is no picture."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    return 0.0 if pixels is None else beyond_one_tint(np.asarray(pixels, np.uint8))


def beyond_one_tint(colours: Colours) -> float:
    """How far colours go beyond those of one tint (`reading/colour`)."""
    grey = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    return colourfulness(Picture(samples=grey, bits=8, colours=colours)) or 0.0


def _reduced(colours: Colours) -> Colours:
    longer = max(colours.shape)
    if longer <= _LONGEST_SIDE:
        return colours
    size = [max(1, round(side * _LONGEST_SIDE / longer)) for side in colours.shape[:2]]
    return np.asarray(cv2.resize(colours, (size[1], size[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _through_jpeg(colours: Colours) -> Colours:
    bgr = cv2.cvtColor(colours, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), np.uint8)


def _on_light_box(film: Shares, dice: Dice) -> Shares:
    """Brighter in the middle, warm on one side and cool on the other, with coloured noise."""
    rows, columns = np.mgrid[-0.5 : 0.5 : film.shape[0] * 1j, -0.5 : 0.5 : film.shape[1] * 1j]
    lit = film * (1 - 0.7 * (rows**2 + columns**2))[..., None]
    cast = np.dstack([0.95 + 0.12 * columns, np.full_like(columns, 0.97), 0.9 - 0.12 * columns])
    return np.asarray(lit * cast + 0.03 + dice.normal(0, 0.03, film.shape))


def _marked(film: Shares, dice: Dice) -> Shares:  # noqa: ARG001 - a tint
    drawn = (film * 255).astype(np.uint8)
    height, width = drawn.shape[:2]
    cv2.arrowedLine(drawn, (width // 3, height // 2), (width // 2, height * 7 // 10), (255, 255, 0), width // 60)
    cv2.ellipse(drawn, (width // 2, height // 2), (width // 4, height // 5), 0, 0, 360, (0, 150, 255), width // 80)
    cv2.putText(drawn, "Quill #8", (width // 20, height // 5), cv2.FONT_HERSHEY_SIMPLEX, width / 300, (255, 25, 25), 3)
    return np.asarray(drawn / 255)


def _in_false_colours(film: Shares, dice: Dice) -> Shares:  # noqa: ARG001 - a tint
    """From blue over green to red: a scale that does not rise in brightness."""
    mapped = cv2.applyColorMap((film[..., 0] * 255).astype(np.uint8), cv2.COLORMAP_JET)
    return np.asarray(cv2.cvtColor(mapped, cv2.COLOR_BGR2RGB) / 255)


_TINTS: dict[str, Callable[[Shares, Dice], Shares]] = {
    "sepia": lambda film, _: film * (1.07, 0.87, 0.6),
    "bluish": lambda film, _: film * (0.62, 0.8, 1.05) + (0.0, 0.0, 0.06),
    "yellowed": lambda film, _: film * (0.75, 0.72, 0.55) + (0.25, 0.2, 0.1),
    "in two tones": lambda film, _: film ** np.asarray((1.5, 1.0, 0.5)),
    "on a light box": _on_light_box,
    "with coloured marks": _marked,
    "in false colours": _in_false_colours,
}
