"""What makes work is taken in until too much waits, for too long, or there is hardly any room."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apexproof.admission import Admission, Overloaded
from apexproof.settings import Settings
from apexproof.store.blobs import StorageFull
from apexproof.store.database import Database
from apexproof.store.jobs import Clock, Work, give_back, promise, queue_again, set_aside, take
from tests.store.rows import LEASE, new_claim

SOME = 3
NOW = datetime.now(UTC)


def admission(database: Database, folder: Path, **stated: Any) -> Admission:  # noqa: ANN401 - any setting
    return Admission(Settings(data_dir=folder, queue_most=SOME, **stated), database)


def promised(database: Database, work: Work = Work.VERIFY, *, ago: timedelta = timedelta()) -> int:
    clock = Clock(now=datetime.now(UTC) - ago, resend=timedelta(seconds=1))
    with database.writing() as session:
        return promise(session, work, of=new_claim(session, f"C-{work}"), clock=clock).job


def test_so_many_jobs_may_wait_and_no_more(database: Database, tmp_path: Path) -> None:
    jobs = [promised(database) for _ in range(SOME)]
    with pytest.raises(Overloaded):
        admission(database, tmp_path).demand()
    with database.writing() as session:
        take(session, jobs[0], owner="a worker", now=NOW, lease=LEASE)
    admission(database, tmp_path).demand()


def test_a_backlog_is_counted_no_further_than_the_limit(database: Database, tmp_path: Path) -> None:
    for _ in range(SOME + 2):
        promised(database)
    assert admission(database, tmp_path).load().waiting == SOME


def test_what_nobody_sent_does_not_count(database: Database, tmp_path: Path) -> None:
    for work in (Work.DELIVER, Work.REPROCESS, Work.READ_AGAIN, Work.REPORT):
        promised(database, work)
    assert admission(database, tmp_path).load().waiting == 0


def test_a_job_that_waits_too_long_stops_what_comes_where_a_limit_is_set(database: Database, tmp_path: Path) -> None:
    promised(database, ago=timedelta(minutes=11))
    admission(database, tmp_path).demand()
    admission(database, tmp_path, queue_minutes=12).demand()
    with pytest.raises(Overloaded):
        admission(database, tmp_path, queue_minutes=10).demand()


def test_a_job_that_was_tried_or_is_replayed_makes_nobody_late(database: Database, tmp_path: Path) -> None:
    tried, replayed = (promised(database, ago=timedelta(days=2)) for _ in range(2))
    with database.writing() as session:
        take(session, tried, owner="a worker", now=NOW, lease=LEASE)
        give_back(session, tried, owner="a worker", reason="BlobDamaged", again_at=NOW)
        set_aside(session, replayed, reason="BlobDamaged", now=NOW)
        queue_again(session, replayed, clock=Clock(now=NOW, resend=LEASE))
    admission(database, tmp_path, queue_minutes=10).demand()


def test_with_less_room_than_is_to_stay_free_nothing_is_taken_in(database: Database, tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    admission(database, tmp_path / "not" / "there" / "yet", room_least=free // 2).demand()
    with pytest.raises(StorageFull):
        admission(database, tmp_path, room_least=free * 2).demand()


def test_what_is_known_is_asked_for_once_a_second(database: Database, tmp_path: Path) -> None:
    door = admission(database, tmp_path)
    door.demand()
    for _ in range(SOME):
        promised(database)
    assert door.load().waiting == 0
