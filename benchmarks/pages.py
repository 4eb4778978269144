"""`python -m benchmarks.pages [CLAIMS] [DATABASE-URL]`: how long the server takes for the worklist and a claim's page.

The app is called in this process, so neither a network nor a browser is in the figures: signing in, the audit trail,
the queries and the template are. Claims are judged as the worker judges them.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apexproof.policy import load_policy
from apexproof.settings import Settings
from apexproof.store.database import Database
from apexproof.store.keys import Scope, identity_of, make_key
from apexproof.store.schema import migrate
from apexproof.store.sessions import begin_session, new_token
from api.app import create_app
from benchmarks.kept_claims import ORGANISATION, begin_run, fill, steps

CLAIMS = 10_000
_ROUNDS = 200
_LIMIT = 50
_NO_BROKER = "redis://127.0.0.1:1/0"


def main(claims: int = CLAIMS, database_url: str | None = None) -> None:
    """Fill, judge, and open pages."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=database_url, rate_per_second=1e6, rate_burst=10**6)
        database = Database(settings.database)
        migrate(database)
        fill(database, claims)
        deque(steps(database, begin_run(database, load_policy())), maxlen=0)
        token = _signed_in(database, timedelta(minutes=settings.idle_minutes))
        app = create_app(settings, _NO_BROKER)
        print(
            f"\npages of the service with {claims:,} claims in the store, {_ROUNDS} times each, called in this process"
        )
        chance = random.Random(8351)  # noqa: S311 - which claims are asked for
        for name, address in {
            "worklist": lambda: "/",
            "worklist, one payer": lambda: f"/?payer=PAYER-{chance.randrange(20)}",
            "worklist, part of a number": lambda: f"/?q={chance.randrange(1000):03d}1",
            "worklist, all": lambda: "/?show=all",
            "a claim": lambda: f"/claims/SYN-{chance.randrange(claims):08d}",
        }.items():
            asyncio.run(_measure(name, address, app, token))
        app.state.premises.database.close()
        database.close()


async def _measure(name: str, address: Callable[[], str], app: Any, token: str) -> None:  # noqa: ANN401 - an ASGI app
    for _ in range(5):
        await _ask(app, address(), token)
    walls, cores = [], []
    for _ in range(_ROUNDS):
        wall, core = time.perf_counter(), time.process_time()
        await _ask(app, address(), token)
        walls.append((time.perf_counter() - wall) * 1000)
        cores.append((time.process_time() - core) * 1000)
    print(
        f"  {name:28s}p50 {statistics.median(walls):5.1f} ms, p95 {_p95(walls):5.1f} ms (limit {_LIMIT}); "
        f"of processor time p50 {statistics.median(cores):5.1f} ms, p95 {_p95(cores):5.1f} ms"
    )


def _p95(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


async def _ask(app: Any, address: str, token: str) -> None:  # noqa: ANN401 - an ASGI app
    """Open one page, to its last byte.

    Raises:
        SystemExit: it is not what was asked for.
    """
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"bench"), (b"accept", b"text/html"), (b"cookie", f"apexproof={token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("bench", 80),
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    if status != 200:  # noqa: PLR2004 - HTTP's word for it
        raise SystemExit(f"{address} was answered with {status}")


def _signed_in(database: Database, idle: timedelta) -> str:
    now, token = datetime.now(UTC), new_token()
    with database.writing() as session:
        key = make_key(session, organisation=ORGANISATION, name="bench", scopes=frozenset(Scope), now=now)
        begin_session(session, token, identity_of(key), now=now, idle=idle)
    return token


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLAIMS, *sys.argv[2:3])
