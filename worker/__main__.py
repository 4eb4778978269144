"""`python -m worker` works, `python -m worker schedule` rings the hours; both run until they are told to stop."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import warnings

from celery.exceptions import SecurityWarning
from celery.signals import setup_logging

from apexproof import __version__
from apexproof.doorbell import QUEUES, Doorbell
from apexproof.errors import ApexproofError
from apexproof.logs import Event, configure_logs, tell
from apexproof.parent import end_with_parent
from apexproof.priority import give_way
from apexproof.settings import load_settings, require_broker
from apexproof.store.database import Database
from apexproof.store.schema import require_current
from worker.app import build
from worker.schedule import ring_on

_UNUSABLE = 2
_GIVES_WAY = 10  # to the API: where both are on one machine, who sends is answered before what was sent is checked


def main() -> int:
    """Run a worker, or the schedule."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("role", nargs="?", choices=["work", "schedule"], default="work")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    try:
        settings = load_settings()
        app = build(settings, require_broker(settings))
        database = Database(settings.database)
        require_current(database)
        database.close()  # before the fork: each process opens its own
    except ApexproofError as error:
        print(f"apexproof: {error}", file=sys.stderr)  # noqa: T201 - a command says why it does not start
        return _UNUSABLE
    warnings.simplefilter("ignore", SecurityWarning)  # of running as root: it is about pickled tasks, ours are JSON
    part = "schedule" if asked.role == "schedule" else "worker"
    configure_logs(part, sys.stderr)
    setup_logging.connect(_leave_logs_alone)
    # Celery says farewell there in words of its own; whoever reads the logs gets lines of JSON and nothing else.
    sys.__stdout__ = open(os.devnull, "w", encoding="ascii")  # type: ignore[misc]  # noqa: PTH123, SIM115 - it stays open
    tell(Event.STARTED, version=__version__)
    if asked.with_parent:
        end_with_parent()
    if asked.role == "schedule":
        ring_on(Doorbell(app), every=settings.sweep_seconds, pulse=settings.data_dir / "schedule")
        tell(Event.ENDING)
        return 0
    give_way(_GIVES_WAY)
    gc.freeze()  # all that was imported stays: no process of the pool goes through it again, or copies its pages
    words = ["worker", f"--concurrency={settings.worker_processes}", f"--queues={','.join(QUEUES)}"]
    words += ["--without-gossip", "--without-mingle"]
    try:
        app.start(["--quiet", *words, "--loglevel=WARNING"])
    finally:
        tell(Event.ENDING)


def _leave_logs_alone(**_: object) -> None:
    """Celery arranges the logs unless somebody says that it is done."""


if __name__ == "__main__":
    sys.exit(main())
