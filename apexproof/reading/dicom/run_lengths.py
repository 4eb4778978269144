"""RLE Lossless (PS3.5 annex G): PackBits planes, decoded into no more bytes than the frame has.

Pillow's PackBits decoder does a plane in C and stops at its end. A plane is handed to it as one line, because not
every exporter ends its runs at the end of a row.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt
from PIL import Image

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.form import PixelForm

_HEADER = 64
_MOST_SEGMENTS = 15


def decode_run_lengths(frame: bytes, form: PixelForm) -> npt.NDArray[np.generic]:
    """Decode a frame; each byte of each sample is a plane, the most significant first (PS3.5 G.2).

    Raises:
        ReadingFailed: the planes are not those of the frame, or one of them ends early.
    """
    if form.allocated == 1:
        return _bits(frame, form)
    width = form.allocated // 8
    planes = form.samples * width
    bounds = _bounds(frame, planes)
    pixels = form.rows * form.columns
    decoded = np.empty((form.samples, pixels, width), np.uint8)
    for plane in range(planes):
        segment = frame[bounds[plane] : bounds[plane + 1]]
        sample, byte = divmod(plane, width)
        # The most significant byte comes first in the frame and last in a little-endian sample.
        decoded[sample, :, width - 1 - byte] = _unpacked(segment, pixels)
    kind = "i" if form.signed else "u"
    array = decoded.view(f"<{kind}{width}").reshape(form.samples, form.rows, form.columns)
    return array[0] if form.samples == 1 else np.moveaxis(array, 0, -1)


def _bits(frame: bytes, form: PixelForm) -> npt.NDArray[np.generic]:
    """A frame of single bits, eight to a byte, the first in the lowest (PS3.5 section 8.1.1)."""
    bounds = _bounds(frame, 1)
    pixels = form.rows * form.columns
    packed = _unpacked(frame[bounds[0] : bounds[1]], -(-pixels // 8))
    return np.unpackbits(packed, count=pixels, bitorder="little").reshape(form.rows, form.columns)


def _bounds(frame: bytes, planes: int) -> list[int]:
    """Where the planes of a frame begin and end."""
    if len(frame) < _HEADER:
        raise ReadingFailed("truncated", "The file ends before the picture does: send it again.")
    count, *offsets = struct.unpack_from("<16L", frame)
    bounds = [*offsets[:planes], len(frame)]
    if count != planes or planes > _MOST_SEGMENTS or bounds != sorted(bounds) or bounds[0] < _HEADER:
        raise ReadingFailed("undecodable", "The run lengths of the picture are damaged: export it again.")
    return bounds


def _unpacked(segment: bytes, pixels: int) -> npt.NDArray[np.uint8]:
    try:
        plane = Image.frombytes("L", (pixels, 1), segment, "packbits", "L")
    except ValueError:
        raise ReadingFailed("truncated", "The run lengths end before the picture does: send it again.") from None
    return np.asarray(plane, np.uint8).reshape(pixels)
