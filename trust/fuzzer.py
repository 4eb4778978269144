"""Fuzzer: one target in a process of its own, fed by atheris (libFuzzer) with what reaches code that was not reached.

    python -m trust.fuzzer TARGET FOLDER [options of libFuzzer, or one file to take again]

FOLDER gets the bytes that are tried now (`current`), and the seconds of the slowest (`slowest`). A finding ends the
process. Native decoders are run and not instrumented: their crashes are found, and what leads there is guided by the
Python around them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris

_INSTRUMENTED = [
    "apexproof.reading",
    "apexproof.formats",
    "api.dicomweb.parts",
    "api.uploads",
    "pydicom",
    "PIL",
    "python_multipart",
    "email",
]


def main() -> None:
    """Fuzz until the time is up or something is wrong."""
    _, name, place, *options = sys.argv
    folder = Path(place)
    with atheris.instrument_imports(include=_INSTRUMENTED):
        from trust.targets import TARGETS  # noqa: PLC0415 - instrumented while it is imported

    take, slowest, current = TARGETS[name].take, 0.0, folder / "current"
    for seed in TARGETS[name].seeds():
        take(seed)  # what is imported and loaded once is nobody's slowness

    def timed(content: bytes) -> None:
        nonlocal slowest
        current.write_bytes(content)
        began = time.process_time()
        take(content)
        if (seconds := time.process_time() - began) > slowest:
            slowest = seconds
            (folder / "slowest").write_text(f"{seconds:.3f}")

    atheris.Setup([sys.argv[0], *options], timed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
