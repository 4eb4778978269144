"""Whatever is killed, hangs or is full: nothing that was accepted is lost, and each claim gets the answer it should."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from apexproof.doorbell import Doorbell, celery_app
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.jobs import JobState, Ring, Work
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow
from fixtures.case import CASES
from tests.postgres import Postgres
from tests.service.accepted import Accepted
from tests.service.caller import Caller
from tests.service.clock import Clock
from tests.service.processes import BROKER, alive, kill, no_room_for, part_of, stopped, tree_of
from tests.service.sent import claim
from tests.service.served import Served, served, served_in, until

APEXPROOF = str(Path(sys.executable).with_name("apexproof"))
FILM = next((CASES / "verified-coded-dicom" / "files").iterdir())
IMPATIENT = {"lease_seconds": "1", "resend_seconds": "1", "sweep_seconds": "0.5", "attempts": "9"}
POISONED = {**IMPATIENT, "lease_seconds": "3", "attempts": "2"}
"""A slow machine does not try the same job twice because its heart once beat late."""
HANGS_SECONDS = 4.0
"""An upload that waited for a broker that hangs would take longer than this (`doorbell`: 5 seconds)."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service that is hurt again and again."""
    with served(tmp_path_factory.mktemp("d"), **IMPATIENT) as running:
        yield running


@pytest.fixture
def database(service: Served) -> Iterator[Database]:
    """Its database, as its workers see it."""
    database = Database(_settings(service).database)
    yield database
    database.close()


@pytest.fixture
def accepted(request: pytest.FixtureRequest, tmp_path: Path) -> Accepted:
    """What it accepts in one test."""
    return Accepted(prefix=request.node.name, folder=tmp_path)


def test_a_worker_killed_in_the_middle_of_a_file(service: Served, database: Database, accepted: Accepted) -> None:
    accepted.send(service.caller(), files=3)
    _until_running(database)
    kill(*tree_of(part_of(service, "worker")))
    _must_be_whole(service, accepted)


def test_pool_processes_and_their_readers_killed_again_and_again(
    service: Served, database: Database, accepted: Accepted
) -> None:
    for _ in range(3):
        for _ in range(3):
            accepted.send(service.caller())
        _until_running(database)
        kill(*tree_of(part_of(service, "worker"))[1:])
    _must_be_whole(service, accepted)


def test_a_broker_killed_while_files_come(service: Served, accepted: Accepted) -> None:
    caller = service.caller()
    for index in range(9):
        if index % 3 == 1:
            kill(part_of(service, BROKER))
        accepted.send(caller)
    _must_be_whole(service, accepted)


def test_an_api_killed_between_commit_and_send(service: Served, database: Database, accepted: Accepted) -> None:
    broker = part_of(service, BROKER)
    with stopped(broker):
        accepted.send(service.caller())
        kill(part_of(service, "api"))
        kill(broker)  # with what it had not yet taken from the API's socket
    with database.looking() as session:
        assert session.scalar(select(JobRow.id).where(JobRow.state == JobState.QUEUED)) is not None
    _must_be_whole(service, accepted)


def test_nobody_waits_for_a_broker_that_hangs(service: Served, accepted: Accepted) -> None:
    caller = service.caller()
    with stopped(part_of(service, BROKER)):
        began = time.monotonic()
        for _ in range(5):
            accepted.send(caller)
        assert time.monotonic() - began < HANGS_SECONDS
    _must_be_whole(service, accepted)


def test_the_schedule_killed(service: Served, accepted: Accepted) -> None:
    broker = part_of(service, BROKER)
    kill(part_of(service, "schedule"))
    with stopped(broker):
        accepted.send(service.caller())
        kill(broker)  # only the sweep can know of it now, and only the schedule rings for the sweep
    _must_be_whole(service, accepted)


def test_the_same_task_delivered_three_times_at_once(service: Served, database: Database, accepted: Accepted) -> None:
    settings = _settings(service)
    doorbell = Doorbell(celery_app(f"redis+socket://{settings.data_dir / 'broker' / 'broker.sock'}"))
    for _ in range(4):
        accepted.send(service.caller())
        with database.looking() as session:
            rows = session.scalars(select(JobRow).order_by(JobRow.id.desc()).limit(3)).all()
        doorbell.ring([Ring(job=row.id, work=Work(row.work)) for row in rows] * 3)
    _must_be_whole(service, accepted)


def test_a_full_disk_is_said_and_nothing_half_is_kept(service: Served, database: Database, accepted: Accepted) -> None:
    caller = service.caller()
    number = accepted.send(caller)
    with no_room_for(tree_of(part_of(service, "api")), octets=FILM.stat().st_size // 2):
        refused = caller.send_file(number, FILM)
    assert (refused.status, refused.json["type"]) == (507, "urn:apexproof:problem:storage-full")
    assert list((_settings(service).blobs / "incoming").iterdir()) == []
    with database.looking() as session:
        row = session.scalars(select(ClaimRow).where(ClaimRow.number == number)).one()
        files = session.scalars(select(AttachmentRow.file_name).where(AttachmentRow.claim_id == row.id)).all()
    assert files == [path.name for path in accepted.claims[number]]
    assert accepted.send_file(caller, number) == 202
    _must_be_whole(service, accepted)


def test_a_worker_without_room_goes_on_when_there_is_some(service: Served, accepted: Accepted) -> None:
    told = len(service.logs)
    with no_room_for(tree_of(part_of(service, "worker")), octets=0):
        accepted.send(service.caller())
        until(lambda: "OperationalError" in "".join(service.logs[told:]), "the worker does not miss its room")
    _must_be_whole(service, accepted)


def test_a_file_that_always_kills_its_worker_is_set_aside_and_read_when_it_is_replayed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with served(tmp_path_factory.mktemp("d"), **POISONED) as running:
        caller, database = running.caller(), Database(_settings(running).database)
        assert caller.send_claim(claim("poisoned")).status == 201
        caller.checked("poisoned")
        caller.send_file("poisoned", FILM)
        job = until(lambda: _killed_at_it(database), "the job is not set aside")
        database.close()
        stands = caller.checked("poisoned")
        assert _outcomes(caller, "poisoned") == ["missing_evidence", "missing_evidence"]
        assert stands["outcome"] == "missing_evidence"
        assert "so it was set aside; export it again." in json.dumps(caller.latest("poisoned"))
        listed = _command(running, "jobs", "list")
        assert listed.startswith(f"{job}  read  ")
        assert listed.strip().endswith("whoever tried it 2 times never came back")
        _command(running, "jobs", "replay", str(job))
        until(lambda: caller.claim("poisoned").json["outcome"] == "verified", "the replayed file is not read")
        assert _outcomes(caller, "poisoned")[-1] == "verified"


def test_the_command_itself_killed_and_started_again(
    tmp_path_factory: pytest.TempPathFactory, accepted: Accepted
) -> None:
    data_dir = tmp_path_factory.mktemp("d")
    with served(data_dir, **IMPATIENT) as first:
        caller = first.caller()
        accepted.send(caller)
        parts = tree_of(first.process.pid)[1:]
        kill(first.process.pid)
        first.process.wait()
        with served(data_dir, **IMPATIENT) as second:  # which ends the broker that the first left behind
            accepted.send(Caller(address=second.address, key=caller.key))
            _must_be_whole(second, accepted)
            until(lambda: not alive(parts), "the parts of the first outlive it")


def test_a_database_killed_under_the_service(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, accepted: Accepted
) -> None:
    url = postgres.new_database()
    with served(tmp_path_factory.mktemp("d"), database_url=url, **IMPATIENT) as running:
        caller = running.caller()
        number = accepted.send(caller, files=2)
        postgres.kill()
        try:
            refused = caller.send_claim(claim("refused"))
            assert (refused.status, refused.json["type"]) == (503, "urn:apexproof:problem:database-away")
            assert refused.headers["Retry-After"] == "5"
            assert accepted.send_file(caller, number) == 503
        finally:
            postgres.start()
        assert accepted.send_file(caller, number) == 202
        accepted.must_be_whole(url, running.data_dir / "blobs")


def test_a_clock_that_is_set_back_stops_nothing(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, accepted: Accepted
) -> None:
    try:
        clock = Clock(tmp_path)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    clock.set_to(2 * 3600)
    with served_in(clock.environment, tmp_path_factory.mktemp("d"), IMPATIENT) as running:
        accepted.send(running.caller())
        _must_be_whole(running, accepted)
        broker = part_of(running, BROKER)
        with stopped(broker):
            accepted.send(running.caller())  # to be looked after in two hours and a second
            kill(broker)
        clock.set_to(0)
        _must_be_whole(running, accepted)


def _killed_at_it(database: Database) -> int | None:
    """Kill whoever reads a file, as often as it is tried; the job once it is set aside."""
    with database.looking() as session:
        row = session.scalars(select(JobRow).where(JobRow.work == Work.READ)).one()
    if row.state == JobState.RUNNING and row.owner is not None and row.attempts <= int(POISONED["attempts"]):
        kill(int(row.owner.split(":")[1]))
    return row.id if row.state == JobState.SET_ASIDE else None


def _until_running(database: Database) -> None:
    def running(session: Session) -> int | None:
        return session.scalar(select(JobRow.id).where(JobRow.state == JobState.RUNNING))

    def found() -> int | None:
        with database.looking() as session:
            return running(session)

    until(found, "no job is running")


def _must_be_whole(service: Served, accepted: Accepted) -> None:
    settings = _settings(service)
    accepted.must_be_whole(settings.database, settings.blobs)


def _outcomes(caller: Caller, number: str) -> list[str]:
    history = caller.ask("GET", f"/v1/claims/{number}/verifications").json["verifications"]
    return [one["outcome"] for one in history]


def _settings(service: Served) -> Settings:
    return Settings(data_dir=service.data_dir)


def _command(service: Served, *words: str) -> str:
    environment = {"APEXPROOF_DATA_DIR": str(service.data_dir)}
    done = subprocess.run([APEXPROOF, *words], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return done.stdout
