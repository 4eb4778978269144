"""What reading a file consists of: a walk through its parts, within limits.

A reader of one kind of file is a function `(Part) -> Iterator[Radiograph | ReadingFault]`. Before it begins anything
that a hostile file could turn against it, it says where it is by `part.enter(place)`: should the process die there,
the sandbox knows what to blame and goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from apexproof.errors import ReadingFailed
from apexproof.radiograph import Radiograph, ReadingFault

if TYPE_CHECKING:  # a part is made before OpenCV is needed
    from apexproof.reading.burned_in.line import Box
    from apexproof.reading.picture import Picture


class Depth(StrEnum):
    """How far a file is read."""

    HEADERS = "headers"
    """Metadata only: no pixel is decoded."""
    PIXELS = "pixels"
    """Metadata, and the measures of the pixels."""
    WORDS = "words"
    """All that, and the words burned into the pictures: about a second more for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file may cost. Every bound is checked before the memory or the time is spent.

    Attributes:
        file_bytes: the largest file that is opened.
        pixels: rows times columns of one picture.
        sample_bytes: what one picture may take when decoded, all samples together.
        pictures: radiographs from one file; what is beyond is left unread and said so.
        films: films that one mount, page or screen is cut into; one with more is left whole and said so.
        pages: pages of one document.
        members: entries of one archive.
        unpacked_bytes: what one archive may unpack to, all members and nested archives together.
        ratio: unpacked to packed size of one archive member above 1 MiB.
        nesting: archives within archives, sequences within sequences of a data set count on their own.
        seconds: processor time for one part of a file.
        file_seconds: processor time for a file, all its parts together.
        clock_seconds: time for a file on the clock, however little of the processor its reader gets.
        words_seconds: processor time for the words in one picture; what is not read by then is left out.
        memory_bytes: address space of the process that reads.
    """

    file_bytes: int = 256 * 1024**2
    pixels: int = 64 * 1000**2
    sample_bytes: int = 256 * 1024**2
    pictures: int = 200
    films: int = 40
    pages: int = 50
    members: int = 1000
    unpacked_bytes: int = 512 * 1024**2
    ratio: int = 200
    nesting: int = 3
    seconds: float = 30.0
    file_seconds: float = 120.0
    clock_seconds: float = 180.0
    words_seconds: float = 15.0
    memory_bytes: int = 3 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing to read: its bytes, its place in the file that it came in, and how it is to be read.

    `enter` announces the place that is begun and answers whether it is to be read (False: it was read before, or it
    brought the process down before). With `show`, the pictures are handed to it with their places (and the frame of a
    film within a mount) instead of being measured.
    """

    content: bytes
    place: str
    limits: Limits
    depth: Depth
    enter: Callable[[str], bool]
    nesting: int = 0
    show: Callable[[str, Picture, Box | None], None] | None = None

    def at(self, step: str) -> str:
        """The place of something within this part, as in `study.zip/pa8.dcm, frame 2`."""
        return f"{self.place}, {step}" if self.place else step

    def within(self, name: str, content: bytes) -> Part:
        """A file packed in this one."""
        place = f"{self.place}/{name}" if self.place else name
        return replace(self, content=content, place=place, nesting=self.nesting + 1)

    def fault(self, error: ReadingFailed, *, place: str | None = None) -> ReadingFault:
        """The fault that cost the picture at a place of this part."""
        return ReadingFault(fault=error.fault, message=str(error), place=self.place if place is None else place)


Read = Iterator[Radiograph | ReadingFault]
Reader = Callable[[Part], Read]
