"""Codestream: what a compressed frame says of itself, read before any decoder sees it.

A decoder takes the memory that the codestream claims, not what the DICOM header claims, so both have to agree first.
JPEG and JPEG-LS: ITU-T T.81 annex B and T.87 annex C (frame headers). JPEG 2000 and HTJ2K: ITU-T T.800 annex A.5.1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_START_OF_CODESTREAM = b"\xff\x4f\xff\x51"  # SOC, then SIZ
_JP2_BOX = b"\x00\x00\x00\x0cjP  "  # some exporters leave the file format around the codestream
_JP2_SEARCHED = 4096  # bytes in which the codestream begins after the boxes of a small header
_END = b"\xff\xd9"  # EOI and EOC are the same two bytes
_END_SEARCHED = 32  # bytes: padding behind the end
# Frame headers that carry the size: all SOF but DHT, JPG and DAC; SOF55 is JPEG-LS.
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codestream:
    """The size that a codestream claims; `complete` says that its end is there."""

    columns: int
    rows: int
    components: int
    precision: int
    complete: bool


def read_codestream(frame: bytes) -> Codestream | None:
    """What a compressed frame claims; None when it is no JPEG, JPEG-LS or JPEG 2000."""
    complete = _END in frame[-_END_SEARCHED:]
    start = 0
    if frame.startswith(_JP2_BOX):
        start = frame.find(_START_OF_CODESTREAM, 0, _JP2_SEARCHED)
    try:
        if start >= 0 and frame.startswith(_START_OF_CODESTREAM, start):
            return _jpeg_2000(frame, start, complete=complete)
        return _jpeg(frame, complete=complete)
    except (struct.error, IndexError):
        return None


def _jpeg_2000(frame: bytes, start: int, *, complete: bool) -> Codestream:
    width, height, left, top = struct.unpack_from(">4L", frame, start + 8)
    (components,) = struct.unpack_from(">H", frame, start + 40)
    return Codestream(
        columns=width - left,
        rows=height - top,
        components=components,
        precision=(frame[start + 42] & 0x7F) + 1,
        complete=complete,
    )


def _jpeg(frame: bytes, *, complete: bool) -> Codestream | None:
    if not frame.startswith(b"\xff\xd8"):
        return None
    position = 2
    while frame[position] == 0xFF:  # noqa: PLR2004 - every marker begins with FF
        marker = frame[position + 1]
        if marker == 0xFF:  # noqa: PLR2004 - fill byte
            position += 1
        elif marker in _STANDALONE:
            position += 2
        elif marker in _FRAME_HEADERS:
            precision, rows, columns, components = struct.unpack_from(">BHHB", frame, position + 4)
            return Codestream(columns=columns, rows=rows, components=components, precision=precision, complete=complete)
        else:
            (length,) = struct.unpack_from(">H", frame, position + 2)
            position += 2 + max(2, length)
    return None
