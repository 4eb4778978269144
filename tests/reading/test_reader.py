"""Every file gets an answer: what it holds, or why that cannot be said."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.errors import ReadingFailed
from apexproof.radiograph import ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.part import Depth, Limits, Read
from apexproof.reading.reader import read_file, read_part
from fixtures import hostile
from tests.reading.parts import found, part_of


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", sorted(hostile.GOOD))
def test_a_good_file_of_every_kind_yields_its_radiograph(kind: str, tmp_path: Path) -> None:
    content = hostile.GOOD[kind]()
    reading = read_file(written(tmp_path, content, "misleading.txt"), limits=Limits())
    assert (reading.sha256, reading.size, reading.kind) == (hashlib.sha256(content).hexdigest(), len(content), kind)
    assert len(reading.radiographs) == 1
    assert reading.radiographs[0].fingerprint
    assert not [fault for fault in reading.faults if fault.fatal]


@pytest.mark.parametrize("kind", sorted(hostile.GOOD))
def test_headers_measure_nothing(kind: str, tmp_path: Path) -> None:
    reading = read_file(written(tmp_path, hostile.GOOD[kind]()), limits=Limits(), depth=Depth.HEADERS)
    assert [picture.fingerprint for picture in reading.radiographs] == [()]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"a letter to the payer", "unknown_kind"),
        (b"\x00\x01\x02", "unknown_kind"),
        (b"\x1f\x8b\x08\x00", "unsupported"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported"),
    ],
)
def test_what_holds_no_picture_says_so(content: bytes, fault: str, tmp_path: Path) -> None:
    reading = read_file(written(tmp_path, content), limits=Limits())
    assert [(one.fault, one.fatal) for one in reading.faults] == [(fault, True)]


def test_a_file_over_the_limit_is_not_opened(tmp_path: Path) -> None:
    reading = read_file(written(tmp_path, bytes(2001)), limits=Limits(file_bytes=2000))
    assert [fault.fault for fault in reading.faults] == ["too_large"]
    assert (reading.sha256, reading.size) == ("", 2001)


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name, fault in (
        ("pipe", "not_a_file"),
        ("loop", "not_a_file"),
        ("dangling", "not_found"),
        ("device", "not_a_file"),
        ("missing", "not_found"),
        ("with a \0 in it", "not_found"),
        (".", "not_a_file"),
    ):
        reading = read_file(tmp_path / name, limits=Limits())
        assert [one.fault for one in reading.faults] == [fault], name


def test_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(written(tmp_path, hostile.picture("PNG")))
    assert len(read_file(tmp_path / "latest", limits=Limits()).radiographs) == 1


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, hostile.picture("PNG"))
    path.chmod(0)
    faults = [fault.fault for fault in read_file(path, limits=Limits()).faults]
    assert faults == ([] if os.access(path, os.R_OK) else ["no_permission"])


def test_pictures_beyond_the_limit_are_named(tmp_path: Path) -> None:
    content = hostile.archive(*((f"{number}.png", hostile.picture("PNG")) for number in range(4)))
    reading = read_file(written(tmp_path, content), limits=Limits(pictures=3))
    assert len(reading.radiographs) == 3
    assert [fault.fault for fault in reading.faults] == ["too_many_pictures"]


class _Panic(BaseException):
    """As pyo3 raises it when Rust panics: no Exception."""


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ReadingFailed("truncated", "The end is missing."), "truncated"),
        (MemoryError(), "out_of_memory"),
        (RecursionError(), "nested_too_deeply"),
        (ValueError("Quill^Marigold"), "corrupt"),
        (_Panic("Quill^Marigold"), "corrupt"),
    ],
)
def test_every_error_becomes_a_fault_without_its_words(error: BaseException, fault: str) -> None:
    def read() -> Read:
        yield ReadingFault(fault="before", message="This was read before.")
        raise error

    before, seen = tuple(attempt("page 2", read))
    assert isinstance(before, ReadingFault)
    assert isinstance(seen, ReadingFault)
    assert (before.fault, seen.fault, seen.place) == ("before", fault, "page 2")
    assert "Quill" not in seen.message


@pytest.mark.parametrize("wish", [KeyboardInterrupt, SystemExit])
def test_who_asks_the_program_to_stop_is_heard(wish: type[BaseException]) -> None:
    def read() -> Read:
        yield ReadingFault(fault="before", message="This was read before.")
        raise wish

    with pytest.raises(wish):
        tuple(attempt("", read))


@given(st.binary(max_size=3000), st.sampled_from(sorted(hostile.GOOD)))
@settings(max_examples=150)
def test_noise_behind_any_signature_gets_an_answer(noise: bytes, kind: str) -> None:
    pictures, faults = found(read_part(part_of(hostile.GOOD[kind]()[:140] + noise)))
    assert pictures or faults
