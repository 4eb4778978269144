"""Doorbell: the message that there is a job, and the one place with all that is set about the queue.

The job's row is the truth; a message carries its number and nothing else, so losing one costs time and nothing more.
Every setting here was measured under kill -9 of workers and broker. What they do together: a message is given back when
its worker dies, and publishing fails within a fraction of a second when the broker is away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from apexproof.settings import Settings
from apexproof.store.jobs import Ring, Work

SWEEP = "apexproof.sweep"
SWEEP_QUEUE = "sweep"
_QUEUES = {
    Work.VERIFY: "check",
    Work.READ: "check",
    Work.WORDS: "check",
    Work.REPROCESS: "reprocess",
    Work.READ_AGAIN: "reprocess",
    Work.WORDS_AGAIN: "reprocess",
}
QUEUES = (SWEEP_QUEUE, "check", "reprocess")
"""In the order in which they are emptied."""
HARD_SECONDS, SOFT_SECONDS = 240, 210
"""What a task may take: a file of 120 seconds (`reading.part.Limits`), twice when its reader is lost."""
_GIVEN_BACK_SECONDS = 600  # more than twice HARD_SECONDS: a message that waits behind a long one is not lost
_log = logging.getLogger(__name__)


def task_name(work: Work) -> str:
    """The name of the task that does a kind of work."""
    return f"apexproof.{work}"


def celery_app(settings: Settings, broker_url: str) -> Celery:
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
        worker_proc_alive_timeout=60,
        broker_transport_options={
            "visibility_timeout": _GIVEN_BACK_SECONDS,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 10,
            "queue_order_strategy": "priority",
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
        beat_schedule={
            "sweep": {
                "task": SWEEP,
                "schedule": settings.sweep_seconds,
                "options": {"queue": SWEEP_QUEUE, "expires": settings.sweep_seconds},
            }
        },
    )
    return app


class Doorbell:
    """Rings for jobs after the transaction that promised them; it never raises, the sweep makes good what it misses."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, rings: Iterable[Ring]) -> None:
        """Send one message for each job; give up at the first that cannot be sent, for the broker is away."""
        for ring in rings:
            try:
                self._app.send_task(task_name(ring.work), args=(ring.job,), queue=_QUEUES[ring.work], retry=False)
            except (KombuError, RedisError, OSError) as error:
                _log.warning("The broker is away (%s): the sweep will ring for job %d.", type(error).__name__, ring.job)
                return

    def broker_answers(self) -> bool:
        """Whether the broker can be reached now."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
        except (KombuError, RedisError, OSError):
            return False
        return True
