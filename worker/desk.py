"""Desk: what one worker process works with, and how it takes a job, does it and gives it back."""

from __future__ import annotations

import os
import secrets
import socket
import ssl
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from apexproof import webhooks
from apexproof.checks.table import demand_all_known
from apexproof.courier import Courier, DeliveryFailed
from apexproof.doorbell import Doorbell
from apexproof.logs import Event, about, current_request, tell
from apexproof.policy import Policy, load_policy
from apexproof.provisional import keep_headers, read_headers, takes_long
from apexproof.reading.sandbox import Sandbox
from apexproof.reports import done, give_up, make, promise_due
from apexproof.reprocessing import judge_batch, keep_batch, next_batch
from apexproof.retention import Retention, remove, to_remove
from apexproof.review import give_up_reading, judge_now, keep_reading, read_blob, to_read, verify_claim
from apexproof.settings import Settings
from apexproof.store import jobs, tallies
from apexproof.store.attachments import attachment_by_identity
from apexproof.store.audit import Entry, note, seal
from apexproof.store.blobs import BlobsAway
from apexproof.store.bucket import open_blobs
from apexproof.store.database import Database
from apexproof.store.jobs import Clock, Ring, Work
from apexproof.store.kept_reports import forget_reports
from apexproof.store.reprocessing import stop_run
from apexproof.store.tables import AttachmentRow, JobRow
from apexproof.store.tallies import Tally
from apexproof.store.webhooks import forget_deliveries
from worker import trouble
from worker.lease import kept

_SWEPT_AT_ONCE = 1000
_SEALED_AT_ONCE = 1000
_DELETED_AT_ONCE = 100
_ACTOR = "worker"
_DONE_KEPT = timedelta(days=7)
_SANDBOXES_MOST = 4  # each for an organisation; starting one takes ten times as long as reading a file
_DELIVERIES_KEPT = timedelta(days=30)
_AWAY = timedelta(seconds=10)  # between two looks whether it can be done again


class Desk:
    """Everything is opened when it is first needed, which is after the fork: each process has its own."""

    def __init__(self, settings: Settings, doorbell: Doorbell) -> None:
        self._settings = settings
        self._doorbell = doorbell
        self._blobs = open_blobs(settings)
        self._sandboxes: OrderedDict[str, Sandbox] = OrderedDict()

    @cached_property
    def _database(self) -> Database:
        return Database(self._settings.database)

    @cached_property
    def _policy(self) -> Policy:
        policy = load_policy(self._settings.policy)
        demand_all_known(policy)
        return policy

    @cached_property
    def _courier(self) -> Courier:
        return Courier(reachable=self._settings.reachable_networks, tls=ssl.create_default_context())

    @cached_property
    def _name(self) -> str:
        return f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(3)}"

    def close(self) -> None:
        """Close what is open."""
        if "_database" in self.__dict__:
            self._database.close()
        for sandbox in self._sandboxes.values():
            sandbox.close()

    def work(self, job: int) -> None:
        """Do a job, unless it is done, set aside or in other hands."""
        lease = timedelta(seconds=self._settings.lease_seconds)
        with self._database.writing(durable=False) as session:
            row = jobs.take(session, job, owner=self._name, now=_now(), lease=lease)
        if row is None:
            return
        with about(request=row.request) if row.request else nullcontext():
            self._try(row, lease)

    def _try(self, row: JobRow, lease: timedelta) -> None:
        tries, began = trouble.tries(row.work, self._settings.attempts), time.monotonic()
        if row.attempts > tries:
            self._set_aside(row, f"whoever tried it {tries} times never came back")
            return
        try:
            with kept(self._database, row.id, owner=self._name, lease=lease):
                rings = self._do(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be left behind
            if trouble.is_nobodys(error):
                self._postpone(row, error)
            else:
                trouble.tell_failure(row, error)
                self._failed(row, error)
        else:
            trouble.tell_done(row, seconds=time.monotonic() - began)
            self._doorbell.ring(rings)

    def sweep(self) -> None:
        """Ring again for jobs that nobody heard of, and clear away what is long done."""
        with self._database.writing() as session:
            if jobs.clock_was_set_back(session, now=_now()):
                jobs.wake_all(session, now=_now())
            rings = jobs.overdue(session, clock=self._clock(), most=_SWEPT_AT_ONCE)
            rings += promise_due(session, self._clock())
            jobs.forget_done(session, before=_now() - _DONE_KEPT)
            forget_reports(session, before=_now() - timedelta(days=self._settings.report_days), most=_SWEPT_AT_ONCE)
            forget_deliveries(session, before=_now() - _DELIVERIES_KEPT)
        self._blobs.remove_abandoned()
        if rings:
            tell(Event.RUNG_AGAIN, jobs=len(rings))
        self._doorbell.ring(rings)
        self._seal()
        self._retain()

    def _seal(self) -> None:
        """Give the entries of the audit trail their places in its chains."""
        sealed = _SEALED_AT_ONCE
        while sealed == _SEALED_AT_ONCE:
            with self._database.writing() as session:
                sealed = seal(session, most=_SEALED_AT_ONCE)

    def _retain(self) -> None:
        """Delete the files whose time is over: some with each sweep."""
        if self._settings.retention_days is None:
            return
        retention = Retention(days=self._settings.retention_days, actor=_ACTOR, address=socket.gethostname())
        with self._database.writing() as session:
            retention.bury(session, now=_now(), most=_DELETED_AT_ONCE)
        with self._database.looking() as session:
            hashes = to_remove(session, most=_DELETED_AT_ONCE)
        try:
            for sha256 in hashes:
                with self._database.writing() as session:
                    remove(session, self._blobs, sha256, now=_now())
        except BlobsAway:
            tell(Event.FILES_AWAY)  # what is to be deleted is deleted later

    def _do(self, row: JobRow) -> list[Ring]:
        if row.work == Work.VERIFY and row.claim_id is not None:
            with self._finishing(row) as session:
                return verify_claim(session, row.claim_id, self._policy, self._clock())
        if row.delivery_id is not None:
            self._deliver(row, row.delivery_id)
            return []
        if row.reprocessing_id is not None:
            return self._reprocess(row, row.reprocessing_id)
        if row.report_id is not None:
            return self._report(row, row.report_id)
        if row.attachment_id is None:
            raise LookupError("a job without anything to do it on")
        return self._read(row, row.attachment_id, Work(row.work))

    def _reprocess(self, row: JobRow, run: int) -> list[Ring]:
        with self._database.looking() as session:
            batch = next_batch(session, run)
        judged = judge_batch(batch) if batch else ()
        with self._finishing(row) as session:
            return keep_batch(session, batch, judged, self._clock()) if batch else []

    def _report(self, row: JobRow, report: int) -> list[Ring]:
        size = make(self._database.looking, self._database.writing, report)
        with self._finishing(row) as session:
            done(session, report, size, self._clock())
        return []

    def _read(self, row: JobRow, attachment_id: int, work: Work) -> list[Ring]:
        with self._database.looking() as session:
            wanted = to_read(session, attachment_id, work)
        if wanted is None:
            with self._finishing(row) as session:
                return judge_now(session, attachment_id, work, self._policy, self._clock())
        sandbox = self._sandbox_of(row.organisation)
        if work == Work.READ and takes_long(wanted):
            headers = read_headers(wanted, self._blobs, sandbox.read)
            with self._database.writing() as session:
                keep_headers(session, wanted, headers, self._clock())
        reading = read_blob(wanted, self._blobs, sandbox.read)
        with self._finishing(row) as session:
            keep_reading(session, attachment_id, reading, work, self._clock())
            return judge_now(session, attachment_id, work, self._policy, self._clock())

    def _sandbox_of(self, organisation: str) -> Sandbox:
        """The organisation's own: a child that a file took over could lie about the files of another sender."""
        if organisation not in self._sandboxes:
            while len(self._sandboxes) >= _SANDBOXES_MOST:
                self._sandboxes.popitem(last=False)[1].close()
            self._sandboxes[organisation] = Sandbox()
        self._sandboxes.move_to_end(organisation)
        return self._sandboxes[organisation]

    def _deliver(self, row: JobRow, delivery: int) -> None:
        with self._database.looking() as session:
            parcel = webhooks.to_deliver(session, delivery, now=_now())
        if parcel is None:
            with self._finishing(row):
                return
        try:
            webhooks.deliver(parcel, self._courier, now=_now())
        except DeliveryFailed as failed:
            with self._database.writing() as session:
                webhooks.not_taken(session, parcel, failed, tries=row.attempts, now=_now())
                if failed.gone:
                    jobs.finish(session, row.id, now=_now())
            if not failed.gone:
                raise
        else:
            with self._finishing(row) as session:
                webhooks.taken(session, parcel, now=_now())

    @contextmanager
    def _finishing(self, row: JobRow) -> Iterator[Session]:
        """A transaction with which the job ends."""
        with self._database.writing() as session:
            # It is asked for again and again meanwhile: held here, it is fetched once.
            file = None if row.attachment_id is None else attachment_by_identity(session, row.attachment_id)
            yield session
            self._note(session, row, file)
            jobs.finish(session, row.id, now=_now())

    def _note(self, session: Session, row: JobRow, file: AttachmentRow | None) -> None:
        """Leave an entry in the audit trail: a file was read, or a claim judged."""
        entry = Entry(
            organisation=row.organisation,
            actor=_ACTOR,
            action=f"work {row.work}",
            claim_id=row.claim_id if file is None else file.claim_id,
            thing=file.sha256 if file else _thing(row),
            address=socket.gethostname(),
        )
        note(session, entry, now=_now())

    def _postpone(self, row: JobRow, error: Exception) -> None:
        """Try it for as long as that takes."""
        tell(Event.JOB_POSTPONED, job=row.id, work=row.work, error=type(error).__name__)
        again_at = error.until if isinstance(error, webhooks.DeliveryPostponed) else _now() + _AWAY
        reason = trouble.reason(error)
        with self._database.writing() as session:
            jobs.give_back(session, row.id, owner=self._name, reason=reason, again_at=again_at, counted=False)

    def _failed(self, row: JobRow, error: Exception) -> None:
        reason = trouble.reason(error)
        last = trouble.is_last(row, error, self._settings.attempts)
        again_at = _now() + trouble.pause(row, error)
        with self._database.writing() as session:
            tallies.add(session, Tally.JOB_FAILURE, row.work, type(error).__name__)
            if not last:
                jobs.give_back(session, row.id, owner=self._name, reason=reason, again_at=again_at)
        if last:
            self._set_aside(row, reason)

    def _set_aside(self, row: JobRow, reason: str) -> None:
        """Give a job up, visibly; a claim does not wait for a file that cannot be read."""
        rings: list[Ring] = []
        with self._database.writing() as session:
            if not jobs.extend(session, row.id, owner=self._name, until=_now()):
                return  # whoever was thought to be gone has done it after all, or somebody else is at it
            if row.attachment_id is not None:
                rings = give_up_reading(session, row.attachment_id, Work(row.work), self._clock())
            if row.reprocessing_id is not None:
                stop_run(session, row.reprocessing_id, reason=reason)
            if row.report_id is not None:
                give_up(session, row.report_id, self._clock())
            jobs.set_aside(session, row.id, reason=reason, now=_now())
            tallies.add(session, Tally.JOB_SET_ASIDE, row.work)
        tell(Event.JOB_SET_ASIDE, job=row.id, work=row.work, attempt=row.attempts)
        self._doorbell.ring(rings)

    def _clock(self) -> Clock:
        resend = timedelta(seconds=self._settings.resend_seconds)
        return Clock(now=_now(), resend=resend, request=current_request())


def _thing(row: JobRow) -> str | None:
    """The run or the report that a job is of."""
    of = row.reprocessing_id or row.report_id
    return None if of is None else str(of)


def _now() -> datetime:
    return datetime.now(UTC)
