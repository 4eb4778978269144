"""Patience: how long a caller may take to say what it wants; one that drips holds no connection for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problems import BodyTooSlow

_BODY_SECONDS = 30.0  # of waiting for a body, and one more for each KiB of it that came
_BYTES_A_SECOND = 1024
_AT_ONCE = 1024**2  # bytes taken from a connection; a file comes in quarters of it otherwise, each with its own round


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection on which something comes, and no whole head of a request in time.

    It counts itself while it is at work: a request is being answered, or the first one is still to come.
    """

    head_seconds = 20.0
    count: Callable[[int], None] = staticmethod(lambda _: None)
    _counted = False
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        transport.max_size = _AT_ONCE  # type: ignore[attr-defined]  # of asyncio's own transports; others leave it alone
        self._wait()
        self._count(at_work=True)

    def data_received(self, data: bytes) -> None:
        """Wait on, unless a request is there; uvicorn's own timer runs only while nothing at all comes."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:  # type: ignore[redundant-expr]  # None at first
            self._count(at_work=True)
            self._wait_no_more()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._count(at_work=False)
        self._wait_no_more()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Rest until the next request, which may be there already."""
        super().on_response_complete()
        self._count(at_work=not self.cycle.response_complete)

    def _count(self, *, at_work: bool) -> None:
        if at_work is not self._counted:
            self._counted = at_work
            self.count(1 if at_work else -1)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class Patience:
    """Waits for a body no longer than its size allows; the time that we take to work on it is not counted."""

    def __init__(self, app: ASGIApp, seconds: float = _BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through.

        Raises:
            BodyTooSlow: its body does not come.
        """
        came, waited, more = 0, 0.0, scope["type"] == "http"

        async def within_time() -> Message:
            nonlocal came, waited, more
            if not more:  # what is waited for then is that the caller hangs up
                return await receive()
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._seconds + came / _BYTES_A_SECOND - waited):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            waited += time.monotonic() - began
            came += len(message.get("body", b""))
            more = message.get("more_body", False)
            return message

        await self._app(scope, within_time, send)
