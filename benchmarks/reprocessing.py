"""`python -m benchmarks.reprocessing [CLAIMS] [DATABASE-URL]`: how many kept claims a second are judged anew.

The same calls as the worker's, without the queue between the batches. Seconds of this process are those of one core;
a server of PostgreSQL works beside it on another.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path

from apexproof.policy import Policy, load_policy, parse_policy
from apexproof.store.database import Database
from apexproof.store.reprocessing import run_of
from apexproof.store.schema import migrate
from benchmarks.kept_claims import ORGANISATION, begin_run, fill, steps

_CLAIMS = 5000
STRICTER = b"""
extends = "payer"
name = "payer-from-march"
version = "2026.3"
[timing]
max_age_days = 10
"""


def main(claims: int = _CLAIMS, url: str | None = None) -> None:
    """Fill, judge, and judge anew."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(database)
        fill(database, claims)
        stricter = parse_policy(STRICTER, origin="benchmark")
        gc.freeze()  # as the worker does
        print(f"\n{claims} kept claims, {'SQLite' if url is None else url.partition(':')[0]}")
        measure("first judged, payer", database, load_policy())
        measure("dry run, 10 days", database, stricter, dry_run=True)
        measure("judged anew, 10 days", database, stricter)
        measure("the same run again", database, stricter)
        database.close()


def measure(name: str, database: Database, policy: Policy, *, dry_run: bool = False) -> None:
    """Do a run over all claims, and print how many a second that were."""
    run = begin_run(database, policy, dry_run=dry_run)
    wall, core = time.perf_counter(), time.process_time()
    shares, began = dict.fromkeys(("fetch", "judge", "keep"), 0.0), core
    for step in steps(database, run):
        now = time.process_time()
        shares[step] += now - began
        began = now
    wall, core = time.perf_counter() - wall, time.process_time() - core
    with database.looking() as session:
        row = run_of(session, ORGANISATION, run)
    if row is None or row.failed or row.done != row.total:
        raise SystemExit(f"the run went wrong: {row and (row.done, row.total, row.failed, row.waiting)}")
    fetch, judge, keep = (share / row.done * 1e6 for share in shares.values())
    print(
        f"  {name:24s}{row.done / core:6.0f} claims/s of one core (limit 2000), {row.done / wall:6.0f} by the clock; "
        f"microseconds each: fetch {fetch:.0f}, judge {judge:.0f}, keep {keep:.0f}; {row.changed} outcomes changed"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _CLAIMS, *sys.argv[2:3])
