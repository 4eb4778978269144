"""A film that nobody ever exposed: roots and a crown as ellipses on a gradient, with grain."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from apexproof.reading.picture import Picture, Samples

Film = npt.NDArray[np.uint8]


def film(seed: int, *, width: int = 480, height: int = 600, grain: float = 2.0) -> Film:
    """The same seed gives the same film."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    canvas = 70 + 50 * rows / height + 20 * columns / width
    for _ in range(28):
        center = (int(random.integers(0, width)), int(random.integers(0, height)))
        axes = (int(random.integers(8, width // 5)), int(random.integers(20, height // 3)))
        layer = np.zeros((height, width), np.float32)
        cv2.ellipse(layer, center, axes, float(random.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
        canvas += layer * np.float32(random.uniform(-35, 45))
    canvas += random.normal(0, grain, canvas.shape)
    return np.asarray(np.clip(canvas, 4, 250), np.uint8)


def picture(samples: Samples, bits: int | None = None) -> Picture:
    """A picture of those samples on their whole depth, unless fewer bits are said to be significant."""
    return Picture(samples=samples, bits=bits or samples.dtype.itemsize * 8)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Any picture: one pixel or a strip, 8 or 16 bits, with samples beyond its significant bits."""
    kind = draw(st.sampled_from((np.uint8, np.uint16)))
    shape = draw(
        arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=700).filter(lambda s: s[0] * s[1] < 5000)
    )
    samples = draw(arrays.arrays(kind, shape))
    return Picture(samples=samples, bits=draw(st.integers(1, samples.dtype.itemsize * 8)))
