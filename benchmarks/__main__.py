"""`make bench`: each stage and the whole against a straight-line script of the same work, in one process and one run.

Product and floor take turns on the same files, so that a slow moment of the machine falls on both; the medians are
compared. Nothing fails here: the figures are for reading.
"""

from __future__ import annotations

import hashlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
from pydicom.uid import ExplicitVRLittleEndian

from apexproof.claim import AttachedFile, History
from apexproof.formats.native import parse_claims
from apexproof.intake import attach
from apexproof.policy import load_policy
from apexproof.reading.dicom.header import read_header
from apexproof.reading.part import Depth, Limits
from apexproof.reading.picture import Picture
from apexproof.reading.reader import read_file
from apexproof.reading.sandbox import Sandbox
from apexproof.reading.view import view_probabilities
from apexproof.verification import verify
from benchmarks import ingest, interchange, pages, reporting, reprocessing, service
from benchmarks.films import SYNTAXES, film_samples, write_films
from benchmarks.floor import read_header_straight, read_straight
from benchmarks.page import write_page
from fixtures.overlays import Overlay

ROUNDS = 15
FILMS = 4
REPORTED = 50_000  # `python -m benchmarks.reporting` takes a million
CLAIM = b"""{
  "claim_number": "SYN-BENCH", "patient": {"name": {"family": "Quill", "given": "Marigold"}, "birth_date": "2017-03-03"},
  "lines": [{"line": 1, "procedure": "D3351", "tooth": {"number": "8", "system": "universal"},
             "service_date": "2026-02-10"}],
  "narrative": "Tooth #8: trauma in a fall at school, pulp necrotic, radiograph shows a wide open apex with an incomplete root. Canal accessed, debrided and irrigated, working length taken; calcium hydroxide placed as first medicament and the access closed. The patient returns in three months for the change of medicament; apexification to be completed when the apical barrier has formed. Parents were told of the plan and of the number of visits that it may take."
}"""  # noqa: E501 - one narrative


def main() -> None:
    """Measure, print, and write docs/speed.md."""
    cv2.setNumThreads(1)  # as in the sandbox's child
    write_page(
        {
            f"One film read, medians of {ROUNDS} rounds over {FILMS} films": _reading,
            "One claim judged": _judging,
            "The command begun": _help,
            "X12 read": interchange.main,
            "From upload to stored verdict": lambda: service.main(CLAIM, rounds=ROUNDS),
            "Pages": pages.main,
            "Films taken in beside Orthanc": ingest.main,
            "Kept claims judged anew": reprocessing.main,
            "Missing evidence reported": lambda: reporting.main(REPORTED),
        }
    )


def _reading() -> None:
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        for name, syntax in SYNTAXES.items():
            _compare(name, write_films(Path(folder), syntax, FILMS), sandbox)
        _stages(min(Path(folder).glob("Explicit*")))


def _compare(name: str, films: list[Path], sandbox: Sandbox) -> None:
    def floor() -> object:
        return [read_straight(film) for film in films]

    def product() -> object:
        return [sandbox.read(film) for film in films]

    product(), floor()  # warm
    floors, products = [], []
    for _ in range(ROUNDS):
        floors.append(_seconds(floor) / len(films))
        products.append(_seconds(product) / len(films))
    pairs = [mine / theirs for mine, theirs in zip(products, floors, strict=True)]
    print(
        f"one film, {name}: {_ms(products)} with isolation, straight-line {_ms(floors)}, "
        f"ratio {statistics.median(pairs):.2f} (limit 1.25)"
    )


def _stages(film: Path) -> None:
    limits = Limits()
    content = film.read_bytes()
    picture = Picture(samples=film_samples(0), bits=16)
    export = film.with_name("export.jpg")
    export.write_bytes(Overlay(name="export", manner="corners", size=26, quality=85).content())
    stages: dict[str, Callable[[], object]] = {
        "SHA-256 of the bytes": lambda: hashlib.sha256(content).hexdigest(),
        "header, pixels left alone": lambda: read_header(io.BytesIO(content)),
        "header, straight-line": lambda: read_header_straight(film),
        "view by the pixels, once decoded": lambda: view_probabilities(replace(picture)),
        "file in this process, headers": lambda: read_file(film, limits=limits, depth=Depth.HEADERS),
        "file in this process, pixels": lambda: read_file(film, limits=limits),
        "JPEG export in this process, pixels": lambda: read_file(export, limits=limits),
        "the same with its burned-in words": lambda: read_file(export, limits=limits, depth=Depth.WORDS),
    }
    print("\nstages of one uncompressed film, and of an export with words")
    for name, stage in stages.items():
        stage()
        print(f"  {name:36s}{_ms([_seconds(stage) for _ in range(ROUNDS)])}")


def _judging() -> None:
    (claim,) = parse_claims(CLAIM, origin="benchmark")
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        films = write_films(Path(folder), ExplicitVRLittleEndian, 3)
        files = attach(claim, [AttachedFile(name=film.name, reading=sandbox.read(film)) for film in films])
    policy = load_policy()

    def judge() -> object:
        return verify(claim, files, History(), policy)

    judge()
    times = [_seconds(judge) for _ in range(300)]
    print(f"\njudging one claim with three films: {_ms(times, digits=3)} (limit 0.5 ms)")


def _help() -> None:
    command = [str(Path(sys.executable).with_name("apexproof")), "--help"]
    times = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    print(f"apexproof --help: {statistics.median(times):.2f} s of CPU (limit 0.3 s)")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ms(seconds: list[float], *, digits: int = 1) -> str:
    return f"{statistics.median(seconds) * 1000:.{digits}f} ms"


if __name__ == "__main__":
    main()
