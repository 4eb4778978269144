"""A sandbox reads as the reader does, and outlives what its child does not."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from msgspec import DecodeError

from apexproof.radiograph import FileReading
from apexproof.reading.child_process import ChildLost, ChildProcess, SandboxBroken
from apexproof.reading.messages import ANSWERS, Begun, Done, Entered, Request, Seen
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import open_file, read_file
from apexproof.reading.sandbox import Sandbox, read_many
from fixtures import hostile

MIB = 1024**2
ROOT = Path(__file__).resolve().parents[2]
NO_TOOTH = b'{"system": "fdi", "teeth": [{"fdi": 99}]}'
CONFINED = """
import json, sys
sys.path[:0] = sys.argv[1], sys.argv[4]
import elsewhere
from apexproof.reading.confinement import confine
def does(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True
def write():
    with open(sys.argv[2], "wb") as file:
        file.write(b"taken over")
closed = confine(memory_bytes=1024**3)
import encodings.iso2022_jp, elsewhere.later
print(json.dumps({"closed": closed, "wrote": does(write), "read": does(lambda: open(sys.argv[3]).close())}))
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read_under(limits: Limits, path: Path) -> FileReading:
    with Sandbox(limits=limits) as sandbox:
        return sandbox.read(path)


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("kind", sorted(hostile.GOOD))
def test_a_sandbox_reads_what_the_reader_reads(kind: str, depth: Depth, sandbox: Sandbox, tmp_path: Path) -> None:
    path = written(tmp_path, hostile.GOOD[kind]())
    assert sandbox.read(path, depth=depth) == read_file(path, limits=Limits(), depth=depth)


def test_a_file_that_cannot_be_opened_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    assert [fault.fault for fault in sandbox.read(tmp_path / "missing").faults] == ["not_found"]
    assert [fault.fault for fault in sandbox.read(tmp_path).faults] == ["not_a_file"]


def test_reading_goes_on_behind_a_part_that_hangs(tmp_path: Path) -> None:
    film, hang = hostile.picture("PNG"), hostile.pdf_of_nested_forms()
    path = written(tmp_path, hostile.archive(("a", film), ("b", hang), ("c", film)))
    reading = read_under(Limits(seconds=1), path)
    assert [picture.place for picture in reading.radiographs] == ["a", "c"]
    assert [(fault.fault, fault.place) for fault in reading.faults] == [("timed_out", "b, page 1")]
    assert len(reading.sha256) == 64


def test_reading_goes_on_behind_a_part_that_crashes_the_child(tmp_path: Path) -> None:
    film, crash = hostile.picture("PNG"), hostile.pdf_of_nested_forms()  # pdfium aborts when it gets no more memory
    path = written(tmp_path, hostile.archive(("a", film), ("b", crash), ("c", film)))
    reading = read_under(Limits(memory_bytes=600 * MIB), path)
    assert [picture.place for picture in reading.radiographs] == ["a", "c"]
    assert [(fault.fault, fault.place) for fault in reading.faults] == [("crashed", "b, page 1")]


def test_a_file_that_breaks_every_child_is_given_up(tmp_path: Path) -> None:
    film, hang = hostile.picture("PNG"), hostile.pdf_of_nested_forms()
    content = hostile.archive(("a", film), *((f"hang {number}", hang) for number in range(4)), ("z", film))
    reading = read_under(Limits(seconds=0.3), written(tmp_path, content))
    assert [picture.place for picture in reading.radiographs] == ["a"]
    assert [fault.place for fault in reading.faults] == [*(f"hang {number}, page 1" for number in range(3)), ""]
    assert reading.sha256 == hashlib.sha256(content).hexdigest()  # which none of its children told


def test_a_file_may_not_take_longer_than_a_file_may(tmp_path: Path) -> None:
    hang = hostile.pdf_of_nested_forms()
    path = written(tmp_path, hostile.archive(("a", hang), ("b", hang)))
    began = time.monotonic()
    reading = read_under(Limits(seconds=60, file_seconds=0.5), path)
    assert time.monotonic() - began < 20
    assert [(fault.fault, fault.place) for fault in reading.faults] == [("timed_out", "a, page 1"), ("timed_out", "")]


@contextmanager
def reader_stopped(tmp_path: Path, limits: Limits) -> Iterator[tuple[Sandbox, int]]:
    """A sandbox whose reader gets nothing of the processor."""
    before = children()
    with Sandbox(limits=limits) as sandbox:
        sandbox.read(written(tmp_path, hostile.picture("PNG")))
        (reader,) = children() - before
        os.kill(reader, signal.SIGSTOP)
        yield sandbox, reader


def test_no_file_is_blamed_for_a_reader_that_has_to_wait_for_the_processor(tmp_path: Path) -> None:
    with reader_stopped(tmp_path, Limits(seconds=0.5, file_seconds=0.5)) as (sandbox, reader):
        going_on = threading.Timer(1.5, os.kill, (reader, signal.SIGCONT))
        going_on.start()
        reading = sandbox.read(written(tmp_path, hostile.picture("TIFF")))
        going_on.join()
    assert [picture.place for picture in reading.radiographs] == [""]
    assert not reading.faults


def test_a_reader_that_never_works_is_given_up(tmp_path: Path) -> None:
    with reader_stopped(tmp_path, Limits(clock_seconds=1)) as (sandbox, _):
        began = time.monotonic()
        reading = sandbox.read(written(tmp_path, hostile.picture("TIFF")))
    assert [fault.fault for fault in reading.faults] == ["timed_out"]
    assert time.monotonic() - began < 20


def test_a_part_that_was_read_is_not_blamed_or_doubled(tmp_path: Path) -> None:
    content = hostile.archive(
        ("scan.zip", hostile.archive(("a", hostile.picture("TIFF")), ("b", hostile.pdf_of_nested_forms()))),
        ("locked", hostile.noise(500, seed=1)),
        ("c", hostile.pdf_of_nested_forms()),
        ("d", hostile.dicom()),
    )
    reading = read_under(Limits(seconds=0.5), written(tmp_path, content))
    assert [picture.place for picture in reading.radiographs] == ["scan.zip/a", "d"]
    assert [(fault.fault, fault.place) for fault in reading.faults] == [
        ("timed_out", "scan.zip/b, page 1"),
        ("unknown_kind", "locked"),
        ("timed_out", "c, page 1"),
    ]


def test_a_sandbox_can_be_renewed_and_not_reopened(tmp_path: Path) -> None:
    path = written(tmp_path, hostile.picture("PNG"))
    sandbox = Sandbox()
    first = sandbox.read(path)
    sandbox.renew()
    assert sandbox.read(path) == first
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxBroken):
        sandbox.read(path)


def test_a_child_that_cannot_start_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with Sandbox(limits=Limits(memory_bytes=1)) as sandbox, pytest.raises(SandboxBroken):
        sandbox.read(written(tmp_path, hostile.picture("PNG")))


def test_reading_gives_way_to_who_waits_for_an_answer(tmp_path: Path) -> None:
    before = children()
    with Sandbox() as sandbox:
        sandbox.read(written(tmp_path, hostile.picture("PNG")))
        (reader,) = children() - before
        assert os.getpriority(os.PRIO_PROCESS, reader) > os.getpriority(os.PRIO_PROCESS, 0)


def children() -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            named, _, rest = path.read_text().rpartition(")")
            if int(rest.split()[1]) == os.getpid():
                found.add(int(named.partition(" ")[0]))
    return found


def test_closing_ends_a_read_that_is_under_way(tmp_path: Path) -> None:
    path = written(tmp_path, hostile.pdf_of_nested_forms())
    sandbox, ends = Sandbox(), list[BaseException]()

    def read() -> None:
        try:
            sandbox.read(path)
        except SandboxBroken as broken:
            ends.append(broken)

    sandbox.start()
    reading = threading.Thread(target=read)
    reading.start()
    time.sleep(1.5)
    sandbox.close()
    reading.join(timeout=10)
    assert not reading.is_alive()
    assert len(ends) == 1


def test_many_files_are_read_in_order_and_as_few_as_are_asked_for(tmp_path: Path) -> None:
    paths = [written(tmp_path, hostile.picture("PNG")[: 23036 - number], f"{number}") for number in range(12)]
    readings = list(read_many(paths, processes=2))
    assert [reading.size for reading in readings] == [path.stat().st_size for path in paths]
    some = read_many((path for path in [*paths, tmp_path / "never asked for"]), processes=1)
    assert next(some) == readings[0]
    some.close()


def test_a_child_speaks_of_a_place_before_it_reads_it(tmp_path: Path) -> None:
    child = ChildProcess(Limits())
    child.wait_until_ready()
    descriptor = open_file(written(tmp_path, hostile.archive(("a", hostile.picture("PNG")))))
    child.ask(Request(depth=Depth.PIXELS), descriptor)
    said = [child.answer(until=time.monotonic() + 30)]
    while not isinstance(said[-1], Done):
        said.append(child.answer(until=time.monotonic() + 30))
    assert [type(one) for one in said] == [Begun, Entered, Entered, Entered, Seen, Done]
    child.ask(Request(depth=Depth.PIXELS, skip=("a",)), descriptor)
    assert isinstance(child.answer(until=time.monotonic() + 30), Begun)
    os.close(descriptor)
    child.kill()
    with pytest.raises(ChildLost):
        deque(iter(lambda: child.answer(until=time.monotonic() + 30), None))
    child.discard()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b'{"message": "seen"}',
        b'{"message": "begun", "size": -1, "kind": "png"}',
        b'{"message": "done", "sha256": "../../etc"}',
        b'{"message": "failed", "fault": {"fault": 1}}',
        b'{"message": "seen", "radiograph": {"teeth": [{"value": {"written": "99", "readings": [%b]}}]}}' % NO_TOOTH,
    ],
)
def test_what_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises(DecodeError):
        ANSWERS.decode(line)


def test_an_answer_that_is_nested_without_end_is_refused() -> None:
    interval = b'{"earliest": null, "latest": null, "month_first": '
    value = interval * 50_000 + b"null" + b"}" * 50_000
    with pytest.raises(RecursionError):
        ANSWERS.decode(
            b'{"message": "seen", "radiograph": {"exposure": [{"source": "", "strength": 5, "value": %b}]}}' % value
        )


def test_a_confined_process_writes_nothing_and_opens_no_file_of_others(tmp_path: Path) -> None:
    secret = written(tmp_path, b"Quill^Marigold", "secret")
    target, library = tmp_path / "target", tmp_path / "elsewhere"
    library.mkdir()
    for module in ("__init__.py", "later.py"):  # a library that lies where Python's own modules do not
        written(library, b"", module)
    arguments = [sys.executable, "-I", "-c", CONFINED, str(ROOT), str(target), str(secret), str(tmp_path)]
    said = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)  # noqa: S603 - our own program
    assert not said["wrote"]
    assert not target.exists() or not target.read_bytes()
    assert said["read"] is not said["closed"]
