"""Listening: the API in a thread of this process, with its database at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.keys import Scope, make_key
from apexproof.store.schema import migrate
from api.app import create_app
from tests.service.caller import PATIENCE_SECONDS, Caller
from tests.store.rows import NOON, OURS

NO_BROKER = "redis://127.0.0.1:1/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The API, and what it works with."""

    address: str
    app: FastAPI
    database: Database

    def caller(self, organisation: str = OURS, *, scopes: frozenset[Scope] = frozenset(Scope)) -> Caller:
        """Somebody with a key of that organisation."""
        with self.database.writing() as session:
            key = make_key(session, organisation=organisation, name="tests", scopes=scopes, now=NOON)
        return Caller(address=self.address, key=key)


@contextmanager
def listening(data_dir: Path, **stated: Any) -> Iterator[Listening]:  # noqa: ANN401 - any setting
    """The API on a free port, while the block runs."""
    settings = Settings(data_dir=data_dir, **stated)
    database = Database(settings.database)
    migrate(database)
    app = create_app(settings, NO_BROKER)
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    try:
        with serving(config) as address:
            try:
                yield Listening(address=address, app=app, database=database)
            finally:
                app.state.streams.end()
    finally:
        app.state.premises.database.close()
        database.close()


@contextmanager
def serving(config: uvicorn.Config) -> Iterator[str]:
    """The address at which it is served, by a thread, while the block runs."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the API does not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
