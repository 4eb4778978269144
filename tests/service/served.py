"""Served: `apexproof serve` itself, as a child process with a data directory and a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

from tests.logged import keep
from tests.service.caller import PATIENCE_SECONDS, Caller

T = TypeVar("T")
_STEP = 0.02


class Served:
    """A running service; what it prints is kept."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self.address = f"http://127.0.0.1:{free_port()}"
        stated = {f"APEXPROOF_{name.upper()}": value for name, value in settings.items()}
        command = [str(Path(sys.executable).with_name("apexproof")), "serve", "--port", self.address.rpartition(":")[2]]
        self.process = subprocess.Popen(  # noqa: S603 - our own program, without a shell
            [*command, "--data-dir", str(data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment, **stated},
            text=True,
        )
        self._said: list[str] = []
        self._logs: list[str] = []
        self._kept = 0
        streams = ((self.process.stdout, self._said), (self.process.stderr, self._logs))
        self._listeners = [threading.Thread(target=_listen, args=heard, daemon=True) for heard in streams]
        for listener in self._listeners:
            listener.start()
        self.until_it_says(r"apexproof listens")

    @property
    def said(self) -> str:
        """What it said to a person."""
        return "".join(self._said)

    @property
    def logs(self) -> list[str]:
        """The lines that all of its processes logged."""
        return list(self._logs)

    def caller(self) -> Caller:
        """Somebody with the key of the first start."""
        return Caller(address=self.address, key=self.until_it_says(r"apx_\S+"))

    def end(self, number: int = signal.SIGINT) -> int:
        """End it as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=PATIENCE_SECONDS)
        for listener in self._listeners:
            listener.join(timeout=PATIENCE_SECONDS)
        keep(self._logs[self._kept :])
        self._kept = len(self._logs)
        return status

    def until_it_says(self, words: str) -> str:
        """Wait until it prints something like this, and return it."""

        def found() -> str | None:
            said = re.search(words, self.said)
            if said is None and self.process.poll() is not None:
                raise RuntimeError(f"apexproof serve ended and did not say {words!r}: {self.said}{''.join(self.logs)}")
            return said and said[0]

        return until(found, f"apexproof serve does not say {words!r}")


def until(found: Callable[[], T | None], lacking: str, *, patience: float = PATIENCE_SECONDS) -> T:
    """What is found at last."""
    patient_until = time.monotonic() + patience
    while not (what := found()):
        if time.monotonic() > patient_until:
            raise TimeoutError(lacking)
        time.sleep(_STEP)
    return what


@contextmanager
def served(data_dir: Path, **settings: str) -> Iterator[Served]:
    """A running service, ended when the block ends."""
    with served_in({}, data_dir, settings) as service:
        yield service


@contextmanager
def served_in(environment: Mapping[str, str], data_dir: Path, settings: Mapping[str, str]) -> Iterator[Served]:
    """The same, with variables of its own."""
    service = Served(data_dir, settings, environment)
    try:
        yield service
    finally:
        service.end()


def _listen(stream: IO[str], heard: list[str]) -> None:
    with stream:
        heard.extend(stream)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
