"""`make faults`: a service under load is hurt again and again, and at the end everything must be as if it never was.

What is hurt, in which order and after how many claims follows from the seed, which is printed first: the same seed
hurts the same way.
"""

from __future__ import annotations

import argparse
import random
import secrets
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from urllib3.exceptions import HTTPError

from apexproof.settings import Settings
from apexproof.store.database import Database
from tests.postgres import running_postgres
from tests.service.accepted import Accepted
from tests.service.caller import Caller
from tests.service.clock import Clock
from tests.service.served import served_in
from trust.ground import Ground, own_disk
from trust.hurts import possible
from trust.witness import Witness

_SENDERS = 4
_PAUSE = 0.2
_STEP = 0.05
_SETTINGS = {
    "lease_seconds": "2",
    "resend_seconds": "2",
    "sweep_seconds": "1",
    "attempts": "100",
    "rate_per_second": "100000",
    "rate_burst": "100000",
    "room_least": "0",  # so that a full disk is met, and not only foreseen
}
_PATIENCE_SECONDS = 1800.0
_TAKEN = frozenset({200, 201, 202})


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is asked: so many claims and faults, or as many as `seconds` allow, of the faults that `only` names."""

    seed: int
    claims: int
    faults: int
    postgres: bool
    seconds: float
    only: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of it."""

    claims: int
    jobs: int
    done: Counter[str]
    left_out: Sequence[str]
    sending: float
    checked: float


def run(asked: Campaign) -> Report:
    """Hurt a service; whatever is not as it must be at the end is an AssertionError."""
    choice = random.Random(asked.seed)  # noqa: S311 - faults are no secret
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        folder.chmod(0o711)  # PostgreSQL does not run as root, and goes through here
        disk = stack.enter_context(own_disk(folder / "disk"))
        database_disk = stack.enter_context(own_disk(folder / "rows")) if asked.postgres else None
        below = folder / "rows" if database_disk else None
        postgres = stack.enter_context(running_postgres(below)) if asked.postgres else None
        clock, left_out = _clock(folder)
        if disk is None:
            left_out.append("Only root may mount a disk to fill, so none is filled.")
        data_dir = folder / "disk" / "d"
        url = postgres.new_database() if postgres else Settings(data_dir=data_dir).database
        environment = clock.environment if clock else {}
        settings = {**_SETTINGS, "database_url": url}
        service = stack.enter_context(served_in(environment, data_dir, settings))
        ground = Ground(
            service=service, choice=choice, postgres=postgres, disk=disk, database_disk=database_disk, clock=clock
        )
        sent = folder / "sent"
        sent.mkdir()
        accepted, witness = Accepted(prefix="hurt", folder=sent), Witness(Database(url))
        began = time.monotonic()
        done = _hurt(asked, ground, accepted, witness)
        if clock:
            clock.set_to(0)
        sending = time.monotonic() - began
        print(f"{sending:6.1f} s: {len(accepted.claims)} claims were accepted, through: {dict(done)}", flush=True)
        accepted.must_be_whole(url, data_dir / "blobs", patience=_PATIENCE_SECONDS)
        jobs = witness.must_be_confirmed()
        checked = time.monotonic() - began
    return Report(
        claims=len(accepted.claims), jobs=jobs, done=done, left_out=left_out, sending=sending, checked=checked
    )


def _hurt(asked: Campaign, ground: Ground, accepted: Accepted, witness: Witness) -> Counter[str]:
    """Send and hurt until both are done, or the time is over."""
    hurts = possible(ground, only=asked.only)
    moments = sorted(ground.choice.choices(range(asked.claims), k=asked.faults))
    order = [ground.choice.choice(list(hurts)) for _ in moments]
    caller, done, over = ground.service.caller(), Counter[str](), threading.Event()
    until = time.monotonic() + asked.seconds
    numbers = _Numbers(asked.claims, over)
    with ThreadPoolExecutor(_SENDERS) as senders:
        sending = [senders.submit(_send_on, accepted, caller, numbers) for _ in range(_SENDERS)]
        for moment, name in zip(moments, order, strict=True):
            while len(accepted.claims) < moment and time.monotonic() < until:
                time.sleep(_STEP)
            if time.monotonic() > until:
                break
            hurts[name](ground)
            done[name] += 1
            witness.look()
        while time.monotonic() < until and not all(sent.done() for sent in sending):
            time.sleep(_STEP)
        over.set()
        for sent in sending:
            sent.result()
    return done


class _Numbers:
    """The numbers of the claims, each given to one sender, until the time is over."""

    def __init__(self, claims: int, over: threading.Event) -> None:
        self._left, self._over, self._busy = iter(range(claims)), over, threading.Lock()

    def __iter__(self) -> Iterator[str]:
        while not self._over.is_set():
            with self._busy:
                number = next(self._left, None)
            if number is None:
                return
            yield f"hurt-{number}"


def _send_on(accepted: Accepted, caller: Caller, numbers: _Numbers) -> None:
    """Send claims with their files, each again and again until it was accepted, as a client does."""
    for number in numbers:
        for send in (accepted.send_claim, accepted.send_file):
            until = time.monotonic() + _PATIENCE_SECONDS
            while not _taken(send, caller, number):
                assert time.monotonic() < until, "nothing is accepted any more"
                time.sleep(_PAUSE)


def _taken(send: Callable[[Caller, str], int], caller: Caller, number: str) -> bool:
    try:
        return send(caller, number) in _TAKEN
    except HTTPError:
        return False


def _clock(folder: Path) -> tuple[Clock | None, list[str]]:
    try:
        return Clock(folder), []
    except FileNotFoundError as error:
        return None, [str(error)]


def main() -> None:
    """Hurt it."""
    parser = argparse.ArgumentParser(prog="python -m trust.campaign", description=__doc__)
    parser.add_argument("--claims", type=int, default=3000, help="how many are sent, each with a file: two jobs")
    parser.add_argument("--faults", type=int, default=15, help="how often it is hurt meanwhile")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="hurt it in this way alone")
    parser.add_argument("--minutes", type=float, default=10, help="end sending after that time")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to hurt it the same way again")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite; that is hurt, too")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: {asked.claims} claims, {asked.faults} faults", flush=True)
    report = run(
        Campaign(
            seed=asked.seed,
            claims=asked.claims,
            faults=asked.faults,
            postgres=asked.postgres,
            seconds=asked.minutes * 60,
            only=asked.only,
        )
    )
    for sentence in report.left_out:
        print(sentence)
    print(f"{report.checked:6.1f} s: {report.jobs} jobs; nothing is lost or there twice, every answer is the right one")


if __name__ == "__main__":
    main()
