"""Hurts: everything that is done to a service under load, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.service.processes import BROKER, kill, no_room_for, part_of, stopped, tree_of
from trust.ground import Ground

Hurt = Callable[[Ground], None]
_LONGEST_PAUSE = 4.0  # seconds: longer than a lease of the campaign, and than the patience with a broker
_LONG = 60.0
_LONGEST_JUMP = 3 * 3600
_UNIX_SOCKET = "broker/broker.sock"


def possible(ground: Ground, *, only: Collection[str] = ()) -> dict[str, Hurt]:
    """What can be done here, by name: what takes a moment, or what is named alone."""
    found = {**HURTS, **(LASTING if only else {})}
    if ground.postgres is not None:
        found |= OF_POSTGRES
    if ground.disk is not None:
        found |= OF_A_DISK
    if ground.database_disk is not None:
        found |= OF_ITS_DISK
    if ground.clock is not None:
        found |= OF_A_CLOCK
    return {name: hurt for name, hurt in sorted(found.items()) if not only or name in only}


def _kill_worker(ground: Ground) -> None:
    kill(*tree_of(part_of(ground.service, "worker")))


def _kill_pool(ground: Ground) -> None:
    kill(*tree_of(part_of(ground.service, "worker"))[1:])


def _kill_one_of_the_worker(ground: Ground) -> None:
    below = tree_of(part_of(ground.service, "worker"))[1:]
    if below:
        kill(ground.choice.choice(below))


def _kill_part(name: str) -> Hurt:
    return lambda ground: kill(part_of(ground.service, name))


def _pause_part(name: str) -> Hurt:
    return lambda ground: _pause(ground, part_of(ground.service, name))


def _no_room_for_part(name: str) -> Hurt:
    def fill(ground: Ground) -> None:
        with no_room_for(tree_of(part_of(ground.service, name)), octets=0):
            _a_while(ground)

    return fill


def _cut_off_from_the_broker(ground: Ground) -> None:
    """Every connection to the broker breaks at once."""
    with suppress(RedisError), Redis(unix_socket_path=str(ground.service.data_dir / _UNIX_SOCKET)) as broker:
        for kind in ("normal", "pubsub"):
            broker.client_kill_filter(_type=kind, skipme=True)


def _empty_the_broker(ground: Ground) -> None:
    """Every message is lost, as when the broker's disk is replaced."""
    with suppress(RedisError), Redis(unix_socket_path=str(ground.service.data_dir / _UNIX_SOCKET)) as broker:
        broker.flushall()


def _kill_database(ground: Ground) -> None:
    if ground.postgres is not None:
        ground.postgres.kill()
        _a_while(ground)
        ground.postgres.start()


def _cut_off_from_the_database(ground: Ground) -> None:
    if ground.postgres is not None:
        engine = create_engine(ground.postgres.url())
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with suppress(DBAPIError), engine.connect() as connection:
            connection.execute(cut)
        engine.dispose()


def _pause_database(ground: Ground) -> None:
    if ground.postgres is not None:
        _pause(ground, ground.postgres.pid)


def _fill_the_databases_disk(ground: Ground) -> None:
    """PostgreSQL gives up when it cannot write its log, and is started again when there is room."""
    if ground.postgres is not None and ground.database_disk is not None:
        try:
            ground.database_disk.fill()
            _a_while(ground)
        finally:
            ground.database_disk.clear()
        ground.postgres.start()


def _fill_the_disk(ground: Ground) -> None:
    if ground.disk is not None:
        try:
            ground.disk.fill()
            _a_while(ground)
        finally:
            ground.disk.clear()


def _set_the_clock(ground: Ground) -> None:
    """Ahead or back, and there it stays until the next time."""
    if ground.clock is not None:
        ground.clock.set_to(ground.choice.randint(-_LONGEST_JUMP, _LONGEST_JUMP))


def _pause(ground: Ground, process: int) -> None:
    """Let a process and all below it hang for a while."""
    with ExitStack() as pauses:
        for one in tree_of(process):
            with suppress(ProcessLookupError):
                pauses.enter_context(stopped(one))
        _a_while(ground)


def _pause_the_broker_for_long(ground: Ground) -> None:
    with stopped(part_of(ground.service, BROKER)):
        time.sleep(_LONG)


def _a_while(ground: Ground) -> None:
    time.sleep(ground.choice.uniform(0.2, _LONGEST_PAUSE))


POOL = "kill the pool and its readers"
HURTS: dict[str, Hurt] = {
    POOL: _kill_pool,
    "kill the worker": _kill_worker,
    "kill the worker's main process": _kill_part("worker"),
    "kill one process of the worker": _kill_one_of_the_worker,
    "kill the broker": _kill_part(BROKER),
    "kill the API": _kill_part("api"),
    "kill the schedule": _kill_part("schedule"),
    "pause the worker": _pause_part("worker"),
    "pause the broker": _pause_part(BROKER),
    "pause the API": _pause_part("api"),
    "no room for the worker": _no_room_for_part("worker"),
    "no room for the broker": _no_room_for_part(BROKER),
    "no room for the API": _no_room_for_part("api"),
    "cut all off from the broker": _cut_off_from_the_broker,
    "lose every message": _empty_the_broker,
}
OF_POSTGRES: dict[str, Hurt] = {
    "kill the database": _kill_database,
    "pause the database": _pause_database,
    "cut all off from the database": _cut_off_from_the_database,
}
OF_ITS_DISK: dict[str, Hurt] = {"fill the database's disk": _fill_the_databases_disk}
OF_A_DISK: dict[str, Hurt] = {"fill the disk": _fill_the_disk}
OF_A_CLOCK: dict[str, Hurt] = {"set the clock": _set_the_clock}
LONG = "pause the broker for a minute"
LASTING: dict[str, Hurt] = {LONG: _pause_the_broker_for_long}
