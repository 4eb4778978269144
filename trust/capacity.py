"""Capacity: the section of docs/trust.md about what a hundred million attachments a year take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import create_engine, text

from tests.postgres import Postgres, running_postgres
from tests.service.processes import BROKER, part_of, stopped, tree_of
from trust.gauge import processor_seconds
from trust.loading import BATCH, CLIENTS, Loading, Rate, loaded
from trust.page import paragraphs, write_section

_ATTACHMENTS = 100_000_000
_YEAR = 365 * 24 * 3600.0
_WORKING_DAYS, _WORKING_HOURS, _BUSIEST = 250, 10, 1.5
_USED = 0.7
"""Assumed: claims come on 250 days in 10 hours, in the busiest hour half as many again; a core is used to 70 %."""
_ASKED = 12
_BIG = 1e12
"""Bytes up to which one PostgreSQL database is still vacuumed and copied in a night: assumed, not measured."""
_TITLE = "A model of a hundred million attachments a year"
_PARTS = ("api", "worker", "schedule", BROKER)
_DATABASE = "database"
_SIZE = "SELECT pg_database_size(current_database())"
_LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
_TABLES = (
    "SELECT relname, pg_total_relation_size(relid)::float / sum(pg_total_relation_size(relid)) OVER ()"
    " FROM pg_stat_user_tables ORDER BY 2 DESC LIMIT 3"
)
_COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one attachment with its share of a claim costs."""

    processors: Mapping[str, float]
    """Seconds of a processor in each part, the database among them."""
    file: float
    rows: float
    log: float
    """Bytes of the file, of the database, and of its write-ahead log."""
    commits: float
    message: float
    """Bytes of a message that waits in the broker."""
    rate: Rate
    largest: Mapping[str, float]
    """The largest tables, each with its share of all."""


def run_section(seed: int, minutes: float) -> None:
    """Measure what an attachment costs on PostgreSQL, and write what a hundred million of them take."""
    del seed, minutes
    write_section("capacity", _TITLE, _told(_measured()))


def _measured() -> Costs:
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        url = postgres.new_database()
        loading = stack.enter_context(loaded(2, url))
        loading.at_most()
        before, taken = _told_by(url), _taken(loading, postgres)
        files = loading.files(BATCH)
        rate, _ = loading.sent(files, every=0, clients=CLIENTS)
        after, now = _told_by(url), _taken(loading, postgres)
        sizes = [path.stat().st_size for paths in files.values() for path in paths]
        size, log, commits = ((new - old) / rate.files for old, new in zip(before, after, strict=True))
        return Costs(
            processors={part: (now[part] - taken[part]) / rate.files for part in now},
            file=sum(sizes) / len(sizes),
            rows=size,
            log=log,
            commits=commits,
            message=_message(loading),
            rate=rate,
            largest=_largest(url),
        )


def _taken(loading: Loading, postgres: Postgres) -> dict[str, float]:
    found = {part: processor_seconds(part_of(loading.service, part)) for part in _PARTS}
    return {**found, _DATABASE: processor_seconds(postgres.pid)}


def _told_by(url: str) -> tuple[int, ...]:
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        found = tuple(int(connection.scalar(text(query)) or 0) for query in (_SIZE, _LOG, _COMMITS))
    engine.dispose()
    return found


def _largest(url: str) -> dict[str, float]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {name: float(share) for name, share in connection.execute(text(_TABLES))}
    engine.dispose()
    return found


def _message(loading: Loading) -> float:
    """The bytes of a message, while nobody takes any."""
    with ExitStack() as stack:
        for process in tree_of(part_of(loading.service, "worker")):
            stack.enter_context(stopped(process))
        caller = loading.service.caller()
        for number in range(_ASKED):
            loading.accepted.send_document(caller, f"unread-{number}")
        with Redis(unix_socket_path=str(loading.service.data_dir / "broker" / "broker.sock")) as broker:
            octets, waiting = broker.memory_usage("check", samples=0), broker.llen("check")
    return float(octets) / float(waiting)


def _told(costs: Costs) -> str:
    mean = _ATTACHMENTS / _YEAR
    peak = _ATTACHMENTS / (_WORKING_DAYS * _WORKING_HOURS * 3600) * _BUSIEST
    head = f"""
    Measured on PostgreSQL with {costs.rate.files} files of the traffic of this page ({costs.rate.others:.0%} of the
    work of this machine was that of others), multiplied, and not run at that size. Assumed: claims come on
    {_WORKING_DAYS} days in {_WORKING_HOURS} hours, in the busiest hour {_BUSIEST:g} times as many as on average, and
    a core is used to {_USED:.0%}. So {_ATTACHMENTS:,} attachments a year are {mean:.1f} a second on average, and
    **{peak:.0f} at the peak**.
    """
    return "\n\n".join((paragraphs(head), _table(costs, peak), paragraphs(_limits(costs, peak))))


def _table(costs: Costs, peak: float) -> str:
    waits = costs.message * peak * 3600 / 1e6
    rows = (
        ("what", "an attachment with its share of a claim", "all of them"),
        ("---",) * 3,
        *(
            (part, f"{seconds:.3f} s of a core", f"{peak * seconds / _USED:.1f} cores at the peak")
            for part, seconds in costs.processors.items()
        ),
        ("files", f"{costs.file:,.0f} bytes", f"{costs.file * _ATTACHMENTS / 1e12:.0f} TB a year"),
        ("rows and indexes", f"{costs.rows:,.0f} bytes", f"{costs.rows * _ATTACHMENTS / 1e12:.1f} TB a year"),
        ("write-ahead log", f"{costs.log:,.0f} bytes", f"{costs.log * peak / 1e6:.1f} MB/s at the peak"),
        ("transactions", f"{costs.commits:.1f}", f"{costs.commits * peak:,.0f} a second at the peak"),
        ("broker, a job that waits", f"{costs.message:,.0f} bytes", f"{waits:.0f} MB when an hour of the peak waits"),
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _limits(costs: Costs, peak: float) -> str:
    workers = peak * costs.processors["worker"] / _USED
    apis = math.ceil(peak * costs.processors["api"] / _USED)
    largest = ", ".join(f"`{table}` {share:.0%}" for table, share in costs.largest.items())
    months = _BIG / (costs.rows * _ATTACHMENTS / 12)
    return f"""
    **Workers are the most, and the easiest**: they share nothing but the queue, so {workers:.0f} cores of them are
    any number of machines. An API process uses one core, so the peak needs {apis} behind a load balancer; one broker
    and one schedule are enough.

    **The database is what has to be divided first**, for its size and not for its speed: it has {_BIG / 1e12:.0f} TB
    after {months:.0f} months (its largest tables: {largest}), most of it written once and seldom read. No question
    reaches beyond an organisation, so that is the line to divide along: an installation (database, broker, workers)
    for a group of organisations, each with a bucket of its own, since a file is removed when no attachment in its own
    database needs it. Which organisation is where, a proxy in front has to know: there is no such directory here,
    nothing that moves an organisation, and within a database no table is partitioned.

    **Files are the most bytes, and the least trouble**: a bucket grows by itself, and retention deletes those of
    closed claims (`APEXPROOF_RETENTION_DAYS`).
    """
