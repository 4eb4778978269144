"""Traffic: every request gets its id, its line in the logs and its place in the counts; none is told by its address."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from fastapi import Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apexproof.logs import Event, about, request_id, tell, where

REQUEST_ID = "X-Request-ID"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_NO_ROUTE = "(none)"
_HUNG_UP = 499  # as nginx has it: whoever asked was gone before there was an answer
_NOT_TOLD = frozenset({"/healthz", "/readyz", "/metrics"})  # they are asked every few seconds; what fails is told


class Counts:
    """How many requests there were in this process, by route, status and time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "apexproof_http_requests",
            "Requests that were answered, by the template of their route.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "apexproof_http_request_seconds",
            "Seconds until a request was answered to the last byte.",
            ("method", "route"),
            registry=registry,
            buckets=_SECONDS,
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class Traffic:
    """Stands around everything; what breaks within it is answered, and told with its place alone."""

    def __init__(self, app: ASGIApp, counts: Counts, fault: Callable[[Scope], Response]) -> None:
        self._app = app
        self._counts = counts
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, status = request_id(Headers(scope=scope).get(REQUEST_ID)), 0
        began = ended = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request
            await send(message)
            ended = time.perf_counter()  # of the last byte so far: what is done in the background is not waited for

        with about(request=request):
            try:
                await self._app(scope, receive, answer)
            except ClientDisconnect:  # whoever sent a body was gone before its end: no fault of ours
                pass
            except Exception as error:
                tell(Event.FAULT, error=type(error).__name__, where=where(error))
                if status:  # half of an answer is out, so that the connection has to break
                    raise
                await self._fault(scope)(scope, receive, answer)
            finally:
                seconds, status = ended - began, status or _HUNG_UP
                method = scope["method"] if scope["method"] in _METHODS else "OTHER"
                route = str(getattr(scope.get("route"), "path", _NO_ROUTE))
                self._counts.note(method, route, status, seconds)
                if route not in _NOT_TOLD or status != HTTPStatus.OK:
                    tell(Event.REQUEST, method=method, route=route, status=status, seconds=round(seconds, 4))
