"""A process that keeps what it freed, as the kernel counts the pages that it had to give it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import resource, sys
from apexproof import heap
if sys.argv[1:]:
    heap.keep(freed=32 * 1024**2, pieces=4 * 1024**2)
def take_and_free():
    pieces = [b"x" * 1024**2 for _ in range(8)]
take_and_free()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    take_and_free()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_given(*words: str) -> int:
    command = [sys.executable, "-c", PROGRAM, *words]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603 - our own program


def test_what_was_freed_is_taken_again_without_the_kernel() -> None:
    assert pages_given("keep") < pages_given() / 10
