"""The whole service on one machine: serve."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from apexproof.settings import Settings
    from apexproof.store.database import Database

_FIRST_ORGANISATION = "main"


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
    from apexproof.store.schema import found, migrate, open_database, require_current

    settings = load_settings(host=host, port=port, data_dir=data_dir)
    _policy_must_be_known(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    with data_dir_held(settings.data_dir):
        database = open_database(settings)
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
