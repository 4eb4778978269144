"""Sandbox: a child process in which strangers' files are read, so that none can take the program with it.

What it gives: a file that crashes a decoder, hangs it or eats its memory costs that one picture. The child has a
bounded address space, writes no file, and gets the file as an open descriptor; where the kernel has Landlock it can
open nothing else (see `confinement`). What it finds comes back as checked JSON; what it prints goes nowhere.

What it does not give: a child serves many files, so a file that takes it over without crashing it could lie about the
files that come after it. Whoever reads for several senders uses a sandbox for each, or calls `renew` between them. And
without Landlock the child can read what its user can read.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from apexproof.errors import ReadingFailed
from apexproof.radiograph import FileReading, Radiograph, ReadingFault
from apexproof.reading.child_process import ChildLost, ChildProcess, SandboxBroken
from apexproof.reading.drawing import SIDE_MOST, Drawing, Wanted
from apexproof.reading.kind import Kind
from apexproof.reading.messages import Begun, Done, Drawn, Entered, Failed, Request, Seen
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import open_file, unread

_BREAKDOWNS_MOST = 3  # of the child over one file; then the rest of it is left unread
_LOOK_AHEAD = 2  # files per process that are asked for before their turn


@dataclass(slots=True, kw_only=True)
class _Record:
    """What has been read of one file so far, over all children that it took."""

    sha256: str = ""
    begun: bool = False
    """Whether a child could read its bytes."""
    size: int
    kind: Kind = Kind.UNKNOWN
    radiographs: list[Radiograph] = field(default_factory=list)
    faults: list[ReadingFault] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    """The places that the present child has begun, in order."""
    past: dict[str, None] = field(default_factory=dict)
    """The places that no further child is to begin: they were read, or they brought a child down."""

    def leave_behind(self) -> str:
        """Close the account of a lost child, and return the place that it was lost at."""
        containers, above = set(), list[str]()
        for place in self.entered:
            while above and not _lies_in(place, above[-1]):
                above.pop()
            containers.update(above[-1:])
            above.append(place)
        self.past |= dict.fromkeys(place for place in self.entered if place not in containers)
        lost_at = self.entered[-1] if self.entered else ""
        self.entered = []
        return lost_at

    def has_read(self, place: str) -> bool:
        """Whether the picture at a place has come."""
        return any(radiograph.place == place for radiograph in self.radiographs)

    def add(self, found: Radiograph | ReadingFault) -> None:
        """Take in what was found; a second child finds some things again."""
        if isinstance(found, Radiograph):
            if found not in self.radiographs:
                self.radiographs.append(found)
        elif found not in self.faults:
            self.faults.append(found)

    def reading(self) -> FileReading:
        """All of it."""
        return FileReading(
            sha256=self.sha256,
            size=self.size,
            kind=self.kind,
            radiographs=tuple(self.radiographs),
            faults=tuple(self.faults),
        )


def _lies_in(place: str, container: str) -> bool:
    return place != container and (not container or place.startswith((f"{container}/", f"{container}, ")))


class Sandbox:
    """A child process that is kept warm between files. One thread at a time reads through it."""

    def __init__(self, *, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: ChildProcess | None = None
        self._closed = False
        self._busy = threading.RLock()

    def start(self) -> None:
        """Let the child begin its imports; the first `read` waits for what is left of them.

        Raises:
            SandboxBroken: it is closed.
        """
        with self._busy:
            self._running()

    def renew(self) -> None:
        """End the child; the next file gets a new one."""
        with self._busy:
            if self._child is not None:
                self._child.discard()
                self._child = None

    def close(self) -> None:
        """End the child for good. A read that is under way in another thread ends with SandboxBroken."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        self.renew()

    def _running(self) -> ChildProcess:
        if self._child is None and not self._closed:
            self._child = ChildProcess(self.limits)
        if self._child is None or self._closed:
            raise SandboxBroken("its sandbox was closed")
        return self._child

    def __enter__(self) -> Self:
        """Start the child."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def read(self, path: Path, *, depth: Depth = Depth.PIXELS) -> FileReading:
        """Read a file. Whatever is in it, the answer comes within the limits and says what could not be read.

        Raises:
            SandboxBroken: no child can be started on this machine, whatever the file.
        """
        try:
            descriptor = open_file(path)
        except ReadingFailed as error:
            return unread(error)
        try:
            record = _Record(size=os.fstat(descriptor).st_size)
            with self._busy:
                self._read_through_breakdowns(descriptor, depth, record)
            if record.begun and not record.sha256:
                record.sha256 = _hash_of(descriptor)
        finally:
            os.close(descriptor)
        return record.reading()

    def preview(self, path: Path, *, place: str = "", side: int = 1024, covered: bool) -> bytes:
        """A PNG of the picture at a place of a file, in grey, its longest side at most `side` (and `SIDE_MOST`).

        `covered` hides every word in the picture, for who may not see whose it is. The same file gives the same bytes.

        Raises:
            ReadingFailed: there is no such picture, it cannot be read, or its words cannot be covered.
            SandboxBroken: no child can be started on this machine, whatever the file.
        """
        named = place.encode("utf-8", "replace").decode("utf-8")
        wanted = Wanted(place=named, side=max(1, min(side, SIDE_MOST)), covered=covered)
        descriptor = open_file(path)
        try:
            with self._busy:
                return self._drawing(descriptor, wanted).png()
        except ChildLost as loss:
            with self._busy:
                self.renew()
            raise ReadingFailed(loss.reason, loss.fault(place).message) from None
        finally:
            os.close(descriptor)

    def _drawing(self, descriptor: int, wanted: Wanted) -> Drawing:
        child = self._running()
        child.wait_until_ready()
        child.ask(Request(depth=Depth.PIXELS, wanted=wanted), descriptor)
        until, working = time.monotonic() + self.limits.clock_seconds, child.worked() + self.limits.seconds
        drawing, fault = None, None
        while not isinstance(answer := child.answer(until=until, working=working), Done):
            match answer:
                case Drawn(width=width, height=height, samples=samples):
                    try:
                        drawing = Drawing(width=width, height=height, samples=base64.b64decode(samples, validate=True))
                    except ValueError:
                        raise ChildLost("crashed") from None
                case Failed(fault=found):
                    fault = found
                case Begun() | Entered():
                    pass
                case _:
                    raise ChildLost("crashed")
        if drawing is not None:
            return drawing
        if fault is None:
            raise ChildLost("crashed")
        raise ReadingFailed(fault.fault, fault.message)

    def _read_through_breakdowns(self, descriptor: int, depth: Depth, record: _Record) -> None:
        left, until = self.limits.file_seconds, time.monotonic() + self.limits.clock_seconds
        for _ in range(_BREAKDOWNS_MOST):
            child = self._running()
            child.wait_until_ready()  # a slow start is not the file's fault
            before = child.worked()
            try:
                self._read_with(child, descriptor, depth, record, until=until, working=before + left)
            except ChildLost as loss:
                self.renew()
                self._running()
                place = record.leave_behind()
                if not record.has_read(place):
                    record.add(loss.fault(place))
                if not place:
                    return
                left -= child.worked() - before
                if left <= 0 or time.monotonic() > until:
                    record.add(_rest_left("timed_out", "took longer than a file may"))
                    return
            else:
                if any(fault.fault == "out_of_memory" for fault in record.faults):
                    self.renew()  # what the part left behind in the child's memory would be missing to others
                return
        record.add(_rest_left("crashed", "broke its reader again and again"))

    def _read_with(
        self, child: ChildProcess, descriptor: int, depth: Depth, record: _Record, *, until: float, working: float
    ) -> None:
        child.ask(Request(depth=depth, skip=tuple(record.past)), descriptor)
        of_part = child.worked() + self.limits.seconds
        while True:
            match child.answer(until=until, working=min(working, of_part)):
                case Entered(place=place):
                    record.entered.append(place)
                    of_part = child.worked() + self.limits.seconds
                case Seen(radiograph=found) | Failed(fault=found):
                    record.add(found)
                case Begun() as begun:
                    record.begun, record.size, record.kind = True, begun.size, begun.kind
                case Done(sha256=sha256):
                    record.sha256 = sha256
                    return
                case _:
                    raise ChildLost("crashed")


def _hash_of(descriptor: int) -> str:
    """The hash of a file whose children were lost before they told it."""
    with open(descriptor, "rb", closefd=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_many(
    paths: Iterable[Path], *, processes: int, depth: Depth = Depth.PIXELS, limits: Limits | None = None
) -> Generator[FileReading, None, None]:
    """Read many files in several children at once; the readings come in the order of the paths."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=processes))
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        idle: SimpleQueue[Sandbox] = SimpleQueue()
        for _ in range(processes):
            idle.put(stack.enter_context(Sandbox(limits=limits)))

        def read(path: Path) -> FileReading:
            sandbox = idle.get()
            try:
                return sandbox.read(path, depth=depth)
            finally:
                idle.put(sandbox)

        ahead: deque[Future[FileReading]] = deque()
        for path in paths:
            ahead.append(pool.submit(read, path))
            if len(ahead) > processes * _LOOK_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _rest_left(fault: str, why: str) -> ReadingFault:
    return ReadingFault(
        fault=fault, message=f"This file {why}, so the rest of it was left unread; attach the image on its own."
    )
