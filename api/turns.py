"""Turns: of the processes that take connections from one socket, the one that is less busy takes the next.

All of them hear of a connection that comes, and whoever is awake first would take it: one process can get all of four
senders, while the other sleeps. So who is at work for some waits for a moment first, the longer the more they are. A
process that hangs is waited for no longer than that.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine

_MOMENT = 0.001  # seconds: asyncio sleeps in whole milliseconds
_WAITED_FOR_MOST = 4  # connections; who is at work for more waits no longer for it
_OUT_OF_DESCRIPTORS = 1.0  # seconds until the next try, when the system gives none


class Turns:
    """Takes connections, each in its turn, from a socket on which other processes listen, too."""

    def __init__(
        self,
        listener: socket.socket,
        *,
        busy: Callable[[], int],
        serve: Callable[[socket.socket], Coroutine[None, None, object]],
    ) -> None:
        """Begin, in the running loop: `busy` tells for how many it is at work, `serve` begins with another."""
        listener.settimeout(0)
        self._listener, self._busy, self._serve = listener, busy, serve
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[object]] = set()
        self._later: asyncio.TimerHandle | None = None
        self._loop.add_reader(listener, self._wait)

    def end(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._listener)
        if self._later is not None:
            self._later.cancel()

    def _wait(self) -> None:
        self._loop.remove_reader(self._listener)
        busy = self._busy() + len(self._beginning)
        self._later = self._loop.call_later(_MOMENT * min(busy, _WAITED_FOR_MOST), self._take)

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):  # another took it, or nobody is there
            self._listen_on()
        except OSError:
            self._later = self._loop.call_later(_OUT_OF_DESCRIPTORS, self._listen_on)
        else:
            connection.settimeout(0)
            beginning = self._loop.create_task(self._serve(connection))
            self._beginning.add(beginning)
            beginning.add_done_callback(self._beginning.discard)
            self._listen_on()

    def _listen_on(self) -> None:
        self._loop.add_reader(self._listener, self._wait)
