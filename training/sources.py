"""Sources: the pictures that a data folder holds, each with its view, where it comes from and its fold.

A data folder has a MANIFEST.csv with the columns `file`, `class` and `source repository`. Whatever else is in it is not
read. Nothing of it enters the project.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pydicom
import pypdfium2

from apexproof.reading.picture import Picture
from apexproof.view import View
from fixtures.radiographs import Film, Subject, paint
from training.alike import layout, layout_distance
from training.colours import beyond_one_tint, colours_of
from training.packaged import pages, photographs

Grey = npt.NDArray[np.uint8]

FOLDS = 5
LONGEST_SIDE = 720
"""Pictures are kept no larger: the model sees 224 pixels."""
_VIEW_OF_CLASS = {
    "periapical": View.PERIAPICAL,
    "bitewing": View.BITEWING,
    "occlusal": View.OCCLUSAL,
    "panoramic": View.PANORAMIC,
    "cephalometric": View.CEPHALOMETRIC,
    "full_mouth_series": View.FULL_MOUTH_SERIES,
    "photo": View.PHOTOGRAPH,
    "photograph": View.PHOTOGRAPH,
    "document": View.DOCUMENT,
    "other_xray": View.OTHER_RADIOGRAPH,
    "other_radiograph": View.OTHER_RADIOGRAPH,
}
_VIEW_OF_SUBJECT = {
    Subject.PERIAPICAL: View.PERIAPICAL,
    Subject.BITEWING: View.BITEWING,
    Subject.PANORAMIC: View.PANORAMIC,
    Subject.FULL_MOUTH: View.FULL_MOUTH_SERIES,
    Subject.PHOTOGRAPH: View.PHOTOGRAPH,
    Subject.PAGE: View.DOCUMENT,
}
_DRAWN_PER_SUBJECT = 20
_FIRST_LOWER = 31  # ISO 3950
DRAWN = "drawn by fixtures/"
PACKAGED = "pictures that come with packages"
# Modalities of which no picture shows teeth from within the mouth (PS3.3 C.7.3.1.1.1).
_ELSEWHERE = frozenset({"CT", "MR", "NM", "PT", "US", "XA", "RF", "MG", "RG", "CR"})
# Films of one patient follow each other in the source's numbering: neighbours stay in one fold. Periapicals of a tooth
# before and after treatment lie up to 84 apart; heads in one cephalostat are as alike as that without being the same.
_ALIKE = {View.PERIAPICAL: 84}
_SAME_PICTURE = 30
# The sources of these views show different things, such as chests and knees: each is spread over the folds.
_VARIOUS = frozenset({View.OTHER_RADIOGRAPH})
_PDF_SCALE = 1.2


@dataclass(frozen=True, kw_only=True, eq=False)
class Original:
    """One picture as it was found.

    Attributes:
        fold: the part of the data that is held out together with it.
        alone: its view comes from no other source, so that its fold holds out pictures and not the source.
        maxillary: for a periapical, whether its crowns point down; None when nobody has said.
        colours: how far its colours went beyond one tint (`reading/colour`), before the model's grey was made of it.
    """

    name: str
    view: View
    source: str
    pixels: Grey
    fold: int = 0
    alone: bool = False
    maxillary: bool | None = None
    colours: float = 0.0


def originals(folder: Path) -> list[Original]:
    """Every usable picture of the folder and of the packages at hand, in the order of their names."""
    found = sorted(chain(_filed(folder), _packaged(), _drawn()), key=lambda original: (original.view, original.name))
    return list(_folded(found))


def _filed(folder: Path) -> Iterator[Original]:
    maxillary = _jaws()
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    for row in rows:
        name, path = Path(row["file"]).name, folder / row["file"]
        view = _VIEW_OF_CLASS.get(row["class"])
        colours = 0.0
        if row["class"] == "dicom":
            pixels = _from_dicom(path)
            view = View.OTHER_RADIOGRAPH
        elif path.suffix == ".pdf":
            pixels = _from_pdf(path)
        else:
            pixels, colours = _from_picture(path), colours_of(path)
        if view is not None and pixels is not None:
            source = row["source repository"]
            yield Original(
                name=name,
                view=view,
                source=source,
                pixels=_reduced(pixels),
                maxillary=maxillary.get(name, None),
                colours=colours,
            )


@cache
def _jaws() -> dict[str, bool]:
    text = resources.files("training").joinpath("jaws.csv").read_text(encoding="utf-8")
    return {row["file"]: row["jaw"] == "maxilla" for row in csv.DictReader(text.splitlines())}


def _from_picture(path: Path) -> Grey | None:
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    return None if pixels is None else np.asarray(pixels, np.uint8)


def _from_pdf(path: Path) -> Grey:
    with pypdfium2.PdfDocument(path) as document:
        bitmap = document[0].render(scale=_PDF_SCALE, grayscale=True)
        return np.asarray(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width).copy()


def _from_dicom(path: Path) -> Grey | None:
    """The first frame of an object that shows no teeth, in 8 bits; None for what is no such picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path)
            if dataset.get("Modality") not in _ELSEWHERE or dataset.get("SamplesPerPixel") != 1:
                return None
            samples = dataset.pixel_array
    except Exception:  # noqa: BLE001 - some of these files are broken on purpose
        return None
    frame = samples[0] if samples.ndim > 2 else samples  # noqa: PLR2004 - rows and columns
    low, high = np.percentile(frame, (0.5, 99.5))
    grey = np.clip((frame - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    return np.asarray(255 - grey if inverted else grey, np.uint8)


def _packaged() -> Iterator[Original]:
    for view, found in ((View.PHOTOGRAPH, photographs()), (View.DOCUMENT, pages())):
        for name, pixels in found:
            in_colour = pixels.ndim > 2  # noqa: PLR2004 - rows and columns
            grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if in_colour else pixels, np.uint8)
            colours = beyond_one_tint(pixels) if in_colour else 0.0
            yield Original(name=name, view=view, source=PACKAGED, pixels=_reduced(grey), colours=colours)


def _drawn() -> Iterator[Original]:
    for subject, view in _VIEW_OF_SUBJECT.items():
        for number in range(_DRAWN_PER_SUBJECT):
            film = Film(name=f"training {number}", subject=subject, tooth=_TEETH[number % len(_TEETH)])
            pixels = (paint(film) >> 4).astype(np.uint8)
            upper = film.tooth < _FIRST_LOWER if subject is Subject.PERIAPICAL else None
            yield Original(name=f"drawn {subject} {number}", view=view, source=DRAWN, pixels=pixels, maxillary=upper)


_TEETH = (11, 21, 12, 22, 13, 16, 26, 31, 41, 36, 46, 15, 25, 35, 45, 17, 27, 37, 47, 14)


def _reduced(pixels: Grey) -> Grey:
    longer = max(pixels.shape)
    if longer <= LONGEST_SIDE:
        return pixels
    size = [max(1, round(side * LONGEST_SIDE / longer)) for side in pixels.shape]
    return np.asarray(cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _folded(found: list[Original]) -> Iterator[Original]:
    """Whole sources to each fold where a view has several of the same kind; else blocks of neighbours.

    Drawings and what comes with packages are spread over the folds: they are no source of the view in earnest.
    """
    for view in sorted({original.view for original in found}):
        of_view = [original for original in found if original.view is view]
        real = [original for original in of_view if original.source not in {DRAWN, PACKAGED}]
        names = sorted({original.source for original in real})
        if len(names) == 1 or view in _VARIOUS:
            for name in names:
                yield from _in_blocks([original for original in real if original.source == name])
        else:
            yield from (replace(original, fold=names.index(original.source) % FOLDS) for original in real)
        rest = [original for original in of_view if original.source in {DRAWN, PACKAGED}]
        yield from (replace(original, fold=number % FOLDS) for number, original in enumerate(rest))


def _in_blocks(real: list[Original]) -> Iterator[Original]:
    layouts = [layout(Picture(samples=original.pixels, bits=8)) for original in real]
    most = _ALIKE.get(real[0].view, _SAME_PICTURE)
    folds: list[int] = []
    for number, one in enumerate(layouts):
        alike = (folds[k] for k in range(number) if layout_distance(one, layouts[k]) <= most)
        folds.append(next(alike, number * FOLDS // len(real)))
    for original, fold in zip(real, folds, strict=True):
        yield replace(original, fold=fold, alone=True)
