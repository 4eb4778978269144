"""The commands of the service: serve, migrate, config, keys, jobs."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from apexproof.settings import Settings
    from apexproof.store.database import Database

_FIRST_ORGANISATION = "main"
_SHOWN_JOBS = 1000


@click.command()
@click.option("--host", metavar="HOST", help="The address to listen on.  [default: 127.0.0.1, this machine alone]")
@click.option("--port", metavar="N", help="The port to listen on.  [default: 8351]")
@click.option("--data-dir", metavar="FOLDER", type=click.Path(path_type=Path), help="Where everything is kept.")
def serve(host: str | None, port: str | None, data_dir: Path | None) -> None:
    """Run the whole service on this machine: API, worker, schedule and broker. Ctrl-C ends it.

    \b
    Examples:
      apexproof serve
      apexproof serve --port 9000 --data-dir /srv/apexproof
    """
    from apexproof import __version__
    from apexproof.embedded import Embedded, data_dir_held
    from apexproof.logs import Event, configure_logs, tell
    from apexproof.settings import load_settings
    from apexproof.store.jobs import wake_all
    from apexproof.store.schema import found, migrate, require_current

    settings = load_settings(host=host, port=port, data_dir=data_dir)
    _policy_must_be_known(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    with data_dir_held(settings.data_dir):
        database = _database(settings)
        if found(database) is None:
            migrate(database)
        require_current(database)
        configure_logs("serve", sys.stderr)  # what it says to a person goes to standard output
        tell(Event.STARTED, version=__version__)
        embedded = Embedded(settings)
        embedded.end_leftover_broker()
        if embedded.works_alone:
            with database.writing() as session:
                wake_all(session, now=datetime.now(UTC))
        database.close()  # the parts are forked, and no connection may be shared
        embedded.run(stop, ready=lambda: _say_ready(embedded.address, settings, database))
    tell(Event.ENDING)
    click.echo("apexproof has ended; what is left to do is done after the next start.")


@click.command()
def migrate() -> None:
    """Bring the database to the schema that this version needs.

    \b
    Examples:
      apexproof migrate
    """
    from apexproof.settings import load_settings
    from apexproof.store import schema

    database = _database(load_settings())
    before = schema.found(database)
    schema.migrate(database)
    after = schema.found(database)
    database.close()
    click.echo(f"Schema {after}: nothing to do." if before == after else f"Schema {before or 'none'} -> {after}.")


@click.command()
def config() -> None:
    """Show the settings in force, with the variable of each; passwords are hidden.

    \b
    Examples:
      apexproof config
      APEXPROOF_SETTINGS=apexproof.toml apexproof config
    """
    from apexproof.settings import PREFIX, Settings, load_settings

    shown = load_settings().shown()
    for name, field in Settings.model_fields.items():
        click.echo(f"# {field.description}")
        click.echo(f"{PREFIX}{name.upper()}={shown[name]}\n")


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

    allowed, now = [Scope(scope) for scope in scopes] or DAILY, datetime.now(UTC)
    ends = now + timedelta(days=days) if days else None
    with _current(load_settings()).writing() as session:
        key = make_key(session, organisation=organisation, name=name, scopes=allowed, now=now, expires_at=ends)
        note_command(session, "keys add", organisation=organisation, thing=identity_of(key), now=now)
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """List the keys with their organisation, scopes, end and last use."""
    from apexproof.settings import load_settings
    from apexproof.store.keys import all_keys

    with _current(load_settings()).looking() as session:
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

    now = datetime.now(UTC)
    with _current(load_settings()).writing() as session:
        known = revoke(session, key, now=now)
        if known:
            note_command(session, "keys revoke", organisation=organisation_of(session, key), thing=key, now=now)
    if not known:
        raise click.ClickException(f"There is no key '{key}' that is still good.")
    click.echo(f"{key} is revoked.")


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

    with _current(load_settings()).looking() as session:
        for row in set_aside_jobs(session, most=_SHOWN_JOBS):
            click.echo(f"{row.id}  {row.work}  {row.created_at:%Y-%m-%d %H:%M}  {row.reason}")


@jobs.command("replay")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
def replay_jobs(numbers: tuple[int, ...]) -> None:
    """Queue jobs that were set aside again; a worker takes them up within seconds."""
    from apexproof.review import replay
    from apexproof.settings import load_settings
    from apexproof.store.jobs import Clock

    clock = Clock(now=datetime.now(UTC), resend=timedelta(0))  # the sweep rings for it
    with _current(load_settings()).writing() as session:
        unknown = [str(number) for number in numbers if not replay(session, number, clock)]
    if unknown:
        raise click.ClickException(f"Not set aside, or not there: {', '.join(unknown)}.")


def _say_ready(address: str, settings: Settings, database: Database) -> None:
    from apexproof.audit_trail import note_command
    from apexproof.store.keys import Scope, all_keys, identity_of, make_key

    reach = "this machine alone" if _is_loopback(settings.host) else "the network, unencrypted: put TLS in front of it"
    click.echo(f"apexproof listens on {address} for {reach}; its data lie in {settings.data_dir}.")
    with database.writing() as session:
        if not all_keys(session):
            now = datetime.now(UTC)
            key = make_key(session, organisation=_FIRST_ORGANISATION, name="first start", scopes=Scope, now=now)
            note_command(session, "serve", organisation=_FIRST_ORGANISATION, thing=identity_of(key), now=now)
            click.echo(f"Its first key, shown this once: {key}")
    database.close()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _policy_must_be_known(settings: Settings) -> None:
    from apexproof.checks.table import demand_all_known
    from apexproof.policy import load_policy

    demand_all_known(load_policy(settings.policy))


def _database(settings: Settings) -> Database:
    from apexproof.store.schema import open_database

    return open_database(settings)


def _current(settings: Settings) -> Database:
    from apexproof.store.schema import current_database

    return current_database(settings)
