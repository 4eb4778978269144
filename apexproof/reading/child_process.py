"""ChildProcess: one child of a sandbox as seen from outside: asked, listened to with a deadline, and killed."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from apexproof.errors import ApexproofError
from apexproof.radiograph import ReadingFault
from apexproof.reading.attempt import out_of_memory
from apexproof.reading.messages import ANSWERS, Answer, Broken, Ready, Request, line
from apexproof.reading.part import Limits

# Isolated from the environment and from user folders (-I), it finds this very apexproof, installed or not.
_PROGRAM = """
import sys
if sys.argv[1] not in sys.path:
    sys.path.insert(0, sys.argv[1])
from apexproof.reading.child import main
main()
"""
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENCV_LOG_LEVEL": "SILENT",
    "MALLOC_ARENA_MAX": "1",  # its two threads take turns: memory that one gives back is there for the other
    # glibc keeps the memory of one picture for the next: getting it anew from the kernel costs a third of the time.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024**2),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 1024**2),
}
_TO_FIND_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_SECONDS = 120.0  # a cold disk and modules still to be compiled; a warm start takes half a second
_ENDING_SECONDS = 5.0  # from hanging up to having ended
_STEP = 65536
_LINE_MOST = 4 * 1024**2  # a drawing of the largest size takes 2.2 MB in base 64
_FILE_MOST = 32 * 1024**2
_TICKS = os.sysconf("SC_CLK_TCK")
_IS_COUNTED = Path("/proc/self/stat").exists()
_SOON = 0.01  # seconds; it is not looked at more often


class SandboxBroken(ApexproofError):
    """Files cannot be read on this machine at all, because the process that reads them does not start."""

    def __init__(self, reason: str) -> None:
        """Take the reason, as the process gave it."""
        super().__init__(f"The process that reads files cannot be started: {reason}")


class ChildLost(ApexproofError):
    """The child died, hung or spoke nonsense in the middle of a file; `reason` is the word for the fault."""

    def __init__(self, reason: str) -> None:
        """Take `crashed`, `timed_out` or `out_of_memory`."""
        self.reason = reason
        super().__init__(reason)

    def fault(self, place: str) -> ReadingFault:
        """The fault at the place where the child was lost."""
        if self.reason == "out_of_memory":
            return out_of_memory(place)
        if self.reason == "timed_out":
            message = "Reading this took longer than any image does and was broken off; export the image again."
        else:
            message = "This broke the program that decodes it, so it is damaged or hostile; export the image again."
        return ReadingFault(fault=self.reason, message=message, place=place)


class ChildProcess:
    """A running child. It imports what it needs while the caller goes on."""

    def __init__(self, limits: Limits) -> None:
        self._channel, theirs = socket.socketpair()
        root = Path(__file__).resolve().parents[2]
        inherited = {name: os.environ[name] for name in _TO_FIND_LIBRARIES if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, without a shell
                [sys.executable, "-I", "-c", _PROGRAM, str(root)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT | inherited,
                cwd="/",
                process_group=0,  # Ctrl-C is for the caller, who then ends the child
            )
        self._heard = bytearray()
        self._heard_of_file = 0
        self._worked = 0.0
        self._ready = False
        self._channel.sendall(line(limits))

    def wait_until_ready(self) -> None:
        """Wait for the rest of its imports.

        Raises:
            SandboxBroken: it never came up.
        """
        if self._ready:
            return
        try:
            first = self.answer(until=time.monotonic() + _START_SECONDS)
        except ChildLost as loss:
            raise SandboxBroken(f"it {loss.reason.replace('_', ' ')} while it started") from None
        if isinstance(first, Broken):
            raise SandboxBroken(first.reason)
        self._ready = isinstance(first, Ready)
        if not self._ready:
            raise SandboxBroken("it does not answer as it should")

    def ask(self, request: Request, descriptor: int) -> None:
        """Hand it a file, once it is ready.

        Raises:
            ChildLost: it is gone.
        """
        self._heard_of_file = 0
        asked = line(request)
        self._channel.settimeout(None)
        try:
            sent = socket.send_fds(self._channel, [asked], [descriptor])
            self._channel.sendall(asked[sent:])
        except OSError:
            raise self._lost() from None

    def worked(self) -> float:
        """How many seconds of the processor it has used, as Linux counts them (proc(5)); elsewhere the clock.

        Once it is gone, it is what was last seen of it.
        """
        if not _IS_COUNTED:
            return time.monotonic()
        with suppress(OSError):
            said = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii", errors="replace")
            user, system = said.rpartition(")")[2].split()[11:13]
            self._worked = (int(user) + int(system)) / _TICKS
        return self._worked

    def answer(self, *, until: float, working: float = math.inf) -> Answer:
        """The next thing it says, before that moment of the monotonic clock and before it has `worked` for so long.

        Raises:
            ChildLost: it says nothing in time, something that is no answer, or nothing ever again.
        """
        while (end := self._heard.find(b"\n")) < 0:
            if len(self._heard) > _LINE_MOST or self._heard_of_file > _FILE_MOST:
                raise ChildLost("crashed")
            self._hear(until, working)
        said = bytes(self._heard[:end])
        del self._heard[: end + 1]
        try:
            return ANSWERS.decode(said)
        except (ValueError, RecursionError):
            raise ChildLost("crashed") from None

    def kill(self) -> None:
        """End it at once, whatever it is doing; any thread may."""
        self._process.kill()

    def discard(self) -> None:
        """End it, and let go of everything that it took."""
        self.kill()
        self._process.wait()
        self._channel.close()

    def _hear(self, until: float, working: float) -> None:
        step = None
        while step is None:
            left = min(until - time.monotonic(), working - self.worked())
            if left <= 0:
                raise ChildLost("timed_out")
            self._channel.settimeout(max(left, _SOON))
            try:
                step = self._channel.recv(_STEP)
            except TimeoutError:  # perhaps it waits for the processor, for which no file is to blame
                continue
            except OSError:
                raise self._lost() from None
        if not step:
            raise self._lost()
        self._heard += step
        self._heard_of_file += len(step)

    def _lost(self) -> ChildLost:
        """What ended it, by the signal: the kernel kills for want of memory, its own alarm for want of time."""
        self.worked()  # which nobody can ask any more once it was waited for
        try:
            ending = self._process.wait(timeout=_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildLost("crashed")
        reasons: dict[int, str] = {-signal.SIGALRM: "timed_out", -signal.SIGKILL: "out_of_memory"}
        return ChildLost(reasons.get(ending, "crashed"))
