"""`python -m benchmarks.reporting [CLAIMS] [DATABASE-URL]`: how soon a report begins, and what it takes to the end.

The rows are synthetic and have no files behind them: a report looks at claims and at what stands in their way.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from apexproof.report import ReportForm, ReportKind, Selection
from apexproof.reports import written
from apexproof.store.database import Database, insert_all
from apexproof.store.reports import Asked
from apexproof.store.schema import migrate
from apexproof.store.tables import ClaimRow, ObstacleRow

_CLAIMS = 1_000_000
_AT_ONCE = 5000
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
_OUTCOMES = ("verified", "verified", "missing_evidence", "verified", "needs_review", "contradicted")
_CHECKS = ("APX401", "APX301", "APX201")
_MIB = 1024


def main(claims: int = _CLAIMS, url: str | None = None) -> None:
    """Fill, and report."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(database)
        for first in range(0, claims, _AT_ONCE):
            rows = list(_rows(range(first, min(first + _AT_ONCE, claims))))
            with database.writing() as session:
                insert_all(session, ClaimRow, [claim for claim, _ in rows])
                insert_all(session, ObstacleRow, [obstacle for _, obstacle in rows if obstacle])
        with database.writing() as session:
            session.execute(text("ANALYZE"))  # as PostgreSQL does by itself, some minutes later
        print(f"\n{claims} claims, half of them not verified")
        for form in ReportForm:
            measure(database, ReportKind.MISSING_EVIDENCE, form)
        measure(database, ReportKind.SUMMARY, ReportForm.JSON)
        database.close()


def measure(database: Database, kind: ReportKind, form: ReportForm) -> None:
    """Write a report to its end, and print how soon it began and what it took."""
    asked = Asked(organisation="main", selection=Selection(), as_of=datetime.now(UTC))
    before, began, first, row, size = _memory(), time.perf_counter(), 0.0, 0.0, 0
    for piece in written(database.looking, asked, kind, form):
        first = first or time.perf_counter() - began
        row = row or (time.perf_counter() - began if b"SYN-" in piece else 0.0)
        size += len(piece)
    rows = f", first row after {row:.2f} s (limit 1)" if row else ""
    print(
        f"  {kind} as {form}: begins after {first:.2f} s{rows}, whole in {time.perf_counter() - began:.1f} s, "
        f"{size / 1e6:.1f} MB, memory grew by {_memory() - before:.0f} MiB"
    )


def _memory() -> float:
    """The most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB


def _rows(indices: range) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    for index in indices:
        outcome, came = _OUTCOMES[index % len(_OUTCOMES)], _FIRST + timedelta(seconds=30 * index)
        claim = {
            "id": index + 1,
            "organisation": "main",
            "number": f"SYN-{index:08d}",
            "revision": 1,
            "received_at": came,
            "payer": f"PAYER-{index % 20}",
            "provider": f"{index % 1000:010d}",
            "visit": date(2025, 1, 1) + timedelta(days=index // 2880),
            "outcome": outcome,
            "verification": 1,
            "outcome_since": came,
            "first_pass": True if outcome == "verified" else None,
        }
        message = "pa8.dcm was taken on 2026-02-11 09:30 (DICOM Acquisition Date), not before the visit of 2026-02-10."
        remedy = "Attach the image that was taken before the canal was opened, with its date and time in the file."
        check = _CHECKS[index % len(_CHECKS)]
        obstacle = {"claim_id": index + 1, "check": check, "message": message, "remedy": remedy}
        yield claim, obstacle if outcome != "verified" else None


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _CLAIMS, *sys.argv[2:3])
