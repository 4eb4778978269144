"""`python -m benchmarks.interchange [BYTES]`: how fast an 837D of any size is cut into segments and read into claims.

The floor splits the same bytes at the delimiters, in memory and without a look at what stands there.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from apexproof.formats.x12.read_837d import ReadClaim, read_claims
from apexproof.formats.x12.segments import read_segments
from tests.formats.x12.interchanges import Repeated, interchange, one_claim

_BYTES = 1_000_000_000
_READ = 20  # times fewer bytes are read into claims, which takes longer
_LOOKED_EVERY = 100_000  # segments, at the memory
_AT_ONCE = 50  # transaction sets that come in one piece
_ORIGIN = "benchmark"
_WHOLE = interchange(one_claim())
_BEGINNING, _END = (_WHOLE.index(name) for name in (b"ST*", b"GE*"))
_BODY = _WHOLE[_BEGINNING:_END] * _AT_ONCE


def main(size: int = _BYTES) -> None:
    """Cut, read, and print."""
    segments = _BODY.count(b"~") * (size // len(_BODY))
    before = peak = _memory()
    began = time.perf_counter()
    for number, _ in enumerate(read_segments(_stream(size), origin=_ORIGIN)):
        if number % _LOOKED_EVERY == 0:
            peak = max(peak, _memory())
    cut = time.perf_counter() - began
    floor = _seconds(lambda: sum(1 for _ in _split(size)))
    print(
        f"\n837D of {size / 1e6:,.0f} MB: {segments / cut:,.0f} segments/s cut (limit 500,000 or more), "
        f"straight-line {segments / floor:,.0f}, ratio {cut / floor:.2f}; memory grew by {peak - before:.0f} MiB"
    )
    claims = _stream(size // _READ)
    read = _seconds(lambda: sum(isinstance(found, ReadClaim) for found in read_claims(claims, origin=_ORIGIN)))
    print(f"  {segments // _READ / read:,.0f} segments/s read into claims")


def _stream(size: int) -> Repeated:
    return Repeated(_WHOLE[:_BEGINNING], _BODY, times=size // len(_BODY))


def _split(size: int) -> Iterator[list[bytes]]:
    for _ in range(size // len(_BODY)):
        for segment in _BODY.split(b"~\n"):
            yield segment.split(b"*")


def _memory() -> float:
    """What of this process is in memory, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*(int(said) for said in sys.argv[1:2]))
