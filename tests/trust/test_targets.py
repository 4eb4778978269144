"""Every target of the fuzzer comes back from what it begins with, from pieces of it, and from all that was found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from trust.targets import TARGETS

FOUND = Path(__file__).parents[2] / "fixtures" / "found"
PIECES = 3


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_target_comes_back_from_its_seeds_from_pieces_of_them_and_from_what_was_found(name: str) -> None:
    chance, target = random.Random(name), TARGETS[name]  # noqa: S311 - a choice, no secret
    seeds = target.seeds()
    assert seeds
    for seed in (*seeds, *(path.read_bytes() for path in FOUND.glob(f"{name}/*"))):
        target.take(seed)
        for _ in range(PIECES):
            damaged = bytearray(seed[: chance.randrange(len(seed) + 1)])
            if damaged:
                damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            target.take(bytes(damaged))
