"""From upload to stored verdict: `apexproof serve` with a warm worker against a straight line that does the same work.

The floor is one process without HTTP, queue or isolation: write the bytes, make them durable, read the picture, commit
one row. Both take turns on the same films.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apexproof.settings import Settings
from benchmarks.films import born, film
from benchmarks.floor import read_straight
from tests.service.caller import Answer, Caller
from tests.service.served import served

_WARM = 4
_STEP = 0.001
_VERDICTS = "SELECT count(*) FROM verifications JOIN claims ON claims.id = claim_id WHERE claims.number = ?"


def main(claim: bytes, *, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "d") as service:
        films = [film(index) for index in range(rounds + _WARM)]
        caller = service.caller()
        store = sqlite3.connect(Settings(data_dir=service.data_dir).database.removeprefix("sqlite:///"))
        floor_store = _floor_store(Path(folder))
        answers, products, floors = [], [], []
        for index, content in enumerate(films):
            floors.append(_floor(content, Path(folder), floor_store))
            answered, stored = _product(caller, store, claim_of_film(claim, index, f"SYN-BENCH-{index}"), content)
            answers.append(answered)
            products.append(stored)
        store.close()
        floor_store.close()
    pairs = [mine / theirs for mine, theirs in zip(products[_WARM:], floors[_WARM:], strict=True)]
    size = len(films[0]) / 1e6
    print(
        f"\nfrom upload to stored verdict, {size:.1f} MB: p50 {_ms(products[_WARM:])} "
        f"(upload answered after {_ms(answers[_WARM:])}), straight-line with fsync {_ms(floors[_WARM:])}, "
        f"ratio {statistics.median(pairs):.2f} (limit 1.6)"
    )


def claim_of_film(claim: bytes, index: int, number: str) -> dict[str, Any]:
    """The claim under another number, for the patient of a film."""
    said = json.loads(claim)
    patient = {**said["patient"], "birth_date": str(born(index)), "member_id": f"SYN-M-{index}"}
    return {**said, "claim_number": number, "patient": patient}


def _product(caller: Caller, store: sqlite3.Connection, claim: dict[str, Any], content: bytes) -> tuple[float, float]:
    """How long until the upload was answered, and until its verdict was stored."""
    number = claim["claim_number"]
    _must_be_taken(caller.send_claim(claim))
    for _ in _until_verdicts(store, number, 1):
        time.sleep(_STEP)
    began = time.perf_counter()
    place = f"/v1/claims/{number}/attachments?file_name=film.dcm"
    answer = caller.ask("POST", place, body=content, headers={"Content-Type": "application/octet-stream"})
    answered = time.perf_counter() - began
    _must_be_taken(answer)
    for _ in _until_verdicts(store, number, 2):
        time.sleep(_STEP)
    return answered, time.perf_counter() - began


def _must_be_taken(answer: Answer) -> None:
    if answer.status not in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}:
        raise RuntimeError(f"the service answered {answer.status}")


def _until_verdicts(store: sqlite3.Connection, number: str, wanted: int) -> Iterator[None]:
    while store.execute(_VERDICTS, (number,)).fetchone()[0] < wanted:
        yield


def _floor_store(folder: Path) -> sqlite3.Connection:
    store = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE verdicts (said TEXT)"):
        store.execute(statement)
    return store


def _floor(content: bytes, folder: Path, store: sqlite3.Connection) -> float:
    began = time.perf_counter()
    path = folder / "floor.dcm"
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)
    store.execute("INSERT INTO verdicts VALUES (?)", (json.dumps(read_straight(path)),))
    seconds = time.perf_counter() - began
    path.unlink()
    return seconds


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms"
