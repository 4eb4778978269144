"""The process of the API: it ends at once when it is told to, whoever follows a claim."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from apexproof.store.database import Database
from apexproof.store.keys import Scope, make_key
from apexproof.store.schema import migrate
from tests.api.listening import NO_BROKER
from tests.api.test_progress import events, following
from tests.service.caller import PATIENCE_SECONDS, Caller
from tests.store.rows import NOON, OURS, new_claim


def test_open_streams_do_not_hold_it_up(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'apexproof.db'}")
    migrate(database)
    with database.writing() as session:
        new_claim(session)
        key = make_key(session, organisation=OURS, name="tests", scopes=Scope, now=NOON)
    database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stated = {"APEXPROOF_DATA_DIR": str(tmp_path), "APEXPROOF_PORT": str(port), "APEXPROOF_BROKER_URL": NO_BROKER}
    command = [sys.executable, "-m", "api"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **stated}) as process:  # noqa: S603 - ours
        caller = Caller(address=f"http://127.0.0.1:{port}", key=key)
        _until_it_listens(port, process)
        with following(caller) as answer:
            progress = events(answer)
            assert next(progress)["state"] == "reading"
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert list(progress) == []
        _, logs = process.communicate(timeout=PATIENCE_SECONDS)
    assert time.monotonic() - began < 8  # it would wait ten seconds for its last requests
    told = [json.loads(line)["event"] for line in logs.splitlines()]
    assert told == ["started", "broker_away", "ending", "request"]


def _until_it_listens(port: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the API does not start")
