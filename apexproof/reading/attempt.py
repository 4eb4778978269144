"""An attempt to read one part: whatever goes wrong in it becomes a fault at its place."""

from __future__ import annotations

from collections.abc import Callable

from apexproof.errors import ReadingFailed
from apexproof.radiograph import ReadingFault
from apexproof.reading.part import Read

_ASKED_TO_STOP = (KeyboardInterrupt, SystemExit, GeneratorExit)


def attempt(place: str, read: Callable[[], Read]) -> Read:
    """All that reading a part yields, and a fault at `place` when it ends in an error.

    BaseException is meant: a panic in a decoder written in Rust arrives as one that is no Exception.
    """
    try:
        yield from read()
    except _ASKED_TO_STOP:
        raise
    except BaseException as error:  # noqa: BLE001 - no file may take the reading of the others with it
        yield _fault(error, place)


def _fault(error: BaseException, place: str) -> ReadingFault:
    """The fault that an error stands for. No text of a library's error is repeated: it may quote the file."""
    if isinstance(error, ReadingFailed):
        return ReadingFault(fault=error.fault, message=str(error), place=place)
    if isinstance(error, MemoryError):
        return out_of_memory(place)
    if isinstance(error, RecursionError):
        return ReadingFault(
            fault="nested_too_deeply",
            message="This is nested deeper than any real file is, and was left unread; export the image again.",
            place=place,
        )
    return ReadingFault(
        fault="corrupt",
        message=f"This could not be decoded ({type(error).__name__}): it is damaged, or not what it says it is; "
        "export the image again.",
        place=place,
    )


def out_of_memory(place: str) -> ReadingFault:
    """The fault of a part that needs more memory than a file may have."""
    return ReadingFault(
        fault="out_of_memory",
        message="This takes more memory than a file may have; export the image on its own, or smaller.",
        place=place,
    )
