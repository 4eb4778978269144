"""Metrics for Prometheus. No label names an organisation, a claim or a person.

Requests are counted in this process, or by all that share its port together: scrape each port. Everything else comes
out of the database when it is asked for, and at most every few seconds: it is the same at every API process, whatever
workers come and go, so take the `max` of several and not their sum.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.security.utils import get_authorization_scheme_param
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from apexproof import READER_VERSION, __version__
from apexproof.admission import Admission, Load
from apexproof.settings import COUNTED_TOGETHER, Settings
from apexproof.store.database import Database
from apexproof.store.jobs import Waiting, waiting
from apexproof.store.tallies import BOUNDS, NO_END, Count, Tally, all_counts
from api.premises import Here
from api.problems import NotAuthenticated, documented

router = APIRouter(tags=["health"])
_ASKED_AGAIN_AFTER = 5.0
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_READER_LOST = frozenset({"crashed", "timed_out", "out_of_memory"})
"""The faults that cost a reader its process (`reading.child_process`)."""


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"application/openmetrics-text": {"schema": {"type": "string"}}}},
        **documented(),
    },
)
def metrics(request: Request, here: Here) -> Response:
    """Everything that is counted, for whoever sends the key of `APEXPROOF_METRICS_KEY` as a bearer token.

    Where no such key is set, they are shown while the API listens on loopback, and not through a proxy.
    """
    if not _may(request, here.settings):
        raise NotAuthenticated(
            "Send the key of APEXPROOF_METRICS_KEY in the header 'Authorization: Bearer ...'; "
            "without such a key metrics are shown on loopback alone."
        )
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(request.app.state.registry), media_type=content_type)


def new_registry(database: Database, admission: Admission) -> CollectorRegistry:
    """The registry of an app."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the lines, and nobody asks when a counter began
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(Stored(database, admission))
    return registry


def where_requests_count(registry: CollectorRegistry) -> CollectorRegistry:
    """Where this process counts requests: where they are shown, unless it shares the port and they are shown summed."""
    if COUNTED_TOGETHER not in os.environ:
        return registry
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it registers itself
    return CollectorRegistry()


class Stored(Collector):
    """What the database knows, asked for at most every few seconds."""

    def __init__(self, database: Database, admission: Admission) -> None:
        self._database = database
        self._admission = admission
        self._asking = threading.Lock()
        self._known: list[Metric] = []
        self._until = 0.0

    def describe(self) -> list[Metric]:
        """Nothing beforehand: whoever registers this must not need a database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        with self._asking:
            if time.monotonic() >= self._until:
                self._known = list(self._ask())
                self._until = time.monotonic() + _ASKED_AGAIN_AFTER
            yield from self._known

    def _ask(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("apexproof_build_info", "The versions that run.", labels=("version", "reader"))
        build.add_metric((__version__, READER_VERSION), 1)
        yield build
        try:
            with self._database.looking() as session:
                jobs, counts = waiting(session), all_counts(session)
            load = self._admission.load()
        except (DBAPIError, OSError):
            yield GaugeMetricFamily("apexproof_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("apexproof_database_up", "Whether the database answers.", value=1)
        yield from _of_jobs(jobs, datetime.now(UTC))
        yield from _of_load(load)
        yield from _of_counts(counts)


def _of_jobs(jobs: Sequence[Waiting], now: datetime) -> Iterator[Metric]:
    labels = ("work", "state")
    number = GaugeMetricFamily("apexproof_jobs", "Jobs that are not done.", labels=labels)
    age = GaugeMetricFamily("apexproof_oldest_job_seconds", "Age of the oldest job that is not done.", labels=labels)
    for one in jobs:
        number.add_metric((one.work, one.state), one.number)
        age.add_metric((one.work, one.state), max(0.0, (now - one.oldest).total_seconds()))
    yield number
    yield age


def _of_load(load: Load) -> Iterator[Metric]:
    yield GaugeMetricFamily("apexproof_overloaded", "Whether uploads are refused: too much waits.", load.is_overloaded)
    yield GaugeMetricFamily("apexproof_full", "Whether uploads are refused: there is hardly any room.", load.is_full)
    yield GaugeMetricFamily("apexproof_free_bytes", "Free bytes on the disk of data_dir, here.", load.free)


def _of_counts(counts: Sequence[Count]) -> Iterator[Metric]:
    by_name = {name: [count for count in counts if count.name == name] for name in Tally}
    verdicts = HistogramMetricFamily(
        "apexproof_verdict_seconds",
        "Seconds from the last upload of a claim to the verdict on it.",
        labels=("outcome",),
    )
    for outcome in sorted({count.label for count in by_name[Tally.VERDICT]}):
        of_outcome = [count for count in by_name[Tally.VERDICT] if count.label == outcome]
        verdicts.add_metric((outcome,), _buckets(of_outcome), sum(count.seconds for count in of_outcome))
    yield verdicts
    yield _counter("outcome_changes", "Outcomes that changed.", ("before", "after"), by_name[Tally.OUTCOME_CHANGE])
    yield _counter("job_failures", "Tries of jobs that failed.", ("work", "error"), by_name[Tally.JOB_FAILURE])
    yield _counter("jobs_set_aside", "Jobs that were given up.", ("work",), by_name[Tally.JOB_SET_ASIDE])
    faults = by_name[Tally.READING_FAULT]
    yield _counter("reading_faults", "Files of which something could not be read.", ("fault",), faults)
    lost = [count for count in faults if count.label in _READER_LOST]
    yield _counter("reader_breakdowns", "Files over which a reader's process was lost.", ("fault",), lost)


def _counter(name: str, documentation: str, labels: tuple[str, ...], counts: Sequence[Count]) -> Metric:
    counter = CounterMetricFamily(f"apexproof_{name}", documentation, labels=labels)
    for count in counts:
        counter.add_metric(count.label.split(">"), count.number)
    return counter


def _buckets(counts: Sequence[Count]) -> list[tuple[str, float]]:
    """Prometheus counts everything up to a bound, a tally what lies between two."""
    so_far, buckets = 0, []
    for bound in (*map(str, BOUNDS), NO_END):
        so_far += sum(count.number for count in counts if count.bound == bound)
        buckets.append((bound, float(so_far)))
    return buckets


def _may(request: Request, settings: Settings) -> bool:
    if settings.metrics_key is None:
        return _is_loopback(settings.host) and not any(name in request.headers for name in _PROXIED)
    scheme, sent = get_authorization_scheme_param(request.headers.get("Authorization"))
    known = settings.metrics_key.get_secret_value()
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.encode(), known.encode())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
