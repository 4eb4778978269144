"""How a command fails: one sentence on standard error, and a status that is no answer's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from apexproof.errors import ApexproofError

UNUSABLE = 2
STOPPED = 130  # as shells have it: 128 and the number of SIGINT


class Unusable(click.ClickException):
    """The input could not be used."""

    exit_code = UNUSABLE

    def show(self, file: object = None) -> None:
        """Print the sentence."""
        del file
        click.echo(f"apexproof: {self.message}", err=True)


class Stopped(Unusable):
    """Ctrl-C: a status of its own, so that no script takes it for an answer."""

    exit_code = STOPPED


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn the errors that apexproof raises on purpose into one sentence."""
    try:
        yield
    except ApexproofError as error:
        raise Unusable(str(error)) from None
    except KeyboardInterrupt:
        raise Stopped("Stopped before the end; nothing was written.") from None
