"""The command for systems that can only drop files: watch."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from apexproof.watching import Watched

_NOT_VERIFIED = 1
_LOOKS_APART = 1.0  # seconds; a look at a folder costs little, and what is new has to settle anyway


@click.command()
@click.argument("inbox", metavar="IN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(file_okay=False, path_type=Path))
@click.option("--policy", default="payer", show_default=True, metavar="NAME|FILE", help="Whose demands to judge by.")
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(["json", "csv", "pdf"]),
    default=("json", "pdf"),
    show_default=True,
    help="Which results to write; may be stated several times.",
)
@click.option(
    "--settle",
    type=click.FloatRange(0, 3600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Take nothing that changed within so many seconds.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0, 86400),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for files that a claim names and that are not there.",
)
@click.option("--once", is_flag=True, help="End when everything that is there now is done.")
def watch(  # noqa: PLR0913 - click passes one argument for each option
    inbox: Path, out: Path, policy: str, forms: tuple[str, ...], settle: float, patience: float, *, once: bool
) -> None:
    """Verify the claims that are dropped into the folder IN, and write the results to OUT.

    Drop a claim (JSON or X12 837D) with the files that it names beside it, or a folder with one claim and its files.
    What is done moves to IN/done, what cannot be used to IN/failed. It may be killed and started again at any time.
    Ctrl-C ends it after the claim in hand. Exit status with --once: 0 every claim is verified, 1 not all are.

    \b
    Examples:
      apexproof watch claims/ results/
      apexproof watch claims/ results/ --once --settle 0 --format csv
    """
    from apexproof.checks.table import demand_all_known
    from apexproof.policy import load_policy
    from apexproof.watching import Watch

    in_force = load_policy(policy)
    demand_all_known(in_force)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    watched = Watch(inbox=inbox, out=out, policy=in_force, forms=forms, settle=settle, patience=0 if once else patience)
    found: list[Watched] = []
    with watched.held():
        if not once:
            click.echo(f"Watching '{inbox}'; results go to '{out}'. Ctrl-C ends.", err=True)
        while not stop.is_set():
            for one in watched.look():
                found.append(one)
                click.echo(str(one), err=True)
                if stop.is_set():
                    break
            if once and watched.is_empty():
                break
            stop.wait(min(_LOOKS_APART, settle) if once else _LOOKS_APART)
        _sum_up(found, watched.left())
    if once and not all(one.is_settled for one in found):
        sys.exit(_NOT_VERIFIED)


def _sum_up(found: list[Watched], left: list[str]) -> None:
    claims = sum(len(one.outcomes) for one in found)
    failed = sum(one.fault is not None for one in found)
    settled = sum(one.is_settled for one in found)
    click.echo(f"{len(found)} files with {claims} claims: {settled} files verified, {failed} failed.", err=True)
    if left:
        click.echo(f"Files that no claim names were left where they are: {', '.join(left)}", err=True)
