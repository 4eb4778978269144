"""The commands of the audit trail: audit show, audit verify."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

_SHOWN = 100
_KNOWN_FORM = "ORGANISATION:POSITION:HASH"
_BROKEN = 1
_ORGANISATION = click.option("--organisation", metavar="NAME", help="Of this organisation alone.")


class _Moment(click.DateTime):
    """A day or a moment in UTC."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        moment: datetime = super().convert(value, param, ctx)
        return moment.replace(tzinfo=UTC)


@click.group()
def audit() -> None:
    """See who read or wrote what, and verify that no entry is missing.

    \b
    Examples:
      apexproof audit show --organisation springfield-dental --claim SYN-0001
      apexproof audit verify
      apexproof audit verify --known springfield-dental:1804:9c1f...
    """


@audit.command("show")
@click.option("--organisation", required=True, metavar="NAME", help="Of this organisation.")
@click.option("--claim", metavar="NUMBER", help="Of this claim.")
@click.option("--actor", metavar="KEY", help="Of this key, by its identifier; or 'worker'.")
@click.option("--since", type=_Moment(), help="From this moment on, in UTC.")
@click.option("--until", type=_Moment(), help="Before this moment, in UTC.")
@click.option("--before", type=int, metavar="N", help="Before this position.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=_SHOWN, show_default=True, help="So many at most.")
def show(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    organisation: str,
    claim: str | None,
    actor: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> None:
    """Show entries, the newest first: position, moment, who, what, claim, thing, from where."""
    from apexproof.settings import load_settings
    from apexproof.store.audit import Sought, entries
    from apexproof.store.schema import current_database

    sought = Sought(claim_number=claim, actor=actor, since=since, until=until, before=before)
    with current_database(load_settings()).looking() as session:
        for row, number in entries(session, organisation, sought, most=limit):
            said = (f"{row.at:%Y-%m-%d %H:%M:%S}", row.actor, row.action, number, row.thing, row.address, row.request)
            click.echo("  ".join((f"{row.position:>8}", *(word or "-" for word in said))))


@audit.command("verify")
@_ORGANISATION
@click.option("--known", multiple=True, metavar=_KNOWN_FORM, help="An end of a chain that was kept elsewhere.")
def verify(organisation: str | None, known: tuple[str, ...]) -> None:
    """Verify the chains: exit status 0 when every entry is there and unchanged, 1 when not.

    It prints the end of each chain. Keep that elsewhere, and state it as --known later: then even a chain that was
    written anew from its beginning shows.
    """
    from apexproof.settings import load_settings
    from apexproof.store.audit import breaks, entry_at, heads, unsealed
    from apexproof.store.schema import current_database

    ends = [_parsed(word) for word in known]
    is_broken = False
    with current_database(load_settings()).looking() as session:
        for found in breaks(session, organisation):
            is_broken = True
            click.echo(f"{found.organisation}: {found.what}.", err=True)
        for whose, position, digest in ends:
            row = entry_at(session, whose, position)
            if row is None or row.hash != digest:
                is_broken = True
                click.echo(f"{whose}: entry {position} is not the one that was known; the chain is another.", err=True)
        for head in heads(session, organisation):
            click.echo(f"{head.organisation}:{head.position}:{head.hash}")
        waiting = unsealed(session)
    if waiting:
        click.echo(f"{waiting} entries are not sealed yet; the running service does it within seconds.", err=True)
    if is_broken:
        sys.exit(_BROKEN)


def _parsed(word: str) -> tuple[str, int, str]:
    organisation, _, rest = word.rpartition(":")
    organisation, _, position = organisation.rpartition(":")
    if not (organisation and position.isdecimal()):
        raise click.BadParameter(f"state it as {_KNOWN_FORM}, as this command prints it", param_hint="--known")
    return organisation, int(position), rest
