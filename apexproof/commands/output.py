"""Where an answer goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from apexproof.commands.failures import Unusable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

_PIPE_WIDTH = 110
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to answer."
)
OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file instead."
)


@contextmanager
def destination(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or the file.

    Raises:
        Unusable: the file cannot be written.
    """
    if output is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(output)
    except OSError as error:
        raise Unusable(f"The answer cannot be written to '{output}': {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def written(output: Path | None) -> Iterator[TextIO]:
    """The same for text, as UTF-8 in a file and as the terminal has it on standard output."""
    if output is None:
        yield sys.stdout
        return
    with destination(output) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        yield text
        text.detach()


def console(out: TextIO) -> Console:
    """A terminal's width and colours, or plain text of a fixed width."""
    from rich.console import Console

    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")  # a terminal that has no tick shows a question mark
    return Console(file=out, width=None if out.isatty() else _PIPE_WIDTH, highlight=False, emoji=False, markup=False)


def json_octets(document: BaseModel) -> bytes:
    """JSON as UTF-8 whatever the terminal's encoding is: the same input gives the same bytes."""
    return document.model_dump_json(indent=2).encode() + b"\n"
