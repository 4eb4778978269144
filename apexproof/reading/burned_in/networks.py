"""Networks: the two models of burned-in text, as onnxruntime runs them on one thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

Grey = npt.NDArray[np.uint8]
Read = tuple[str, tuple[float, ...]]
"""A text and the sureness of each of its characters."""

_HEIGHT = 48  # rows of a strip, as the network was trained
_WIDTH_LEAST, _WIDTH_MOST = 320, 1600  # columns; a longer strip is squeezed
_BATCH = 6
_SILENT = 4  # onnxruntime logs only what ends the process: its log may quote a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """Both sessions and the letters that the second one knows; its class 0 is the blank between letters."""

    finder: onnxruntime.InferenceSession
    reader: onnxruntime.InferenceSession
    letters: tuple[str, ...]

    def find(self, samples: Grey) -> npt.NDArray[np.float32]:
        """The probability of each pixel to be within a line of text; sides are multiples of 32."""
        (ink,) = self.finder.run(None, {"x": _scaled(samples)[None]})
        return np.asarray(ink[0, 0], np.float32)

    def read(self, strips: Sequence[Grey], between: Callable[[], None]) -> list[Read]:
        """The text of each strip; `between` is called before each batch, and may raise."""
        texts: list[Read] = [("", ())] * len(strips)
        order = sorted(range(len(strips)), key=lambda index: strips[index].shape[1] / strips[index].shape[0])
        for start in range(0, len(order), _BATCH):
            between()
            batch = order[start : start + _BATCH]
            (probabilities,) = self.reader.run(None, {"x": _side_by_side([strips[index] for index in batch])})
            for index, of_strip in zip(batch, probabilities, strict=True):
                texts[index] = self._text(of_strip)
        return texts

    def _text(self, probabilities: npt.NDArray[np.float32]) -> Read:
        """The likeliest class of each step, repeats joined and blanks dropped (CTC)."""
        classes = probabilities.argmax(axis=1)
        first = np.diff(classes, prepend=-1) != 0
        steps = np.flatnonzero(first & (classes != 0))
        text = "".join(self.letters[classes[step]] for step in steps)
        return text, tuple(float(probabilities[step, classes[step]]) for step in steps)


@cache
def networks() -> Networks:
    """Load both; it takes about half a second and 200 MB, and is done once in a process."""
    folder = resources.files("apexproof.reading.burned_in").joinpath("models")
    finder, reader = (_session(folder.joinpath(f"{name}.onnx").read_bytes()) for name in ("find_lines", "read_line"))
    letters = reader.get_modelmeta().custom_metadata_map["character"].split("\n")
    return Networks(finder=finder, reader=reader, letters=tuple(letters))


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    options.enable_cpu_mem_arena = False  # strips differ in width: an arena would keep the memory of each
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _scaled(samples: Grey) -> npt.NDArray[np.float32]:
    """Grey in three planes from -1 to 1."""
    plane = samples.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return np.broadcast_to(plane, (3, *plane.shape))


def _side_by_side(strips: Sequence[Grey]) -> npt.NDArray[np.float32]:
    """Strips at one height, filled up on the right to one width."""
    widths = [min(_WIDTH_MOST, max(1, round(strip.shape[1] * _HEIGHT / strip.shape[0]))) for strip in strips]
    filled = np.zeros((len(strips), 3, _HEIGHT, max(_WIDTH_LEAST, *widths)), np.float32)
    for index, (strip, width) in enumerate(zip(strips, widths, strict=True)):
        shrinks = strip.shape[0] > _HEIGHT
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        resized = np.asarray(cv2.resize(strip, (width, _HEIGHT), interpolation=method), np.uint8)
        filled[index, :, :, :width] = _scaled(resized)
    return filled
