"""The commands of the service: serve, migrate, config, keys, jobs."""

from __future__ import annotations

import signal
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
    from apexproof.embedded import Embedded, data_dir_held
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
        embedded = Embedded(settings)
        embedded.end_leftover_broker()
        if embedded.works_alone:
            with database.writing() as session:
                wake_all(session, now=datetime.now(UTC))
        embedded.run(stop, ready=lambda: _say_ready(embedded.address, settings, database))
        database.close()
    click.echo("apexproof has ended; what is left to do is done after the next start.", err=True)


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
    "--scope", "scopes", multiple=True, type=click.Choice(["submit", "read", "review"]), help="[default: all]"
)
def add_key(organisation: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and print it: this once, for only its hash is kept."""
    from apexproof.settings import load_settings
    from apexproof.store.keys import Scope, make_key

    allowed = [Scope(scope) for scope in scopes] or list(Scope)
    with current_database(load_settings()).writing() as session:
        key = make_key(session, organisation=organisation, name=name, scopes=allowed, now=datetime.now(UTC))
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """List the keys with their organisation, scopes and last use."""
    from apexproof.settings import load_settings
    from apexproof.store.keys import all_keys

    with current_database(load_settings()).looking() as session:
        for row in all_keys(session):
            used = f"last used {row.used_at:%Y-%m-%d %H:%M}" if row.used_at else "never used"
            state = f"revoked {row.revoked_at:%Y-%m-%d %H:%M}" if row.revoked_at else used
            click.echo(f"{row.id}  {row.organisation}  {row.scopes}  {state}  {row.name}".rstrip())


@keys.command("revoke")
@click.argument("key")
def revoke_key(key: str) -> None:
    """End the key with the identifier KEY, as `keys list` shows it."""
    from apexproof.settings import load_settings
    from apexproof.store.keys import revoke

    with current_database(load_settings()).writing() as session:
        known = revoke(session, key, now=datetime.now(UTC))
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

    with current_database(load_settings()).looking() as session:
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
    with current_database(load_settings()).writing() as session:
        unknown = [str(number) for number in numbers if not replay(session, number, clock)]
    if unknown:
        raise click.ClickException(f"Not set aside, or not there: {', '.join(unknown)}.")


def _say_ready(address: str, settings: Settings, database: Database) -> None:
    from apexproof.store.keys import Scope, all_keys, make_key

    reach = "this machine alone" if _is_loopback(settings.host) else "the network, unencrypted: put TLS in front of it"
    click.echo(f"apexproof listens on {address} for {reach}; its data lie in {settings.data_dir}.", err=True)
    with database.writing() as session:
        if not all_keys(session):
            key = make_key(
                session, organisation=_FIRST_ORGANISATION, name="first start", scopes=Scope, now=datetime.now(UTC)
            )
            click.echo(f"Its first key, shown this once: {key}", err=True)


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
    from apexproof.store.database import Database

    if settings.database_url is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.database)


def current_database(settings: Settings) -> Database:
    """The database of an installation.

    Raises:
        SchemaOutdated: it has not the schema that this program needs.
    """
    from apexproof.store.schema import require_current

    database = _database(settings)
    require_current(database)
    return database
