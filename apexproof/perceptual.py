"""The distance between two perceptual hashes, whichever way round the films were.

A perceptual hash (written by reading/fingerprint.py) is 64 hex digits, 256 bits, most significant first: bit 16u + v is
the sign of coefficient (u, v), u vertical and v horizontal, of the discrete cosine transform (DCT-II) of a square
thumbnail. Bit 0, the mean brightness, is always 0.

The transform makes the eight ways to lay a film down exact on the bits. The cosine of frequency v is even about the
middle of the picture when v is even and odd when v is odd. So mirroring left to right changes the sign of every
coefficient with odd v and of no other, mirroring top to bottom does the same for odd u, and exchanging rows and columns
exchanges u and v. Quarter turns are an exchange with one mirroring. Showing the negative changes every sign. Therefore
the distance needs one exchange of a 16 x 16 matrix of bits and exclusive-ors with constants, on integers of 256 bits.
"""

from __future__ import annotations

import re
from functools import lru_cache

SIDE = 16
"""Frequencies in either direction."""
BITS = SIDE * SIDE
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def bit_of(u: int, v: int) -> int:
    """The integer in which only the bit of coefficient (u, v) is set."""
    return 1 << (BITS - 1 - (SIDE * u + v))


def _bits_where_odd(*, u: bool = False, v: bool = False) -> int:
    """The bits whose sign changes when the picture is mirrored along the named directions."""
    return sum(bit_of(row, column) for row in range(SIDE) for column in range(SIDE) if (row * u + column * v) % 2 == 1)


_MIRRORINGS = (0, _bits_where_odd(v=True), _bits_where_odd(u=True), _bits_where_odd(u=True, v=True))
# Every bit but that of the mean, which has no sign to change.
_NEGATIVE = (1 << BITS) - 1 - bit_of(0, 0)


def _exchange_steps() -> tuple[tuple[int, int], ...]:
    """The exchange of rows and columns as four rounds: swap the off-diagonal blocks of side 8, then 4, 2 and 1.

    Each round is (mask of the upper right blocks, distance in bits to the lower left ones), after H. S. Warren,
    Hacker's Delight, 2nd edition, section 7-3.
    """
    steps = []
    for block in (8, 4, 2, 1):
        upper_right = sum(bit_of(u, v) for u in range(SIDE) for v in range(SIDE) if not u & block and v & block)
        steps.append((upper_right, block * SIDE - block))
    return tuple(steps)


_EXCHANGE = _exchange_steps()


def perceptual_distance(one: str, other: str) -> int:
    """How many of the 255 signs differ, at the best of the eight ways to lay the other film down and their negatives.

    0 is the same picture. Unrelated films lie around 100, because the least of sixteen distances is taken.

    Raises:
        ValueError: a hash is not 64 hex digits.
    """
    differing = _parse(one)
    upright = _parse(other)
    least = BITS
    for film in (upright, _exchanged(upright)):
        difference = differing ^ film
        for mirroring in _MIRRORINGS:
            distance = (difference ^ mirroring).bit_count()
            least = min(least, distance, BITS - 1 - distance)
    return least


def _exchanged(bits: int) -> int:
    """The bits with rows and columns exchanged."""
    for upper_right, distance in _EXCHANGE:
        moving = (bits ^ (bits << distance)) & upper_right
        bits ^= moving | (moving >> distance)
    return bits


@lru_cache(maxsize=4096)
def _parse(text: str) -> int:
    if not _HEX.fullmatch(text):
        raise ValueError(f"a perceptual hash is {BITS // 4} hex digits, not {text[:80]!r}")
    return int(text, 16) & _NEGATIVE
