"""Clock: the time of day as the service's processes see it, set ahead or back while they run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")
_OCTETS = 8


class Clock:
    """The clock of the service's processes, set ahead or back while they run.

    Whatever asks for the time of day gets ours (`clock.c`, preloaded), in whichever library; what counts how much time
    passes is left alone, as it is when an administrator or NTP sets a real clock. libfaketime does more: it takes over
    sleeping and waiting, and under it Python's threads wait for ever.
    """

    def __init__(self, folder: Path) -> None:
        library, self._set = folder / "clock.so", folder / "clock"
        compiler = shutil.which("cc")
        if compiler is None or not _compiled(compiler, library):
            raise FileNotFoundError("There is no C compiler here, so no clock is set.")
        self._set.write_bytes(bytes(_OCTETS))
        self.environment = {"LD_PRELOAD": str(library), "APEXPROOF_CLOCK": str(self._set)}

    def set_to(self, seconds: int) -> None:
        """Let it be so far ahead of the machine's, or behind."""
        with self._set.open("r+b", buffering=0) as file:
            file.write(seconds.to_bytes(_OCTETS, sys.byteorder, signed=True))


def _compiled(compiler: str, library: Path) -> bool:
    asked = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE)]
    return not subprocess.run(asked, check=False, stderr=subprocess.DEVNULL).returncode  # noqa: S603 - our own program
