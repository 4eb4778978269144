"""The commands of reprocessing: begin a run over kept claims, follow it, pause, resume and cancel it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from apexproof.store.tables import ReprocessingRow

_ORGANISATION = click.option("--organisation", default="main", show_default=True, metavar="NAME", help="Whose claims.")
_RUN = click.argument("run", type=click.IntRange(min=1))
_SHOWN_RUNS, _SHOWN_CHANGES = 50, 1000


@click.group()
def reprocess() -> None:
    """Judge kept claims anew under another policy; no picture is read again.

    \b
    Examples:
      apexproof reprocess begin --policy strict --why "what would the audit say?" --dry-run
      apexproof reprocess begin --policy march.toml --why "rules of March" --payer PAYER-1
      apexproof reprocess show 3
      apexproof reprocess pause 3
    """


@reprocess.command("begin")
@_ORGANISATION
@click.option("--why", required=True, metavar="TEXT", help="The reason; it is kept with the run.")
@click.option("--policy", metavar="NAME|FILE", help="[default: the policy that uploads are judged by]")
@click.option("--dry-run", is_flag=True, help="Only tell what would change: no history is touched.")
@click.option("--outcome", metavar="WORD", help="Only claims that have this outcome, as in needs_review.")
@click.option("--payer", metavar="ID", help="Only claims to this payer.")
@click.option("--provider", metavar="NPI", help="Only claims of this billing provider.")
@click.option("--check", metavar="ID", help="Only claims in whose way this check stands.")
@click.argument("numbers", nargs=-1, metavar="[CLAIM...]")
def begin_run(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    organisation: str,
    why: str,
    policy: str | None,
    dry_run: bool,  # noqa: FBT001 - click passes flags
    outcome: str | None,
    payer: str | None,
    provider: str | None,
    check: str | None,
    numbers: tuple[str, ...],
) -> None:
    """Begin a run over the claims with these numbers, or over all that fit; a worker takes it up within seconds."""
    from apexproof.audit_trail import note_command
    from apexproof.checks.table import demand_all_known
    from apexproof.policy import load_policy
    from apexproof.reprocessing import begin, listed_claims
    from apexproof.settings import load_settings
    from apexproof.store.claims import Wanted
    from apexproof.store.jobs import Clock
    from apexproof.store.reprocessing import Order
    from apexproof.store.schema import current_database

    settings = load_settings()
    in_force = load_policy(policy or settings.policy)
    demand_all_known(in_force)
    clock = Clock(now=datetime.now(UTC), resend=timedelta(0))  # the sweep rings for it
    with current_database(settings).writing() as session:
        order = Order(
            organisation=organisation,
            why=why,
            asked_by="command line",
            policy_digest=in_force.digest,
            wanted=Wanted(outcome=outcome, payer=payer, provider=provider, check=check),
            listed=listed_claims(session, organisation, numbers) if numbers else None,
            dry_run=dry_run,
        )
        run, _ = begin(session, order, in_force, clock)
        note_command(session, "reprocess begin", organisation=organisation, thing=str(run.id), now=clock.now)
        click.echo(_line(run))


@reprocess.command("list")
@_ORGANISATION
def list_runs(organisation: str) -> None:
    """List the latest runs with their progress."""
    from apexproof.settings import load_settings
    from apexproof.store.reprocessing import runs
    from apexproof.store.schema import current_database

    with current_database(load_settings()).looking() as session:
        for run in runs(session, organisation, before=None, most=_SHOWN_RUNS):
            click.echo(_line(run))


@reprocess.command("show")
@_ORGANISATION
@_RUN
def show_run(run: int, organisation: str) -> None:
    """Show a run, how many claims it moved, and each of them."""
    from apexproof.store.reprocessing import differences, moves

    with _held(organisation, run, "show") as (session, row):
        click.echo(_line(row))
        for (before, after), number in moves(session, run).items():
            click.echo(f"{number:8d}  {before or 'not judged'} -> {after}")
        found = differences(session, row, faults=False, after=0, most=_SHOWN_CHANGES)
        for one, claim in found:
            click.echo(f"{claim}  {one.before or 'not judged'} -> {one.after}  {one.checks_after}".rstrip())
        if len(found) == _SHOWN_CHANGES:
            click.echo(f"These are the first {_SHOWN_CHANGES}; the API pages through all of them.")
        for one, claim in differences(session, row, faults=True, after=0, most=_SHOWN_CHANGES):
            click.echo(f"{claim}  could not be judged: {one.fault}")


@reprocess.command("pause")
@_ORGANISATION
@_RUN
def pause_run(run: int, organisation: str) -> None:
    """Let a run rest."""
    from apexproof.reprocessing import pause

    with _held(organisation, run, "pause") as (session, _):
        click.echo(_line(pause(session, run)))


@reprocess.command("resume")
@_ORGANISATION
@_RUN
def resume_run(run: int, organisation: str) -> None:
    """Let a run go on where it stands."""
    from apexproof.reprocessing import resume
    from apexproof.store.jobs import Clock

    with _held(organisation, run, "resume") as (session, _):
        row, _ = resume(session, run, Clock(now=datetime.now(UTC), resend=timedelta(0)))
        click.echo(_line(row))


@reprocess.command("cancel")
@_ORGANISATION
@_RUN
def cancel_run(run: int, organisation: str) -> None:
    """End a run for good; what it added to the claims' histories stays."""
    from apexproof.reprocessing import cancel
    from apexproof.store.jobs import Clock

    with _held(organisation, run, "cancel") as (session, _):
        click.echo(_line(cancel(session, run, Clock(now=datetime.now(UTC), resend=timedelta(0)))))


@contextmanager
def _held(organisation: str, run: int, command: str) -> Iterator[tuple[Session, ReprocessingRow]]:
    """A run of the organisation, and the entry in the audit trail of what is done with it."""
    from apexproof.audit_trail import note_command
    from apexproof.settings import load_settings
    from apexproof.store.reprocessing import run_of
    from apexproof.store.schema import current_database

    with current_database(load_settings()).writing() as session:
        row = run_of(session, organisation, run)
        if row is None:
            raise click.ClickException(f"The organisation '{organisation}' has no run {run}.")
        now = datetime.now(UTC)
        note_command(session, f"reprocess {command}", organisation=organisation, thing=str(run), now=now)
        yield session, row


def _line(run: ReprocessingRow) -> str:
    of = "dry run" if run.dry_run else "run"
    waits = f", {run.waiting} wait to be read" if run.waiting else ""
    stopped = f" ({run.reason})" if run.reason else ""
    return (
        f"{run.id}  {of} {run.state}{stopped}  {run.done} of {run.total} done, {run.changed} changed,"
        f" {run.failed} failed{waits}  {run.why}"
    )
