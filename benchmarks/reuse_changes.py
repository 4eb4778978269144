"""What happens to a film on its way into a second claim, as functions of 8-bit grey."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Change = Callable[[Grey], Grey]

_WHITE = 255
_NAME, _DAY = "QUILL, MARIGOLD  2017-03-03", "2026-02-10 09:14  #8 PA"


def _grey(pixels: object) -> Grey:
    return np.ascontiguousarray(np.asarray(pixels, np.uint8))


def _encoded(film: Grey, quality: int) -> Grey:
    return _grey(cv2.imdecode(cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE))


def _halved(film: Grey) -> Grey:
    return _grey(cv2.resize(film, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def _cropped(film: Grey, left: float, top: float, right: float, bottom: float) -> Grey:
    height, width = film.shape
    return _grey(
        film[round(top * height) : height - round(bottom * height), round(left * width) : width - round(right * width)]
    )


def _framed(film: Grey, beside: float, above: float, ground: int) -> Grey:
    rows, columns = round(above * film.shape[0]), round(beside * film.shape[1])
    return _grey(cv2.copyMakeBorder(film, rows, rows, columns, columns, cv2.BORDER_CONSTANT, value=[float(ground)]))


def _lettered(film: Grey, ink: int) -> Grey:
    """With a line of words near the upper and the lower edge."""
    drawn, size = film.copy(), max(film.shape) / 512 * 0.6
    height, width = film.shape
    for words, share in ((_NAME, 0.05), (_DAY, 0.97)):
        place = (round(0.02 * width), round(share * height))
        cv2.putText(drawn, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, ink, max(1, round(2 * size)), cv2.LINE_AA)
    return drawn


def _toned(film: Grey, power: float) -> Grey:
    return _grey(_WHITE * (film / _WHITE) ** power)


def _contrasted(film: Grey, gain: float, offset: float) -> Grey:
    return _grey(np.clip(film * gain + offset, 0, _WHITE))


CHANGES: dict[str, Change] = {
    "JPEG of quality 30": lambda f: _encoded(f, 30),
    "half size": _halved,
    "mirrored": lambda f: _grey(f[:, ::-1]),
    "quarter turn": lambda f: _grey(np.rot90(f)),
    "negative": lambda f: _grey(_WHITE - f),
    "brighter (gamma 0.6)": lambda f: _toned(f, 0.6),
    "darker (gamma 1.6)": lambda f: _toned(f, 1.6),
    "more contrast, clipped": lambda f: _contrasted(f, 1.3, -20),
    "less contrast": lambda f: _contrasted(f, 0.5, 80),
    "cropped by 5 % on the left": lambda f: _cropped(f, 0.05, 0, 0, 0),
    "cropped by 5 % at the top": lambda f: _cropped(f, 0, 0.05, 0, 0),
    "cropped by 5 % on the right": lambda f: _cropped(f, 0, 0, 0.05, 0),
    "cropped by 5 % at the bottom": lambda f: _cropped(f, 0, 0, 0, 0.05),
    "cropped by 2.5 % on all sides": lambda f: _cropped(f, 0.025, 0.025, 0.025, 0.025),
    "cropped by 5 % on all sides": lambda f: _cropped(f, 0.05, 0.05, 0.05, 0.05),
    "cropped unevenly": lambda f: _cropped(f, 0.04, 0.01, 0.03, 0.05),
    "cropped by 5 %, mirrored, halved, JPEG": lambda f: _encoded(
        _halved(_grey(_cropped(f, 0.05, 0.05, 0.05, 0.05)[:, ::-1])), 50
    ),
    "cropped unevenly, turned, brighter": lambda f: _toned(_grey(np.rot90(_cropped(f, 0.01, 0.05, 0.04, 0.02))), 0.7),
    "black border of 5 %": lambda f: _framed(f, 0.05, 0.05, 0),
    "black border of 20 %": lambda f: _framed(f, 0.2, 0.2, 0),
    "white border of 10 %": lambda f: _framed(f, 0.1, 0.1, _WHITE),
    "words on the film": lambda f: _lettered(f, _WHITE),
    "words in black strips": lambda f: _lettered(_framed(f, 0, 0.08, 0), _WHITE),
    "words in white strips": lambda f: _lettered(_framed(f, 0, 0.08, _WHITE), 0),
    "words in a grey frame": lambda f: _lettered(_framed(f, 0.12, 0.1, 20), 200),
    "cropped unevenly, words in a grey frame": lambda f: _lettered(
        _framed(_cropped(f, 0.03, 0.05, 0.05, 0.02), 0.12, 0.1, 20), 200
    ),
}
