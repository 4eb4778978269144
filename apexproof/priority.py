"""Priority: a process lets others go first where they want the processor, too."""

from __future__ import annotations

import os
import time
from pathlib import Path

_OF_SESSION = Path("/proc/self/autogroup")
_TRIES, _PAUSE = 20, 0.1  # the kernel takes one such change in a tenth of a second, of all that are not root together


def give_way(steps: int) -> None:
    """Be nicer by that many steps, and so be the whole session, where the process leads it.

    Linux gives each session its share first, and only within it looks at how nice a process is (sched(7), "The
    autogroup feature"): alone, that would mean nothing to the processes of other sessions.
    """
    niceness = os.nice(steps)
    if os.getsid(0) != os.getpid():
        return
    for _ in range(_TRIES):
        try:
            _OF_SESSION.write_text(str(niceness), encoding="ascii")
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError:  # another system, or a kernel without
            return
        else:
            return
