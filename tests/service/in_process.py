"""The API in a thread of this process, over a database and a folder of files, with nobody at the queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from apexproof.settings import load_settings
from apexproof.store.database import Database
from apexproof.store.keys import Scope, make_key
from api.app import create_app
from tests.service.caller import PATIENCE_SECONDS, Caller

NOBODY = "redis://127.0.0.1:1/0"
_STEP = 0.01


@contextmanager
def listening(database_url: str, folder: Path) -> Iterator[str]:
    """The address at which it listens while the block lasts."""
    url = None if database_url.startswith("sqlite") else database_url.replace("+pg8000", "")
    app = create_app(load_settings(data_dir=folder, database_url=url or database_url), NOBODY)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the API does not start")
        time.sleep(_STEP)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        app.state.premises.database.close()


def caller_of(address: str, database: Database, organisation: str, scopes: Iterable[Scope] = Scope) -> Caller:
    """Somebody with a key of that organisation."""
    with database.writing() as session:
        key = make_key(session, organisation=organisation, name="front desk", scopes=scopes, now=datetime.now(UTC))
    return Caller(address=address, key=key)
