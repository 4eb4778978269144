"""Turns: of the processes that take connections from one socket, the one that is least busy takes the next.

All of them hear of a connection that comes, and whoever is awake first would take it: one process can get all of eight
senders, while the other sleeps. So each says in memory that they share for how many connections it is at work, and who
sees another less busy leaves the next one to it, for a moment: a process that hangs is waited for no longer than that.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from collections.abc import Callable, Coroutine
from mmap import mmap
from pathlib import Path

_MOMENT, _MOMENTS = (
    0.001,
    4,
)  # seconds (asyncio sleeps in whole milliseconds), and how many of them another is waited for
_OUT_OF_DESCRIPTORS = 1.0  # seconds until the next try, when the system gives none
_COUNT = 4  # bytes


class Places:
    """For how many connections each of some processes is at work; a process has its place while it lives."""

    def __init__(self, folder: Path, *, number: int) -> None:
        """Take a place in a folder that all of them name; each place is a file."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._files = [os.open(folder / str(place), os.O_RDWR | os.O_CREAT, 0o600) for place in range(number)]
        for file in self._files:
            os.ftruncate(file, _COUNT)
        self._counts = [memoryview(mmap(file, _COUNT)).cast("i") for file in self._files]
        self._own = next((place for place in range(number) if self._takes(place)), 0)
        self._counts[self._own][0] = 0

    def _takes(self, place: int) -> bool:
        try:
            fcntl.flock(self._files[place], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def count(self, more: int) -> None:
        """Be at work for so many more."""
        self._counts[self._own][0] += more

    @property
    def is_least_busy(self) -> bool:
        """Whether no other is less busy."""
        return self._counts[self._own][0] <= min(count[0] for count in self._counts)


class Turns:
    """Takes connections, each in its turn, from a socket on which other processes listen, too."""

    def __init__(
        self,
        listener: socket.socket,
        places: Places,
        *,
        serve: Callable[[socket.socket], Coroutine[None, None, object]],
    ) -> None:
        """Begin, in the running loop: `serve` begins with a connection, and counts it from then on."""
        listener.settimeout(0)
        self._listener, self._places, self._serve = listener, places, serve
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[None]] = set()
        self._later: asyncio.TimerHandle | None = None
        self._listen()

    def end(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._listener)
        if self._later is not None:
            self._later.cancel()

    def _listen(self) -> None:
        self._loop.add_reader(self._listener, self._come)

    def _come(self) -> None:
        if self._places.is_least_busy:
            self._take()
        else:
            self._loop.remove_reader(self._listener)
            self._wait(_MOMENTS)

    def _wait(self, moments: int) -> None:
        if moments and not self._places.is_least_busy:
            self._later = self._loop.call_later(_MOMENT, self._wait, moments - 1)
        else:
            self._listen()
            self._take()

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another took it, or it is gone
        except OSError:
            self._loop.remove_reader(self._listener)
            self._later = self._loop.call_later(_OUT_OF_DESCRIPTORS, self._listen)
            return
        connection.settimeout(0)
        beginning = self._loop.create_task(self._begin(connection))
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)
        self._places.count(1)

    async def _begin(self, connection: socket.socket) -> None:
        try:
            await self._serve(connection)
        finally:
            self._places.count(-1)
