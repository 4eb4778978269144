"""A backup by the command line, while claims come and their files lie in a bucket, is a whole service elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from apexproof.settings import Settings
from tests.conftest import BACKENDS
from tests.postgres import Postgres
from tests.seaweedfs import seaweedfs
from tests.service.accepted import Accepted
from tests.service.caller import Caller
from tests.service.served import served, until

_SOME, _PAUSE = 4, 0.3


def command(settings: Mapping[str, str], *words: str) -> str:
    stated = {f"APEXPROOF_{name.upper()}": value for name, value in settings.items()}
    program = str(Path(sys.executable).with_name("apexproof"))
    done = subprocess.run([program, *words], env={**os.environ, **stated}, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return done.stdout


@contextmanager
def sending(accepted: Accepted, caller: Caller) -> Iterator[None]:
    """Claims come, each with a file, while the block runs."""
    over = threading.Event()

    def send() -> None:
        while not over.wait(_PAUSE):
            accepted.send(caller)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


@pytest.fixture(params=BACKENDS)
def places(request: pytest.FixtureRequest) -> tuple[dict[str, str], dict[str, str]]:
    """Where the service keeps its rows, and where those of its backup are brought back: settings of either."""
    if request.param == "sqlite":
        return {}, {}
    postgres: Postgres = request.getfixturevalue("postgres")
    return {"database_url": postgres.new_database()}, {"database_url": postgres.new_database()}


def test_what_was_accepted_before_a_backup_is_in_it_whole(
    places: tuple[dict[str, str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    accepted, backup, new = Accepted(prefix="kept", folder=tmp_path), tmp_path / "backup", tmp_path / "new"
    here, elsewhere = places
    with seaweedfs(tmp_path_factory.mktemp("s3")) as store, served(tmp_path / "d", **store.settings, **here) as service:
        with sending(accepted, service.caller()):
            until(lambda: len(accepted.claims) > _SOME, "no claim comes")
            before = list(accepted.claims)[:-1]  # the last one's file may still be on its way
            said = command({"data_dir": str(service.data_dir), **store.settings, **here}, "backup", str(backup))
            until(lambda: len(accepted.claims) > len(before) + 1, "nothing came while the backup was made")
        assert said.startswith("Whole: ")
    command({"data_dir": str(new), **elsewhere}, "restore", str(backup))
    with served(new, sweep_seconds="0.5", **elsewhere):
        there = Accepted(prefix="", folder=tmp_path, claims={number: accepted.claims[number] for number in before})
        there.must_be_whole(elsewhere.get("database_url", Settings(data_dir=new).database), new / "blobs")
