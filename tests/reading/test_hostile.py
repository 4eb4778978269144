"""Whatever a file does, it costs only itself: it gets a finding, and the files beside it are read as ever."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apexproof.radiograph import FileReading
from apexproof.reading.part import Limits
from apexproof.reading.sandbox import Sandbox, read_many
from fixtures import hostile

MIB = 1024**2
LIMITS = Limits(seconds=3, file_seconds=9, sample_bytes=64 * MIB, memory_bytes=1024 * MIB)
SECONDS_MOST = 3 * LIMITS.seconds  # generous: this machine may be busy
# What is to be said of each; a second word where two are as good.
FAULTS = {
    "no_bytes": {"empty"},
    "noise": {"unknown_kind"},
    "noise_behind_a_preamble": {"unreadable_header", "corrupt", "truncated"},
    "noise_behind_a_png_signature": {"corrupt", "truncated"},
    "dicom_claiming_4_gib": {"truncated"},
    "dicom_of_nested_sequences": {"nested_too_deeply"},
    "dicom_deflate_bomb": {"too_large"},
    "dicom_run_length_bomb": {"too_large"},
    "zip_bomb": {"ratio"},
    "zip_of_overlaps": {"overlapping"},
    "zip_of_zips": {"nested_too_deeply"},
    "zip_with_symlink": {"symlink"},
    "zip_with_wrong_checksum": {"corrupt"},
    "zip_locked": {"encrypted"},
    "png_of_30000_squared": {"too_large"},
    "png_with_text_bomb": {"too_large"},
    "gif_of_frames": {"animation"},
    "pdf_of_pages": {"too_many_pages"},
    "pdf_page_tree_loop": {"corrupt", "too_many_pages"},
    "pdf_of_nested_forms": {"timed_out", "crashed"},
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=LIMITS) as sandbox:
        yield sandbox


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def faults(reading: FileReading) -> set[str]:
    return {fault.fault for fault in reading.faults}


def test_every_hostile_file_has_its_expected_fault() -> None:
    assert FAULTS.keys() == hostile.HOSTILE.keys()


@pytest.mark.parametrize("name", sorted(hostile.HOSTILE))
def test_a_hostile_file_costs_only_itself(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    before = written(tmp_path, "before.png", hostile.picture("PNG"))
    bad = written(tmp_path, "bad", hostile.HOSTILE[name]())
    after = written(tmp_path, "after.dcm", hostile.dicom())
    sandbox.read(before)
    peak, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    reading = sandbox.read(bad)
    assert time.monotonic() - began < SECONDS_MOST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= peak * 1.1
    assert faults(reading) & FAULTS[name]
    assert len(reading.sha256) == 64
    assert len(sandbox.read(before).radiographs) == len(sandbox.read(after).radiographs) == 1


@pytest.mark.parametrize("kind", sorted(hostile.GOOD))
@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_a_file_cut_at_any_quarter_yields_no_picture_and_says_why(
    kind: str, quarter: int, sandbox: Sandbox, tmp_path: Path
) -> None:
    content = hostile.GOOD[kind]()
    reading = sandbox.read(written(tmp_path, "cut", content[: len(content) * quarter // 4]))
    assert not reading.radiographs
    assert any(fault.fatal for fault in reading.faults)


@pytest.mark.parametrize("seed", range(10))
def test_noise_is_no_picture(seed: int, sandbox: Sandbox, tmp_path: Path) -> None:
    reading = sandbox.read(written(tmp_path, "noise", hostile.noise(20_000, seed=seed)))
    assert not reading.radiographs
    assert reading.faults


def test_a_hostile_member_costs_only_itself(sandbox: Sandbox, tmp_path: Path) -> None:
    members = [(f"{name}.bin", hostile.HOSTILE[name]()) for name in ("dicom_claiming_4_gib", "noise", "no_bytes")]
    hang = ("hang.pdf", hostile.pdf_of_nested_forms())
    first, last = ("first.png", hostile.picture("PNG")), ("last.dcm", hostile.dicom())
    content = hostile.archive(first, *members, hang, last)
    reading = sandbox.read(written(tmp_path, "mixed.zip", content))
    assert [picture.place for picture in reading.radiographs] == ["first.png", "last.dcm"]
    assert {fault.place for fault in reading.faults if fault.fatal} >= {"dicom_claiming_4_gib.bin", "hang.pdf, page 1"}


def test_what_wants_too_much_memory_is_refused_it(tmp_path: Path) -> None:
    wide = hostile.png(7900, 7900, rows=bytes(7900 * 7901))
    with Sandbox(limits=Limits(memory_bytes=540 * MIB)) as small:
        assert faults(small.read(written(tmp_path, "wide.png", wide))) == {"out_of_memory"}
        assert len(small.read(written(tmp_path, "film.png", hostile.picture("PNG"))).radiographs) == 1


def test_a_pipe_is_never_waited_for(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert faults(sandbox.read(tmp_path / "pipe")) == {"not_a_file"}


def test_a_folder_of_everything_is_answered_in_order(tmp_path: Path) -> None:
    quick = sorted(set(hostile.HOSTILE) - {"pdf_of_nested_forms", "dicom_deflate_bomb"})
    paths = [written(tmp_path, name, hostile.HOSTILE[name]()) for name in quick]
    paths += [written(tmp_path, f"good {kind}", make()) for kind, make in hostile.GOOD.items()]
    readings = list(read_many(paths, processes=2, limits=LIMITS))
    assert [reading.size for reading in readings] == [path.stat().st_size for path in paths]
    for path, reading in zip(paths, readings, strict=True):
        if path.name.startswith("good"):
            assert len(reading.radiographs) == 1
        else:
            assert faults(reading) & FAULTS[path.name]
