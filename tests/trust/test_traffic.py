"""What is sent under load is what it is said to be, and memory that grows is seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from fixtures.dicom_files import Sitter
from fixtures.radiographs import Film
from trust.gauge import Moment, growth, processor_seconds, resident
from trust.traffic import MIX, Sort, files_of

KINDS = {"jpg": "jpeg", "png": "png", "pdf": "pdf", "dcm": "dicom"}


@pytest.mark.parametrize("sort", MIX, ids=lambda sort: sort.name)
def test_each_sort_is_read_whole_and_is_of_its_kind(sort: Sort, tmp_path: Path) -> None:
    path = tmp_path / f"film.{sort.suffix}"
    path.write_bytes(sort.make(Film(name=sort.name, width=156, height=208, enlarged=2), Sitter()))
    reading = read_file(path, limits=Limits(), depth=Depth.PIXELS)
    assert (reading.kind, len(reading.radiographs), reading.faults) == (KINDS[sort.suffix], 1, ())


def test_shares_are_of_a_hundred() -> None:
    assert sum(sort.share for sort in MIX) == 100


def test_a_claim_has_the_same_files_whenever_they_are_written(tmp_path: Path) -> None:
    once, again = (tmp_path / name for name in ("once", "again"))
    for folder in (once, again):
        folder.mkdir()
    written = [[path.read_bytes() for path in files_of("load-1", folder)] for folder in (once, again)]
    assert written[0] == written[1]
    assert 1 <= len(written[0]) <= 3


@pytest.mark.parametrize(("leak", "rise"), [(0, 0), (1000, 75_000)])
def test_growth_is_told_from_noise_once_it_is_warm(leak: int, rise: int) -> None:
    cold = [Moment(at=float(at), resident={"api": 1}) for at in range(25)]
    noise = (0, 4000, 0, -4000)
    warm = [Moment(at=float(at), resident={"api": 10**6 + at * leak + noise[at % 4]}) for at in range(25, 101)]
    assert growth(cold + warm, "api").rise == pytest.approx(rise, abs=2000)


def test_what_this_process_takes_is_found() -> None:
    assert sum(resident(os.getpid()).values()) > 2**20
    assert processor_seconds(os.getpid()) > 0
