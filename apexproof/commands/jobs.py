"""Work that was set aside: jobs list, jobs replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

_SHOWN = 1000


@click.group()
def jobs() -> None:
    """See the work that was set aside because it failed again and again, and replay it.

    \b
    Examples:
      apexproof jobs list
      apexproof jobs replay 17
    """


@jobs.command("list")
def list_jobs() -> None:
    """List what was set aside, with the reason."""
    from apexproof.settings import load_settings
    from apexproof.store.jobs import set_aside_jobs
    from apexproof.store.schema import current_database

    with current_database(load_settings()).looking() as session:
        for row in set_aside_jobs(session, most=_SHOWN):
            click.echo(f"{row.id}  {row.work}  {row.created_at:%Y-%m-%d %H:%M}  {row.reason}")


@jobs.command("replay")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
def replay_jobs(numbers: tuple[int, ...]) -> None:
    """Queue jobs that were set aside again; a worker takes them up within seconds."""
    from apexproof.review import replay
    from apexproof.settings import load_settings
    from apexproof.store.jobs import Clock
    from apexproof.store.schema import current_database

    clock = Clock(now=datetime.now(UTC), resend=timedelta(0))  # the sweep rings for it
    with current_database(load_settings()).writing() as session:
        unknown = [str(number) for number in numbers if not replay(session, number, clock)]
    if unknown:
        raise click.ClickException(f"Not set aside, or not there: {', '.join(unknown)}.")
