"""What becomes of a film that can still be read, and of one that cannot, as functions of 8-bit grey."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Change = Callable[[Grey], Grey]

_WHITE = 255


def _encoded(film: Grey, quality: int) -> Grey:
    content = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def _blurred(film: Grey, share: float) -> Grey:
    """Blurred by a Gaussian whose standard deviation is that share of the longer side."""
    return np.asarray(cv2.GaussianBlur(film, (0, 0), share * max(film.shape)), np.uint8)


def _toned(film: Grey, gain: float, offset: float) -> Grey:
    return np.asarray(np.clip(film * gain + offset, 0, _WHITE), np.uint8)


def _small(film: Grey, longer: int) -> Grey:
    scale = longer / max(film.shape)
    return np.asarray(cv2.resize(film, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarged(film: Grey, longer: int) -> Grey:
    height, width = film.shape
    return np.asarray(cv2.resize(_small(film, longer), (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _middle(film: Grey, share: float) -> Grey:
    """The middle of the film, so much of each side."""
    height, width = film.shape
    above, beside = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return np.ascontiguousarray(film[above : height - above, beside : width - beside])


def _darkened(film: Grey, share: float) -> Grey:
    """Exposed so that this share of it is black."""
    return _toned(film, 1.5, -1.5 * float(np.quantile(film, share)))


def _lightened(film: Grey, share: float) -> Grey:
    """Exposed so that this share of it is white."""
    return _toned(film, 1.5, _WHITE - 1.5 * float(np.quantile(film, 1 - share)))


KEPT: dict[str, Change] = {
    "as it came": lambda film: film,
    "JPEG of quality 60": lambda film: _encoded(film, 60),
    "mirrored and turned": lambda film: np.ascontiguousarray(np.rot90(film[:, ::-1])),
    "negative": lambda film: np.asarray(_WHITE - film, np.uint8),
}
SPOILT: dict[str, Change] = {
    "blurred by 0.5 % of its longer side": lambda film: _blurred(film, 0.005),
    "blurred by 1 %": lambda film: _blurred(film, 0.01),
    "blurred by 2 %": lambda film: _blurred(film, 0.02),
    "a quarter of its contrast": lambda film: _toned(film, 0.25, 100),
    "a tenth of its contrast": lambda film: _toned(film, 0.1, 115),
    "two fifths of it black": lambda film: _darkened(film, 0.4),
    "two thirds of it black": lambda film: _darkened(film, 2 / 3),
    "two fifths of it white": lambda film: _lightened(film, 0.4),
    "two thirds of it white": lambda film: _lightened(film, 2 / 3),
    "its middle third alone": lambda film: _middle(film, 1 / 3),
    "its middle fifth alone": lambda film: _middle(film, 0.2),
    "a thumbnail of 200 pixels": lambda film: _small(film, 200),
    "a thumbnail of 128 pixels": lambda film: _small(film, 128),
    "a thumbnail of 128 pixels, enlarged again": lambda film: _enlarged(film, 128),
}
