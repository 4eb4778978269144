"""`make faults`: a service under load is hurt again and again, and at the end everything must be as if it never was.

Which part is hurt, how and when follows from the seed, which is printed first: the same seed hurts the same way.
"""

from __future__ import annotations

import argparse
import random
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from urllib3.exceptions import HTTPError

from apexproof.settings import Settings
from tests.postgres import running_postgres
from tests.service.accepted import Accepted
from tests.service.caller import Caller
from tests.service.processes import BROKER, kill, part_of, stopped, tree_of
from tests.service.served import Served, served

_SENDERS = 4
_PAUSE = 0.2
_HANGS_SECONDS = 3.0
_SETTINGS = {"lease_seconds": "2", "resend_seconds": "2", "sweep_seconds": "1", "attempts": "100"}
_PATIENCE_SECONDS = 1800.0


def _kill_part(name: str) -> Callable[[Served], None]:
    return lambda service: kill(part_of(service, name))


def _kill_worker(service: Served) -> None:
    kill(*tree_of(part_of(service, "worker")))


def _kill_pool(service: Served) -> None:
    kill(*tree_of(part_of(service, "worker"))[1:])


def _hang_broker(service: Served) -> None:
    with stopped(part_of(service, BROKER)):
        time.sleep(_HANGS_SECONDS)


FAULTS: dict[str, Callable[[Served], None]] = {
    "kill the worker": _kill_worker,
    "kill the worker's main process": _kill_part("worker"),
    "kill the pool and its readers": _kill_pool,
    "kill the broker": _kill_part(BROKER),
    "kill the API": _kill_part("api"),
    "kill the schedule": _kill_part("schedule"),
    "let the broker hang": _hang_broker,
}


def main() -> None:
    """Hurt it."""
    parser = argparse.ArgumentParser(prog="python -m tests.service.campaign", description=__doc__)
    parser.add_argument("--claims", type=int, default=3000, help="how many are sent, each with a file: two jobs")
    parser.add_argument("--faults", type=int, default=15, help="how often it is hurt meanwhile")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to hurt it the same way again")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite; that is killed, too")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: {asked.claims} claims, {asked.faults} faults", flush=True)  # noqa: T201 - a command
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        data_dir = Path(folder) / "d"
        if not asked.postgres:
            _run(asked, Path(folder), data_dir, Settings(data_dir=data_dir).database, FAULTS)
            return
        with running_postgres() as server:

            def kill_database(_: Served) -> None:
                server.kill()
                server.start()

            faults = FAULTS | {"kill the database": kill_database}
            _run(asked, Path(folder), data_dir, server.new_database(), faults)


def _run(
    asked: argparse.Namespace,
    folder: Path,
    data_dir: Path,
    database_url: str,
    faults: dict[str, Callable[[Served], None]],
) -> None:
    choice = random.Random(asked.seed)  # noqa: S311 - faults are no secret
    accepted = Accepted(prefix="hurt", folder=folder)
    began = time.monotonic()
    with served(data_dir, database_url=database_url, **_SETTINGS) as service:
        caller = service.caller()
        done = Counter[str]()
        every = max(1, asked.claims // (asked.faults + 1))
        with ThreadPoolExecutor(_SENDERS) as senders:
            for first in range(0, asked.claims, every):
                numbers = range(first, min(first + every, asked.claims))
                sending = [senders.submit(_send, accepted, caller, f"hurt-{number}") for number in numbers]
                name = choice.choice(sorted(faults))
                if first + every < asked.claims:
                    done[name] += 1
                    faults[name](service)
                for sent in sending:
                    sent.result()
        print(f"{_since(began)} all were accepted, through: {dict(done)}", flush=True)  # noqa: T201 - a command
        accepted.must_be_whole(database_url, data_dir / "blobs", patience=_PATIENCE_SECONDS)
    print(f"{_since(began)} nothing is lost, nothing is there twice, every answer is the right one", flush=True)  # noqa: T201 - a command


def _send(accepted: Accepted, caller: Caller, number: str) -> None:
    """Send a claim and its file, again and again until each was accepted, as a client does."""
    _again(lambda: accepted.send_claim(caller, number))
    _again(lambda: accepted.send_file(caller, number))


def _again(send: Callable[[], int]) -> None:
    while True:
        try:
            if send() in {200, 201, 202}:
                return
        except HTTPError:
            pass
        time.sleep(_PAUSE)


def _since(moment: float) -> str:
    return f"{time.monotonic() - moment:6.1f} s"


if __name__ == "__main__":
    main()
