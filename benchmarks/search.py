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
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from apexproof.perceptual import KEYS_IN_COMMON, MARKS

Rows = npt.NDArray[np.int64]

EFFECTIVE_BITS = 19
_TABLE = "CREATE TABLE film_key (key INTEGER, film INTEGER, PRIMARY KEY (key, film)) WITHOUT ROWID"
_INSERT = "INSERT OR IGNORE INTO film_key VALUES (?, ?)"
_FILM_BITS = 24
_AT_A_TIME = 1_000_000
_TRIES = 40
# How many of its keys a copy has again that was cropped by 5 % on all sides, among the worst hundredth.
_KEPT = 3


def main() -> None:
    """Fill a table, ask it for altered copies, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=10_000_000, help=f"at most {2**_FILM_BITS:,}")
    parser.add_argument("--folder", type=Path, help="where the table is written for the time being")
    request = parser.parse_args()
    if not 1 <= request.films <= 2**_FILM_BITS:
        parser.error(f"--films takes 1 to {2**_FILM_BITS:,}")
    dice = np.random.default_rng(3351)
    rows = _drawn(request.films, dice)
    asked = dice.integers(0, request.films, _TRIES)
    keys = {int(film): (rows[film * MARKS : film * MARKS + _KEPT] >> _FILM_BITS).tolist() for film in asked}
    rows.sort()  # a table that is filled at random takes hours
    with tempfile.TemporaryDirectory(dir=request.folder) as folder:
        path = Path(folder) / "keys.sqlite"
        start = time.perf_counter()
        database = _filled(path, rows)
        del rows
        seconds, size = time.perf_counter() - start, path.stat().st_size
        print(f"{request.films:,} films: {size / 1024**3:.2f} GiB, {size / request.films:,.0f} bytes a film,", end=" ")
        print(f"filled in {seconds:,.0f} s")
        _ask(database, keys, dice)
        database.close()


def _drawn(films: int, dice: np.random.Generator) -> Rows:
    """For each film its keys, each in one number with the film: the key above the film."""
    rows = dice.integers(0, 2**EFFECTIVE_BITS, films * MARKS)
    rows <<= _FILM_BITS
    for low in range(0, films, _AT_A_TIME):
        part = np.arange(low, min(low + _AT_A_TIME, films)).repeat(MARKS)
        rows[low * MARKS : low * MARKS + part.size] |= part
    return rows


def _filled(path: Path, rows: Rows) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    database.execute(_TABLE)
    database.execute("BEGIN")
    for low in range(0, rows.size, _AT_A_TIME):
        part = rows[low : low + _AT_A_TIME]
        pairs = zip((part >> _FILM_BITS).tolist(), (part & (2**_FILM_BITS - 1)).tolist(), strict=True)
        database.executemany(_INSERT, pairs)
    database.execute("COMMIT")
    return database


def _ask(database: sqlite3.Connection, films: Mapping[int, Sequence[int]], dice: np.random.Generator) -> None:
    question = (
        f"SELECT film, COUNT(*) AS common FROM film_key WHERE key IN ({', '.join('?' * MARKS)}) "  # noqa: S608 - marks only
        "GROUP BY film HAVING common >= ? ORDER BY common DESC"
    )
    times, candidates, found = [], [], 0
    for film, keys in films.items():
        copy = dice.integers(0, 2**EFFECTIVE_BITS, MARKS)
        copy[:_KEPT] = keys
        start = time.perf_counter()
        rows = database.execute(question, (*copy.tolist(), KEYS_IN_COMMON)).fetchall()
        times.append((time.perf_counter() - start) * 1000)
        candidates.append(len(rows))
        found += film in {row[0] for row in rows}
    print(f"found {found} of {len(films)} copies that kept {_KEPT} of {MARKS} keys;", end=" ")
    print(f"{statistics.median(times):.1f} ms each (slowest {max(times):.1f} ms),", end=" ")
    print(f"{statistics.median(candidates):.0f} candidates to compare")


if __name__ == "__main__":
    main()
