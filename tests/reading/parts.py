"""Parts to read, and what reading them finds."""

from __future__ import annotations

from collections.abc import Callable

from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.part import Depth, Limits, Part, Read


def part_of(
    content: bytes,
    *,
    depth: Depth = Depth.PIXELS,
    limits: Limits | None = None,
    enter: Callable[[str], bool] = lambda _: True,
) -> Part:
    """A file of these bytes."""
    return Part(content=content, place="", limits=limits or Limits(), depth=depth, enter=enter)


def found(read: Read) -> tuple[list[Radiograph], list[ReadingFault]]:
    """The pictures and the faults of a read."""
    pictures, faults = list[Radiograph](), list[ReadingFault]()
    for one in read:
        if isinstance(one, Radiograph):
            pictures.append(one)
        else:
            faults.append(one)
    return pictures, faults
