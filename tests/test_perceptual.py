"""Facts about the distance between two perceptual hashes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.perceptual import SIDE, perceptual_distance

Signs = tuple[tuple[bool, ...], ...]
"""Rows by columns of a hash, as a person would write them down."""

hashes = st.integers(0, 2**255 - 1).map(lambda bits: f"{bits:064x}")


def signs_of(text: str) -> Signs:
    bits = f"{int(text, 16):0256b}"
    return tuple(tuple(bit == "1" for bit in bits[SIDE * u : SIDE * (u + 1)]) for u in range(SIDE))


def written(signs: Signs) -> str:
    bits = "".join(str(int(sign)) for row in signs for sign in row)
    return f"{int('0' + bits[1:], 2):064x}"


def mirrored(signs: Signs) -> Signs:
    return tuple(tuple(sign ^ (v % 2 == 1) for v, sign in enumerate(row)) for row in signs)


def exchanged(signs: Signs) -> Signs:
    return tuple(zip(*signs, strict=True))


def negative(signs: Signs) -> Signs:
    return tuple(tuple(not sign for sign in row) for row in signs)


def eight_ways(signs: Signs) -> list[Signs]:
    """Mirroring and exchanging in turn comes back after eight steps: they generate every way to lay a film down."""
    ways = [signs]
    for step in range(7):
        ways.append(exchanged(ways[-1]) if step % 2 else mirrored(ways[-1]))
    return ways


def slow_distance(one: str, other: str) -> int:
    ours = int(written(signs_of(one)), 16)
    theirs = [laid for way in eight_ways(signs_of(other)) for laid in (way, negative(way))]
    return min((ours ^ int(written(laid), 16)).bit_count() for laid in theirs)


@settings(max_examples=60, deadline=None)
@given(one=hashes, other=hashes)
def test_distance_is_the_least_over_eight_ways_and_their_negatives(one: str, other: str) -> None:
    assert perceptual_distance(one, other) == slow_distance(one, other)


@settings(max_examples=40, deadline=None)
@given(text=hashes)
def test_every_way_to_lay_a_film_down_has_distance_0(text: str) -> None:
    ways = eight_ways(signs_of(text))
    assert exchanged(ways[-1]) == ways[0]
    assert {perceptual_distance(text, written(way)) for way in ways} == {0}
    assert {perceptual_distance(text, written(negative(way))) for way in ways} == {0}


@settings(max_examples=60)
@given(one=hashes, other=hashes)
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert perceptual_distance(one, other) == perceptual_distance(other, one)


@settings(max_examples=40)
@given(text=hashes, changed=st.sets(st.integers(0, 254), max_size=20))
def test_distance_is_at_most_the_signs_that_were_changed(text: str, changed: set[int]) -> None:
    other = int(text, 16)
    for bit in changed:
        other ^= 1 << bit
    assert perceptual_distance(text, f"{other:064x}") <= len(changed)


def test_few_changed_signs_are_all_counted() -> None:
    text = f"{random.Random(3351).getrandbits(255):064x}"  # noqa: S311 - a synthetic hash, nothing secret
    assert perceptual_distance(text, f"{int(text, 16) ^ 0b1011:064x}") == 3


def test_unrelated_hashes_are_far() -> None:
    source = random.Random(3351)  # noqa: S311 - synthetic hashes, nothing secret
    texts = [f"{source.getrandbits(255):064x}" for _ in range(60)]
    assert min(perceptual_distance(texts[0], other) for other in texts[1:]) > 80


def test_case_of_the_digits_and_the_mean_brightness_do_not_matter() -> None:
    text = f"{2**254 + 0xABCDEF:064x}"
    assert perceptual_distance(text, text.upper()) == 0
    assert perceptual_distance(text, f"{int(text, 16) | 1 << 255:064x}") == 0


@pytest.mark.parametrize("broken", ["", "0" * 63, "0" * 65, "g" * 64, "0x" + "0" * 62, "\u0660" * 64, "0" * 64 + "\n"])
def test_what_is_no_perceptual_hash_is_refused(broken: str) -> None:
    for pair in ((broken, "0" * 64), ("0" * 64, broken)):
        with pytest.raises(ValueError, match="64 hex digits"):
            perceptual_distance(*pair)
