"""The lock of a folder: one program has it, and what a killed one left of it is waited for."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

from apexproof.lock import held


def test_one_has_it_until_it_is_closed(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as first, (tmp_path / "lock").open("w") as second:
        assert held(first)
        assert not held(second)
        first.close()
        assert held(second)


def test_one_that_a_killed_program_left_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as left, (tmp_path / "lock").open("w") as file:
        fcntl.flock(left, fcntl.LOCK_EX)
        threading.Timer(0.3, fcntl.flock, (left, fcntl.LOCK_UN)).start()
        assert held(file)
