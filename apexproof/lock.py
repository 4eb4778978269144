"""Lock: a file that one program at a time holds, so that no second one works in the same folder.

The kernel lets go of it with the last process that has the file open. A program that was killed while it started a
child leaves it to that child for a moment, so it is waited for.
"""

from __future__ import annotations

import fcntl
import time
from typing import IO

_LEFT_SECONDS, _STEP = 1.0, 0.02


def held(file: IO[str]) -> bool:
    """Hold the lock of an open file until it is closed; False when another program holds it and goes on doing so.

    Raises:
        OSError: this file system knows no locks.
    """
    until = time.monotonic() + _LEFT_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_STEP)
        else:
            return True
