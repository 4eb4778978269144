"""DCMTK: its storescu sends a file as a device does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_LACKING = "storescu is missing; install it with: apt-get install dcmtk"


def send_by_dcmtk(file: Path, *options: str, port: int) -> None:
    """Send a file from XRAY1 to APEXPROOF; without the program the test is left out, but not in CI."""
    program = shutil.which("storescu")
    if program is None and "CI" not in os.environ:
        pytest.skip(_LACKING)
    assert program, _LACKING
    command = [program, *options, "-aet", "XRAY1", "-aec", "APEXPROOF", "127.0.0.1", str(port), str(file)]
    sent = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - the program that is tested against
    assert sent.returncode == 0, sent.stderr
