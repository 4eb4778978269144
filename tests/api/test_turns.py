"""Turns at one socket, on real connections: who is less busy takes the next, and nobody is waited for for long."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from api.turns import Turns
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

    def __init__(self, listener: socket.socket, *, busy: int = 0) -> None:
        self.listener = listener.dup()
        self.held: list[socket.socket] = []
        self.turns = Turns(self.listener, busy=lambda: busy + len(self.held), serve=self._hold)
        self._holds_more = asyncio.Event()

    async def _hold(self, connection: socket.socket) -> None:
        self.held.append(connection)
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


def test_connections_that_come_at_once_are_shared(listener: socket.socket) -> None:
    async def share() -> None:
        with Taker(listener) as one, Taker(listener) as other, ExitStack() as senders:
            for _ in range(SENDERS):
                senders.enter_context(socket.create_connection(listener.getsockname()))
            for taker in (one, other):
                await taker.until_it_holds(SENDERS // 2)

    asyncio.run(share())


def test_who_has_more_to_do_takes_what_nobody_else_takes(listener: socket.socket) -> None:
    async def take() -> None:
        with Taker(listener, busy=1_000_000) as alone, socket.create_connection(listener.getsockname()):
            await alone.until_it_holds(1)

    asyncio.run(take())


def test_who_has_ended_takes_nothing(listener: socket.socket) -> None:
    async def end(*, at_once: bool) -> list[socket.socket]:
        with Taker(listener, busy=2) as ended, socket.create_connection(listener.getsockname()):
            if not at_once:
                await asyncio.sleep(0)  # it has heard, and waits for its turn
            ended.turns.end()
            await asyncio.sleep(A_WHILE)
            return ended.held

    assert asyncio.run(end(at_once=True)) == []
    assert asyncio.run(end(at_once=False)) == []


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


def test_without_descriptors_it_waits_until_there_are_some(listener: socket.socket) -> None:
    async def wait() -> None:
        with Taker(listener) as taker, socket.create_connection(listener.getsockname()):
            with no_descriptors():
                await asyncio.sleep(A_WHILE)
                assert not taker.held
            await taker.until_it_holds(1)

    asyncio.run(wait())
