"""Schedule: rings for the sweep every so many seconds, which does whatever has its hour.

Celery's beat would do the same by the time of day, and stands still for hours when a clock is set back.
"""

from __future__ import annotations

import signal
import threading

from apexproof.doorbell import Doorbell


def ring_on(doorbell: Doorbell, *, every: float) -> None:
    """Ring until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    while not stop.wait(every):  # seconds that pass, whatever the clock says
        doorbell.ring_for_sweep(within=every)
