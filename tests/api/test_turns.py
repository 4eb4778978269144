"""Turns at one socket, on real connections: who is less busy takes the next, and nobody is waited for for long."""

from __future__ import annotations

import asyncio
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from api.turns import Places, Turns
from tests.service.caller import PATIENCE_SECONDS

SENDERS = 8
A_WHILE = 0.1  # seconds, in which a connection would be taken


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What all of them listen on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


class Taker:
    """One of those who take connections from the socket, and holds them."""

    def __init__(self, listener: socket.socket, places: Places) -> None:
        self.listener = listener.dup()
        self.held: list[socket.socket] = []
        self.places = places
        self.turns = Turns(self.listener, places, serve=self._hold)
        self.fails_next = False
        self._holds_more = asyncio.Event()

    async def _hold(self, connection: socket.socket) -> None:
        if self.fails_next:
            self.fails_next = False
            connection.close()
            raise ConnectionResetError
        self.held.append(connection)
        self.places.count(1)
        self._holds_more.set()

    async def until_it_holds(self, number: int) -> None:
        """Wait for so many connections."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.held) < number:
                self._holds_more.clear()
                await self._holds_more.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.turns.end()
        for held in (*self.held, self.listener):
            held.close()


@pytest.fixture
def places(tmp_path: Path) -> list[Places]:
    """The places of two processes."""
    return [Places(tmp_path / "turns", number=2) for _ in range(2)]


def test_connections_that_come_at_once_are_shared(listener: socket.socket, places: list[Places]) -> None:
    async def share() -> None:
        with Taker(listener, places[0]) as one, Taker(listener, places[1]) as other, ExitStack() as senders:
            for _ in range(SENDERS):
                senders.enter_context(socket.create_connection(listener.getsockname()))
            for taker in (one, other):
                await taker.until_it_holds(SENDERS // 2)

    asyncio.run(share())


def test_who_is_busier_takes_what_nobody_else_takes(listener: socket.socket, places: list[Places]) -> None:
    async def take() -> None:
        places[0].count(1_000_000)
        with Taker(listener, places[0]) as busy, socket.create_connection(listener.getsockname()):
            await busy.until_it_holds(1)

    asyncio.run(take())


def test_a_place_is_free_again_and_empty_when_its_process_has_ended(tmp_path: Path) -> None:
    folder = tmp_path / "turns"
    own = Places(folder, number=2)
    program = (
        f"from pathlib import Path; from api.turns import Places; Places(Path({str(folder)!r}), number=2).count(-9)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program
    assert not own.is_least_busy
    Places(folder, number=2)
    assert own.is_least_busy


@pytest.mark.parametrize("after", [0, 0.001], ids=["at once", "while it waits for its turn"])
def test_who_has_ended_takes_nothing(listener: socket.socket, places: list[Places], after: float) -> None:
    async def end() -> list[socket.socket]:
        places[0].count(1)
        with Taker(listener, places[0]) as ended, socket.create_connection(listener.getsockname()):
            await asyncio.sleep(after)
            ended.turns.end()
            await asyncio.sleep(A_WHILE)
            return ended.held

    assert asyncio.run(end()) == []


def test_one_that_fails_keeps_nobody_from_the_next(listener: socket.socket, places: list[Places]) -> None:
    async def fail() -> None:
        with Taker(listener, places[0]) as taker:
            taker.fails_next = True
            with socket.create_connection(listener.getsockname()), socket.create_connection(listener.getsockname()):
                await taker.until_it_holds(1)
            assert not taker.fails_next

    asyncio.run(fail())


@contextmanager
def no_descriptors() -> Iterator[None]:
    """The system gives this process no further descriptor while the block runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    with ExitStack() as gaps:
        while (gap := gaps.enter_context(socket.socket())).fileno() < highest:
            pass
        resource.setrlimit(resource.RLIMIT_NOFILE, (gap.fileno() + 1, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_without_descriptors_it_waits_until_there_are_some(listener: socket.socket, places: list[Places]) -> None:
    async def wait() -> None:
        with Taker(listener, places[0]) as taker, socket.create_connection(listener.getsockname()):
            with no_descriptors():
                await asyncio.sleep(A_WHILE)
                assert not taker.held
            await taker.until_it_holds(1)

    asyncio.run(wait())
