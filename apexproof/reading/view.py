"""View: what kind of picture it is, by its pixels alone; and at which side of a periapical the crowns are.

The model is one ONNX file of the project: EfficientNet-Lite0 features of a small square grey picture, a small network
on them, and the distance to what was learnt. `docs/view-model.md` says what it was fitted on, how it was judged and
what it cannot do; `make view-model` fits it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from apexproof.radiograph import Crowns, Towards
from apexproof.reading.picture import Picture
from apexproof.view import View, ViewProbabilities

SIDE = 224
"""The side, in pixels, of the square that the model sees."""
Seen = npt.NDArray[np.float32]

# The darkest and the brightest hundredth, a label or a speck, do not set the scale.
_LOW, _HIGH = 0.01, 0.99
# Below this share of the scale there is nothing to be seen.
_FLAT = 0.01
# What EfficientNet-Lite was fitted to see: (grey - 127) / 128, grey from 0 to 255.
_GREYS, _MIDDLE, _HALF = 255.0, 127.0, 128.0
_DECIMALS = 4
STRANGEST = 99.0
"""The strangeness of a blank, and the most that is ever said."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewModel:
    """The model, loaded; it opens no file and starts no thread afterwards."""

    session: onnxruntime.InferenceSession
    views: tuple[View, ...]
    sides: tuple[Towards, ...]


@cache
def view_model() -> ViewModel:
    """The model of this process. A process that will give up its files must call this first."""
    content = resources.files("apexproof.reading").joinpath("models", "view.onnx").read_bytes()
    return load_view_model(content)


def load_view_model(content: bytes) -> ViewModel:
    """A model from the bytes of its ONNX file, which names its views."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map
    views = tuple(View(name) for name in said["views"].split(","))
    return ViewModel(session=session, views=views, sides=tuple(Towards(name) for name in said["sides"].split(",")))


def view_probabilities(picture: Picture) -> ViewProbabilities:
    """How likely each view is; a blank is as strange as a picture can be."""
    return view_and_crowns(picture)[0]


def view_and_crowns(picture: Picture) -> tuple[ViewProbabilities, Crowns]:
    """How likely each view is; and the likeliest side of the crowns, which means something on a periapical only."""
    model = view_model()
    seen = seen_by_model(picture)
    probabilities, strangeness, sides = model.session.run(["probabilities", "strangeness", "crowns"], {"image": seen})
    flat = float(seen.max()) <= float(seen.min())
    named = zip(model.views, (round(float(share), _DECIMALS) for share in probabilities[0]), strict=True)
    view = ViewProbabilities(
        shares=tuple(sorted(named, key=lambda pair: -pair[1])),
        strangeness=STRANGEST if flat else min(STRANGEST, round(float(strangeness.item()), _DECIMALS)),
    )
    side = int(sides[0].argmax())
    return view, Crowns(towards=model.sides[side], probability=round(float(sides[0][side]), _DECIMALS))


def seen_by_model(picture: Picture) -> Seen:
    """The film squeezed into a square whatever its shape, and stretched to the whole scale; 1 x 1 x side x side.

    Borders, aspect and exposure differ between sources more than between views, so the model is shown none of them.
    """
    square = cv2.resize(picture.film, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    low, high = int(_LOW * (square.size - 1)), int(_HIGH * (square.size - 1))
    ordered = np.partition(square, (low, high), axis=None)
    black, white = float(ordered[low]), float(ordered[high])
    if white - black < _FLAT:
        return np.zeros((1, 1, SIDE, SIDE), np.float32)
    shares = np.clip((square - np.float32(black)) / np.float32(white - black), 0, 1)
    return np.asarray((shares * np.float32(_GREYS) - np.float32(_MIDDLE)) / np.float32(_HALF), np.float32)[None, None]
