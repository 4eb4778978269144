"""Schedule: rings for the sweep every so many seconds, which does whatever has its hour.

Celery's beat would do the same by the time of day, and stands still for hours when a clock is set back.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from apexproof.doorbell import Doorbell


def ring_on(doorbell: Doorbell, *, every: float, pulse: Path) -> None:
    """Ring until told to stop, and touch a file with every ring: who looks after the process looks at that."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    pulse.parent.mkdir(parents=True, exist_ok=True)
    pulse.touch()
    while not stop.wait(every):  # seconds that pass, whatever the clock says
        doorbell.ring_for_sweep(within=every)
        pulse.touch()
