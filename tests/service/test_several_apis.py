"""Several processes of the API take requests at one port."""

from __future__ import annotations

import os
import re
import socket
from contextlib import ExitStack
from statistics import median
from urllib.parse import urlsplit

import pytest

from tests.service.caller import Caller
from tests.service.processes import held_at, kill, part_of, parts_of, stopped
from tests.service.served import served, until

ASKED = re.compile(
    r'^apexproof_http_requests_total\{method="GET",route="/v1/claims",status="200"\} (\S+)$', re.MULTILINE
)
TIMES = 5
SENDERS, BURSTS = 8, 5


def asked(caller: Caller) -> float:
    """How often it was asked for claims, as the process says that happens to answer."""
    found = ASKED.search(caller.ask("GET", "/metrics").body.decode())
    return float(found[1]) if found else 0.0


def ask(caller: Caller) -> int:
    return caller.ask("GET", "/v1/claims").status


def of_a_burst(address: str, processes: list[int]) -> list[int]:
    """How many of some connections that come at once each process takes; in each a request has begun."""
    place = urlsplit(address)
    assert place.port is not None
    before = [held_at(process, place.port) for process in processes]
    with ExitStack() as senders:
        for _ in range(SENDERS):
            sender = senders.enter_context(socket.create_connection((place.hostname, place.port)))
            sender.sendall(b"GET /healthz HTTP/1.1\r\n")

        def taken() -> list[int]:
            return [held_at(process, place.port or 0) - own for process, own in zip(processes, before, strict=True)]

        until(lambda: sum(taken()) == SENDERS, "not all of the connections were taken")
        found = taken()
    until(lambda: not any(taken()), "connections that were closed are held on to")
    return found


def test_each_takes_requests_all_count_them_together_and_nobody_is_refused_while_they_start_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with served(tmp_path_factory.mktemp("d"), api_processes="2") as service:
        caller = service.caller()
        one, other = parts_of(service, "api")
        worker = part_of(service, "worker")
        assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, one)  # it gives way to them
        for hanging in (one, other):
            with stopped(hanging):
                assert [ask(caller) for _ in range(TIMES)] == [200] * TIMES
        until(lambda: asked(caller) == 2 * TIMES, "not all were counted")  # which is done behind the answer
        for hanging in (one, other):
            with stopped(hanging):
                assert asked(caller) == 2 * TIMES
        shares = [min(of_a_burst(service.address, [one, other])) for _ in range(BURSTS)]
        assert median(shares) > 1, shares  # left to whoever is awake first, one mostly gets all
        kill(one, other)
        assert ask(caller) == 200
        until(lambda: asked(caller) == 2 * TIMES + 1, "not all were counted")
