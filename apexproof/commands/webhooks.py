"""The commands about webhooks: what could not be delivered, and trying it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

_SHOWN = 1000


@click.group()
def webhooks() -> None:
    """See what could not be delivered to webhooks for days, and try it again.

    \b
    Examples:
      apexproof webhooks dead
      apexproof webhooks replay 17 18
    """


@webhooks.command("dead")
def list_dead() -> None:
    """List the deliveries that were given up: number, organisation, webhook, since when, and why."""
    from apexproof.settings import load_settings
    from apexproof.store.schema import current_database
    from apexproof.store.webhooks import dead_deliveries

    with current_database(load_settings()).looking() as session:
        for delivery, job in dead_deliveries(session, most=_SHOWN):
            since = f"{delivery.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"{delivery.id}  {delivery.organisation}  {delivery.webhook_id}  {since}  {job.reason}")


@webhooks.command("replay")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
def replay_dead(numbers: tuple[int, ...]) -> None:
    """Try deliveries that were given up once more; a worker takes them up within seconds."""
    from apexproof.settings import load_settings
    from apexproof.store.jobs import Clock
    from apexproof.store.schema import current_database
    from apexproof.store.webhooks import any_delivery
    from apexproof.webhooks import replay

    clock = Clock(now=datetime.now(UTC), resend=timedelta(0))  # the sweep rings for it
    with current_database(load_settings()).writing() as session:
        found = [(number, any_delivery(session, number)) for number in numbers]
        unknown = [str(number) for number, one in found if one is None or not replay(session, one, clock)]
    if unknown:
        raise click.ClickException(f"Not dead, or not there: {', '.join(unknown)}.")
