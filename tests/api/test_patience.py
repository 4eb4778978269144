"""Patience: a caller that drips is hung up on, at the head of a request and at its body; one that is there is not."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from starlette.types import Message, Scope

from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.schema import migrate
from api.__main__ import arranged
from api.app import create_app
from api.patience import Patience, PatientProtocol
from api.problems import BodyTooSlow
from tests.api.listening import NO_BROKER, Listening, serving
from tests.service.caller import PATIENCE_SECONDS
from tests.service.served import until

SECONDS = 0.3


class Hasty(PatientProtocol):
    """The same, in the time of a test."""

    head_seconds = SECONDS


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """The API as `python -m api` serves it, with less time for everything."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("d"))
    database = Database(settings.database)
    migrate(database)
    app = create_app(settings, NO_BROKER)
    (patience,) = (one for one in app.user_middleware if getattr(one.cls, "__name__", "") == Patience.__name__)
    patience.kwargs["seconds"] = SECONDS
    config = arranged(app, settings)
    assert config.http is PatientProtocol
    config.http, config.port = Hasty, 0
    with serving(config) as address:
        yield Listening(address=address, app=app, database=database)
    app.state.premises.database.close()
    database.close()


def connected(api: Listening) -> socket.socket:
    place = urlsplit(api.address)
    return socket.create_connection((str(place.hostname), place.port or 0), timeout=PATIENCE_SECONDS)


def dripped(on: socket.socket, octet: bytes) -> bytes:
    """All that is answered to a byte every 50 ms, until the connection is closed."""
    on.settimeout(0.05)
    answer, until = b"", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            on.send(octet)
            if not (said := on.recv(4096)):
                return answer
        except TimeoutError:
            continue
        except ConnectionError:
            return answer
        answer += said
    raise AssertionError("it went on for ever")


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Long: "])
def test_a_head_that_does_not_end_is_hung_up_on(hasty: Listening, begun: bytes) -> None:
    with connected(hasty) as caller:
        caller.sendall(begun)
        assert dripped(caller, b"G") == b""


def test_a_connection_counts_while_it_is_at_work(hasty: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(Hasty, "count", staticmethod(counted.append))
    with connected(hasty) as caller:
        until(lambda: counted == [1], "its first request is not waited for")
        for times in (1, 2):
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
            until(lambda times=times: counted == [1, -1] * times, "it is at work for ever")  # type: ignore[misc]  # a default
    with connected(hasty):
        until(lambda: counted == [1, -1] * 2 + [1], "its first request is not waited for")
    until(lambda: counted == [1, -1] * 3, "one that hung up is at work for ever")


def test_who_says_nothing_is_hung_up_on(hasty: Listening) -> None:
    with connected(hasty) as caller:
        assert caller.recv(1) == b""


def test_a_body_that_drips_is_refused_and_nothing_of_it_is_kept(hasty: Listening) -> None:
    head = (
        "POST /v1/claims/any/attachments HTTP/1.1\r\nHost: here\r\nContent-Length: 4096\r\n"
        f"Authorization: Bearer {hasty.caller().key}\r\n\r\n"
    )
    with connected(hasty) as caller:
        caller.sendall(head.encode())
        said = dripped(caller, b"f")
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"body-too-slow" in said
    assert list(hasty.app.state.premises.blobs.hashes()) == []


def test_the_head_of_a_second_request_that_does_not_end_is_hung_up_on(hasty: Listening) -> None:
    with connected(hasty) as caller:
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert dripped(caller, b"G").count(b"HTTP/1.1 ") == 1


def test_a_connection_that_asked_once_may_ask_again(hasty: Listening) -> None:
    with connected(hasty) as caller:
        for _ in range(2):
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
            answer = HTTPResponse(caller)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
            time.sleep(SECONDS * 2)


def waited(seconds: float, *parts: tuple[float, bytes]) -> int:
    """How many bytes were taken in of parts that come after so many seconds each."""
    coming = iter(parts)
    taken = 0

    async def receive() -> Message:
        after, octets = next(coming)
        await asyncio.sleep(after)
        return {"type": "http.request", "body": octets, "more_body": bool(octets)}

    async def app(scope: Scope, receive: object, send: object) -> None:
        nonlocal taken
        del scope, send
        while octets := (await receive())["body"]:  # type: ignore[operator]  # ASGI's receive
            taken += len(octets)
            await asyncio.sleep(seconds)  # our own work, which is nobody's fault

    async def send(message: Message) -> None:
        del message

    asyncio.run(Patience(app, seconds)({"type": "http"}, receive, send))
    return taken


def test_what_came_buys_time_and_our_own_work_costs_none() -> None:
    assert waited(0.1, (0.0, b"x" * 1024), (0.3, b"y"), (0.3, b"z"), (0.0, b"")) == 1026
    with pytest.raises(BodyTooSlow):
        waited(0.1, (0.0, b"x"), (0.3, b"y"), (0.0, b""))
