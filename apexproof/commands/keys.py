"""The keys that callers of the API send: keys add, keys list, keys revoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that callers of the API send.

    \b
    Examples:
      apexproof keys add --organisation springfield-dental --name "practice software"
      apexproof keys list
      apexproof keys revoke 1f6a5bd20c44
    """


@keys.command("add")
@click.option("--organisation", required=True, metavar="NAME", help="Whose claims it sees.")
@click.option("--name", default="", metavar="TEXT", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["submit", "read", "review", "admin"]),
    help="What it allows; admin is to make and revoke keys and to see the audit trail.  [default: submit, read]",
)
@click.option("--days", type=click.IntRange(1, 36_500), help="After so many days it ends.  [default: never]")
def add_key(organisation: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key and print it: this once, for only its hash is kept."""
    from apexproof.audit_trail import note_command
    from apexproof.settings import load_settings
    from apexproof.store.keys import DAILY, Scope, identity_of, make_key
    from apexproof.store.schema import current_database

    allowed, now = [Scope(scope) for scope in scopes] or DAILY, datetime.now(UTC)
    ends = now + timedelta(days=days) if days else None
    with current_database(load_settings()).writing() as session:
        key = make_key(session, organisation=organisation, name=name, scopes=allowed, now=now, expires_at=ends)
        note_command(session, "keys add", organisation=organisation, thing=identity_of(key), now=now)
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """List the keys with their organisation, scopes, end and last use."""
    from apexproof.settings import load_settings
    from apexproof.store.keys import all_keys
    from apexproof.store.schema import current_database

    with current_database(load_settings()).looking() as session:
        for row in all_keys(session):
            used = f"last used {row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "never used"
            state = f"revoked {row.revoked_at:%Y-%m-%d %H:%M}" if row.revoked_at else used
            ends = f"ends {row.expires_at:%Y-%m-%d %H:%M}  " if row.expires_at else ""
            click.echo(f"{row.id}  {row.organisation}  {row.scopes}  {ends}{state}  {row.name}".rstrip())


@keys.command("revoke")
@click.argument("key")
def revoke_key(key: str) -> None:
    """End the key with the identifier KEY, as `keys list` shows it."""
    from apexproof.audit_trail import note_command
    from apexproof.settings import load_settings
    from apexproof.store.keys import organisation_of, revoke
    from apexproof.store.schema import current_database

    now = datetime.now(UTC)
    with current_database(load_settings()).writing() as session:
        known = revoke(session, key, now=now)
        if known:
            note_command(session, "keys revoke", organisation=organisation_of(session, key), thing=key, now=now)
    if not known:
        raise click.ClickException(f"There is no key '{key}' that is still good.")
    click.echo(f"{key} is revoked.")
