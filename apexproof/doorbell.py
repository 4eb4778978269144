"""Doorbell: the message that there is a job, and the one place with all that is set about the queue.

The job's row is the truth; a message carries its number and nothing else, so losing one costs time and nothing more.
Every setting here was measured under kill -9 of workers and broker. What they do together: a message is given back when
its worker dies, and publishing fails within a fraction of a second when the broker is away.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from queue import SimpleQueue

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from apexproof.logs import Event, tell
from apexproof.store.jobs import Ring, Work

SWEEP = "apexproof.sweep"
SWEEP_QUEUE = "sweep"
_QUEUES = {
    Work.VERIFY: "check",
    Work.READ: "check",
    Work.WORDS: "check",
    Work.DELIVER: "deliver",
    Work.REPROCESS: "reprocess",
    Work.READ_AGAIN: "reprocess",
    Work.WORDS_AGAIN: "reprocess",
    Work.REPORT: "report",
}
QUEUES = (SWEEP_QUEUE, "check", "deliver", "reprocess", "report")
"""In the order in which they are emptied."""
HARD_SECONDS, SOFT_SECONDS = 420, 390
"""What a task may take: a file read twice, its headers first, each for 180 seconds of the clock (`reading.part`)."""
_GIVEN_BACK_SECONDS = 900  # more than twice HARD_SECONDS: a message that waits behind a long one is not lost
_QUIET_SECONDS = 2.0  # after a ring that failed nobody else waits for the same: the sweep rings for all of them


def task_name(work: Work) -> str:
    """The name of the task that does a kind of work."""
    return f"apexproof.{work}"


def celery_app(broker_url: str) -> Celery:
    """Celery with everything set, and no task."""
    app = Celery("apexproof", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,  # the job's row says how it went
        task_store_errors_even_if_ignored=False,
        task_time_limit=HARD_SECONDS,
        task_soft_time_limit=SOFT_SECONDS,
        task_publish_retry=False,
        task_default_queue="check",
        task_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_proc_alive_timeout=60,
        broker_transport_options={
            "visibility_timeout": _GIVEN_BACK_SECONDS,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 10,
            "queue_order_strategy": "priority",
            "socket_connect_timeout": 5,
            "socket_timeout": 5,  # a broker that hangs is away; who waits for a message asks anew each second
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
    )
    return app


class Doorbell:
    """Rings for jobs after the transaction that promised them; it never raises, the sweep makes good what it misses."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._quiet_until = 0.0
        self._aside: SimpleQueue[tuple[Ring, ...]] = SimpleQueue()
        self._ringer: threading.Thread | None = None

    def ring(self, rings: Iterable[Ring]) -> None:
        """Send one message for each job; give up at the first that cannot be sent, for the broker is away."""
        for ring in rings:
            if time.monotonic() < self._quiet_until:
                return
            try:
                self._app.send_task(task_name(ring.work), args=(ring.job,), queue=_QUEUES[ring.work], retry=False)
            except (KombuError, RedisError, OSError) as error:
                self._quiet_until = time.monotonic() + _QUIET_SECONDS
                tell(Event.BROKER_AWAY, error=type(error).__name__, job=ring.job)  # the sweep will ring for it
                return

    def ring_aside(self, rings: Iterable[Ring]) -> None:
        """Ring, and let nobody wait for it, whatever the broker does."""
        self._aside.put(tuple(rings))
        if self._ringer is None:
            self._ringer = threading.Thread(target=self._ring_on, name="doorbell", daemon=True)
            self._ringer.start()

    def _ring_on(self) -> None:
        while True:
            self.ring(self._aside.get())

    def ring_for_sweep(self, *, within: float) -> None:
        """Let a worker sweep, unless none comes to it within so many seconds; then the next ring is enough."""
        try:
            self._app.send_task(SWEEP, queue=SWEEP_QUEUE, expires=within, retry=False)
        except (KombuError, RedisError, OSError) as error:
            tell(Event.BROKER_AWAY, error=type(error).__name__)

    def broker_answers(self) -> bool:
        """Whether the broker can be reached now."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
        except (KombuError, RedisError, OSError):
            return False
        return True
