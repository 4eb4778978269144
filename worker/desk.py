"""Desk: what one worker process works with, and how it takes a job, does it and gives it back."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from apexproof.checks.table import demand_all_known
from apexproof.doorbell import Doorbell
from apexproof.errors import ApexproofError
from apexproof.policy import Policy, load_policy
from apexproof.reading.sandbox import Sandbox
from apexproof.reprocessing import judge_batch, keep_batch, next_batch
from apexproof.review import give_up_reading, judge_waiting, keep_reading, read_blob, to_read, verify_claim
from apexproof.settings import Settings
from apexproof.store import jobs
from apexproof.store.blobs import BlobsAway
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from apexproof.store.jobs import Clock, Ring, Work
from apexproof.store.reprocessing import stop_run
from apexproof.store.tables import JobRow

_SWEPT_AT_ONCE = 1000
_DONE_KEPT = timedelta(days=7)
_AGAIN_MOST = 60.0  # seconds between two tries
_AWAY = timedelta(seconds=10)  # between two looks whether the files can be had again
_log = logging.getLogger(__name__)


class Desk:
    """Everything is opened when it is first needed, which is after the fork: each process has its own."""

    def __init__(self, settings: Settings, doorbell: Doorbell) -> None:
        self._settings = settings
        self._doorbell = doorbell
        self._blobs = open_blobs(settings)
        self._reads_for = ""

    @cached_property
    def _database(self) -> Database:
        return Database(self._settings.database)

    @cached_property
    def _sandbox(self) -> Sandbox:
        return Sandbox()

    @cached_property
    def _policy(self) -> Policy:
        policy = load_policy(self._settings.policy)
        demand_all_known(policy)
        return policy

    @cached_property
    def _name(self) -> str:
        return f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(3)}"

    def work(self, job: int) -> None:
        """Do a job, unless it is done, set aside or in other hands."""
        lease = timedelta(seconds=self._settings.lease_seconds)
        with self._database.writing() as session:
            row = jobs.take(session, job, owner=self._name, now=_now(), lease=lease)
        if row is None:
            return
        if row.attempts > self._settings.attempts:
            self._set_aside(row, f"whoever tried it {self._settings.attempts} times never came back")
            return
        try:
            with self._alive(job, lease):
                rings = self._do(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be left behind
            # Where it happened, and not what it says: that may quote a file or a claim.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("Job %d failed, attempt %d (%s):\n%s", job, row.attempts, type(error).__name__, where)
            self._failed(row, error)
        else:
            self._doorbell.ring(rings)

    def sweep(self) -> None:
        """Ring again for jobs that nobody heard of, and clear away what is long done."""
        with self._database.writing() as session:
            rings = jobs.overdue(session, clock=self._clock(), most=_SWEPT_AT_ONCE)
            jobs.forget_done(session, before=_now() - _DONE_KEPT)
        self._blobs.remove_abandoned()
        self._doorbell.ring(rings)

    def _do(self, row: JobRow) -> list[Ring]:
        if row.work == Work.VERIFY and row.claim_id is not None:
            with self._finishing(row) as session:
                return verify_claim(session, row.claim_id, self._policy, self._clock())
        if row.reprocessing_id is not None:
            return self._reprocess(row, row.reprocessing_id)
        if row.attachment_id is None:
            raise LookupError("a job without anything to do it on")
        return self._read(row, row.attachment_id, Work(row.work))

    def _reprocess(self, row: JobRow, run: int) -> list[Ring]:
        with self._database.looking() as session:
            batch = next_batch(session, run)
        judged = judge_batch(batch) if batch else ()
        with self._finishing(row) as session:
            return keep_batch(session, batch, judged, self._clock()) if batch else []

    def _read(self, row: JobRow, attachment_id: int, work: Work) -> list[Ring]:
        with self._database.looking() as session:
            wanted = to_read(session, attachment_id, work)
        if wanted is None:
            with self._finishing(row) as session:
                return judge_waiting(session, attachment_id, work, self._clock())
        if self._reads_for != row.organisation:  # a child that a file took over could lie about the next sender's
            self._sandbox.renew()
            self._reads_for = row.organisation
        reading = read_blob(wanted, self._blobs, self._sandbox.read)
        with self._finishing(row) as session:
            return keep_reading(session, attachment_id, reading, work, self._clock())

    @contextmanager
    def _finishing(self, row: JobRow) -> Iterator[Session]:
        """A transaction with which the job ends."""
        with self._database.writing() as session:
            yield session
            jobs.finish(session, row.id, now=_now())

    def _failed(self, row: JobRow, error: Exception) -> None:
        # The message of a stranger's exception may quote a file or a claim; its name does not.
        reason = str(error) if isinstance(error, ApexproofError) else type(error).__name__
        if isinstance(error, BlobsAway):  # for as long as that takes: no file is to blame
            with self._database.writing() as session:
                jobs.give_back(session, row.id, owner=self._name, reason=reason, again_at=_now() + _AWAY, counted=False)
            return
        if row.attempts >= self._settings.attempts:
            self._set_aside(row, reason)
            return
        again_at = _now() + timedelta(seconds=min(2.0**row.attempts, _AGAIN_MOST))
        with self._database.writing() as session:
            jobs.give_back(session, row.id, owner=self._name, reason=reason, again_at=again_at)

    def _set_aside(self, row: JobRow, reason: str) -> None:
        """Give a job up, visibly; a claim does not wait for a file that cannot be read."""
        _log.error("Job %d was set aside: %s.", row.id, reason)
        rings: list[Ring] = []
        with self._database.writing() as session:
            if row.attachment_id is not None:
                rings = give_up_reading(session, row.attachment_id, Work(row.work), self._clock())
            if row.reprocessing_id is not None:
                stop_run(session, row.reprocessing_id, reason=reason)
            jobs.set_aside(session, row.id, reason=reason, now=_now())
        self._doorbell.ring(rings)

    @contextmanager
    def _alive(self, job: int, lease: timedelta) -> Iterator[None]:
        """Extend the lease while the work lasts."""
        ended = threading.Event()

        def extend() -> None:
            while not ended.wait(lease.total_seconds() / 3):
                try:
                    with self._database.writing() as session:
                        jobs.extend(session, job, owner=self._name, until=_now() + lease)
                except DBAPIError as error:
                    _log.warning("The lease of job %d was not extended: %s.", job, type(error).__name__)

        heart = threading.Thread(target=extend, name=f"lease of job {job}", daemon=True)
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()

    def _clock(self) -> Clock:
        return Clock(now=_now(), resend=timedelta(seconds=self._settings.resend_seconds))


def _now() -> datetime:
    return datetime.now(UTC)
