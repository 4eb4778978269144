"""Drawing: a picture made small for a person to look at, as plain grey samples, and those as a PNG.

The samples cross from the sandbox's child, and the PNG is written outside of it: whatever a hostile file made of the
child, what is shown to a person is a well-formed picture.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

SIDE_MOST = 1280
"""The longest side of a drawing, in pixels. Words are looked for at no lower resolution before they are covered."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY_OF_8_BITS = (8, 0, 0, 0, 0)  # depth, colour type, compression, filter, interlace (PNG 11.2.2)
_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which picture of a file is to be drawn, and how.

    Attributes:
        place: of the picture, as its radiograph names it; empty when the picture is the file.
        side: the longest side of the drawing in pixels, at most `SIDE_MOST`.
        covered: whether every word in it is covered.
    """

    place: str
    side: int
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Grey samples of 8 bits, row by row.

    Raises:
        ValueError: there are more or fewer samples than its sides say, or it is larger than a drawing is.
    """

    width: int
    height: int
    samples: bytes

    def __post_init__(self) -> None:
        """Refuse what is no drawing."""
        if not (0 < self.width <= SIDE_MOST and 0 < self.height <= SIDE_MOST):
            raise ValueError("a drawing has sides of 1 to 1280 pixels")
        if len(self.samples) != self.width * self.height:
            raise ValueError("a drawing has one sample for each pixel")

    def png(self) -> bytes:
        """The drawing as a PNG; the same samples give the same bytes."""
        rows = (self.samples[start : start + self.width] for start in range(0, len(self.samples), self.width))
        packed = zlib.compress(b"".join(b"\0" + row for row in rows), _LEVEL)
        header = struct.pack(">II5B", self.width, self.height, *_GREY_OF_8_BITS)
        return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
