"""Traffic: every answer has the id of its request, and what breaks is answered without a word of why."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from api.pages.errors import fault_for
from api.traffic import Counts, Traffic
from tests.api.listening import Listening

STATED = "0123456789abcdef0123456789abcdef"


async def _breaks(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise ValueError("Quill, Marigold")


async def _breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("Quill, Marigold")


async def _left(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise ClientDisconnect


def asked(app: Any) -> list[Message]:  # noqa: ANN401 - an ASGI app
    """What an app sends."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"x-request-id", STATED.encode())]}
    asyncio.run(Traffic(app, Counts(CollectorRegistry()), fault_for)(scope, receive, send))
    return sent


def test_a_good_request_id_is_answered_and_any_other_replaced(api: Listening) -> None:
    caller = api.caller()
    said = [caller.ask("GET", "/v1/claims", headers={"X-Request-ID": one}) for one in (STATED, "Quill-2017-03-03")]
    first, second = (answer.headers["X-Request-ID"] for answer in said)
    assert first == STATED
    assert second != "Quill-2017-03-03"
    assert len(second) == 32


def test_what_breaks_is_a_problem_with_its_request_id_and_nothing_of_the_error() -> None:
    start, body = asked(_breaks)
    assert start["status"] == 500
    assert (b"x-request-id", STATED.encode()) in start["headers"]
    assert json.loads(body["body"])["type"] == "urn:apexproof:problem:fault"
    assert b"Quill" not in body["body"]


def test_half_an_answer_is_broken_off() -> None:
    with pytest.raises(ValueError, match="Quill"):
        asked(_breaks_off)


def test_who_hangs_up_while_sending_is_told_as_gone_and_not_as_a_fault_of_ours() -> None:
    with capture_logs() as told:
        assert asked(_left) == []
    assert [(one["event"], one["status"]) for one in told] == [("request", 499)]
