"""`make search`: how fast a film is found among millions by its keys in SQLite, on synthetic keys.

Keys of real films are not spread evenly. Those of different films meet as often as even keys of 19 bits would, measured
on 312 radiographs; the keys are drawn from that many.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from apexproof.perceptual import KEYS_IN_COMMON, MARKS

Keys = npt.NDArray[np.int64]

EFFECTIVE_BITS = 19
_TABLE = "CREATE TABLE film_key (key INTEGER, film INTEGER, PRIMARY KEY (key, film)) WITHOUT ROWID"
_INSERT = "INSERT OR IGNORE INTO film_key VALUES (?, ?)"
_MARKS_AT_A_TIME = 1_000_000
_TRIES = 40
# How many of its keys a copy has again that was cropped by 5 % on all sides, among the worst hundredth.
_KEPT = 3


def main() -> None:
    """Fill a table, ask it for altered copies, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the table is written for the time being")
    request = parser.parse_args()
    dice = np.random.default_rng(3351)
    films = dice.integers(0, 2**EFFECTIVE_BITS, (request.films, MARKS), dtype=np.int32)
    with tempfile.TemporaryDirectory(dir=request.folder) as folder:
        path = Path(folder) / "keys.sqlite"
        start = time.perf_counter()
        database = _filled(path, films)
        seconds, size = time.perf_counter() - start, path.stat().st_size
        print(f"{request.films:,} films: {size / 1024**3:.2f} GiB, {size / request.films:,.0f} bytes a film,", end=" ")
        print(f"filled in {seconds:,.0f} s")
        _ask(database, films, dice)
        database.close()


def _filled(path: Path, films: npt.NDArray[np.int32]) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    database.execute(_TABLE)
    database.execute("BEGIN")
    for rows in _in_order(films):
        database.executemany(_INSERT, rows)
    database.execute("COMMIT")
    return database


def _in_order(films: npt.NDArray[np.int32]) -> Iterator[Iterator[tuple[int, int]]]:
    """Rows in the order of the table, a range of keys at a time: a table filled at random takes hours."""
    keys = films.ravel()
    ranges = max(1, keys.size // _MARKS_AT_A_TIME)
    edges = np.linspace(0, 2**EFFECTIVE_BITS, ranges + 1).astype(np.int64)
    order = np.argsort(keys, kind="stable").astype(np.int64)
    sorted_keys = keys[order]
    for low, high in pairwise(edges):
        part = slice(*np.searchsorted(sorted_keys, (low, high)))
        yield zip(sorted_keys[part].tolist(), (order[part] // MARKS).tolist(), strict=True)


def _ask(database: sqlite3.Connection, films: npt.NDArray[np.int32], dice: np.random.Generator) -> None:
    question = (
        f"SELECT film, COUNT(*) AS common FROM film_key WHERE key IN ({', '.join('?' * MARKS)}) "  # noqa: S608 - marks only
        "GROUP BY film HAVING common >= ? ORDER BY common DESC"
    )
    times, candidates, found = [], [], 0
    for film in dice.integers(0, len(films), _TRIES).tolist():
        copy = dice.integers(0, 2**EFFECTIVE_BITS, MARKS)
        copy[:_KEPT] = films[film, :_KEPT]
        start = time.perf_counter()
        rows = database.execute(question, (*copy.tolist(), KEYS_IN_COMMON)).fetchall()
        times.append((time.perf_counter() - start) * 1000)
        candidates.append(len(rows))
        found += film in {row[0] for row in rows}
    print(f"found {found} of {_TRIES} copies that kept {_KEPT} of {MARKS} keys;", end=" ")
    print(f"{statistics.median(times):.1f} ms each (slowest {max(times):.1f} ms),", end=" ")
    print(f"{statistics.median(candidates):.0f} candidates to compare")


if __name__ == "__main__":
    main()
