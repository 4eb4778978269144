"""Parent: how a part of the embedded service notices that whoever started it is gone, even by kill -9."""

from __future__ import annotations

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Ask this process to end (SIGTERM) when its standard input does: it is a pipe that the parent holds open."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="end with parent", daemon=True).start()
