"""Forked: a part of the embedded service as a fork of the program that has imported already what the part runs.

Imports take seconds and are the same for every part: they are done once, and a part that was killed is back at once. It
is forked from a program with one thread and without connections, keeps no descriptor of it but the standard ones, and
is told by its standard input when the program is gone.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

HANDED_DOWN = 3
"""The descriptor under which a part finds the socket that it was given: behind standard input, output and error."""
_DESCRIPTORS_MOST = 65536
_CRASHED = 1
_STEP = 0.01


class Forked:
    """A running part; its interface is the one of `subprocess.Popen`, as far as it is needed."""

    def __init__(
        self,
        name: str,
        module: str,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        given: socket.socket | None = None,
    ) -> None:
        """Run `main()` of the module's `__main__` with these words, under a name for `ps` and `top`.

        A socket that is `given` is found at `HANDED_DOWN`.
        """
        theirs, self._ours = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            _be_called(name)
            _become(module, words, environment, theirs, given)
        os.close(theirs)
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        if self._status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self._status = os.waitstatus_to_exitcode(status)
                os.close(self._ours)
        return self._status

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False when it takes longer than that."""
        until = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > until:
                return False
            time.sleep(_STEP)
        return True

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def import_parts(modules: Sequence[str]) -> None:
    """Import what the parts run, before they are forked.

    All of it stays: the garbage collector goes through none of it, while it comes (a fifth of the time) or later, which
    would also copy each page that the parts share.
    """
    gc.disable()
    for module in modules:
        importlib.import_module(f"{module}.__main__")
    gc.freeze()
    gc.enable()


def _become(
    module: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    standard_input: int,
    given: socket.socket | None,
) -> NoReturn:
    """Be the part, in a process group of its own: Ctrl-C is for the program, which then ends its parts in order."""
    status: object = _CRASHED
    try:
        os.setpgrp()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(standard_input, 0)
        if given is not None:
            os.dup2(given.fileno(), HANDED_DOWN)
        others = HANDED_DOWN + (given is not None)
        os.closerange(others, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], _DESCRIPTORS_MOST))
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = [module, *words]
        status = importlib.import_module(f"{module}.__main__").main()
    except SystemExit as ending:
        status = ending.code
    except BaseException as error:  # noqa: BLE001 - nothing may unwind into the program's own frames
        sys.excepthook(type(error), error, error.__traceback__)  # what the logs make of it: no word of its message
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status if isinstance(status, int) else _CRASHED if status else 0)


def _be_called(name: str) -> None:
    with suppress(OSError):  # not Linux
        Path("/proc/self/comm").write_text(f"apx-{name}", encoding="ascii")
