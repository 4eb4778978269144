"""`apexproof serve` at a terminal: Ctrl-C is the command's alone, and no part is stopped for what it writes there."""

from __future__ import annotations

import json
import os
import pty
import re
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixtures.case import CASES
from tests.logged import keep
from tests.service.caller import Caller
from tests.service.processes import alive, kill, tree_of
from tests.service.served import free_port, until

APEXPROOF = str(Path(sys.executable).with_name("apexproof"))
CTRL_C = b"\x03"
CASE = CASES / "verified-coded-dicom"
PARTS = ("api", "worker", "schedule")


class AtTerminal:
    """A service that a person began at a terminal which stops whoever writes from the background (`stty tostop`)."""

    def __init__(self, data_dir: Path) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            modes = termios.tcgetattr(0)
            modes[3] |= termios.TOSTOP
            termios.tcsetattr(0, termios.TCSANOW, modes)
            os.execv(APEXPROOF, [APEXPROOF, "serve", "--port", str(port), "--data-dir", str(data_dir)])  # noqa: S606 - our own program
        self.said = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def type(self, keys: bytes) -> None:
        """Press these keys."""
        os.write(self._terminal, keys)

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        return os.waitstatus_to_exitcode(until(lambda: _if_any(os.waitpid(self.pid, os.WNOHANG)), "it does not end")[1])

    def _listen(self) -> None:
        while True:
            try:
                said = os.read(self._terminal, 4096)
            except OSError:  # nobody holds its other end any more
                return
            self.said += said.decode()


@contextmanager
def at_terminal(data_dir: Path) -> Iterator[AtTerminal]:
    service = AtTerminal(data_dir)
    try:
        yield service
    finally:
        kill(*tree_of(service.pid))
        keep([line for line in service.said.splitlines() if line.startswith("[")])


def _if_any(ended: tuple[int, int]) -> tuple[int, int] | None:
    return ended if ended[0] else None


def test_parts_write_to_a_terminal_that_stops_others_and_end_with_ctrl_c(tmp_path: Path) -> None:
    with at_terminal(tmp_path / "d") as service:
        key = until(lambda: re.search(r"apx_\S+", service.said), "it says no key")[0]
        until(lambda: "apexproof listens" in service.said, "it does not listen")
        caller = Caller(address=service.address, key=key)
        caller.send_claim(json.loads((CASE / "claim.json").read_bytes()) | {"claim_number": "SYN-TERMINAL"})
        assert caller.checked("SYN-TERMINAL")["outcome"] == "missing_evidence"
        until(lambda: all(f"{part}\x1b" in service.said for part in PARTS), "a part writes nothing")
        parts = tree_of(service.pid)
        assert {os.getsid(part) for part in parts} == {service.pid}  # Linux shares the processor by session
        foreground = [part for part in parts if os.getpgid(part) == service.pid]
        assert foreground == [service.pid]
        service.type(CTRL_C)
        assert service.wait() == 0
        assert alive(parts) == []
