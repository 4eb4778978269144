"""What a command is given: documents, and files to read."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from apexproof.commands.failures import Unusable
from apexproof.commands.output import console

if TYPE_CHECKING:
    from apexproof.claim import AttachedFile
    from apexproof.intake import NamedPath
    from apexproof.reading.part import Depth


def content(path: str) -> bytes:
    """A document whole, but no more of it than any may have."""
    from apexproof.formats.native import LARGEST_DOCUMENT

    with opened(path) as file:
        return file.read(LARGEST_DOCUMENT + 1)


@contextmanager
def opened(path: str) -> Iterator[io.BufferedReader]:
    """A document as a stream; `-` is standard input.

    Raises:
        Unusable: it is not there, or cannot be read.
    """
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            yield file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", file))
    except FileNotFoundError:
        raise Unusable(f"There is no file '{path}'; name one that is there, or '-' for standard input.") from None
    except OSError as error:
        raise Unusable(f"The file '{path}' cannot be read: {error.strerror}.") from None


def origin(path: str) -> str:
    """What a document is called when something is wrong with it."""
    return "standard input" if path == "-" else path


def must_exist(paths: Sequence[str]) -> None:
    """Refuse a path that is not there.

    Raises:
        Unusable: it names the first.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise Unusable(f"There is no file or folder '{path}'; name those of the claim as they lie on this disk.")


def read(paths: Sequence[NamedPath], *, depth: Depth | None = None) -> list[AttachedFile]:
    """Read the files in processes of their own; a progress bar shows on a terminal and nowhere else."""
    from rich.progress import Progress

    from apexproof.claim import AttachedFile
    from apexproof.reading.part import Depth
    from apexproof.reading.sandbox import read_many

    if not paths:
        return []
    depth = depth or Depth.PIXELS
    processes = min(len(paths), os.cpu_count() or 1)
    readings = read_many([named.path for named in paths], processes=processes, depth=depth)
    with Progress(console=console(sys.stderr), transient=True, disable=not sys.stderr.isatty()) as progress:
        followed = progress.track(readings, total=len(paths), description="Reading")
        return [AttachedFile(name=named.name, reading=reading) for named, reading in zip(paths, followed, strict=True)]
