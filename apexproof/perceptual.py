"""How alike two pictures are by their perceptual hashes, and the keys under which a hash is found among millions.

A perceptual hash (written by reading/fingerprint.py) is hex digits: width and height of the film (two digits each, the
longer side is ff); then for 32 x 32 cells, row by row and the most significant bit first, whether the cell stands out
from its surroundings, and for the same cells whether it is the brighter; then at most 64 marks of sixteen digits, the
most distinct first: x, y (two digits each, in the unit of width and height) and a word of 48 bits.

A mark is a place that is found again however the film is turned, cropped or framed. Its word holds the signs of 48
sums over its surroundings (`WAVES`). Each sum stays or changes its sign when the film is mirrored, and likewise when it
is shown as a negative: so a mirrored film, or a negative, has the same words with the same bits changed.

Two films are compared in three steps, each dearer and rarer than the one before: they have keys in common; marks whose
words agree lie in one arrangement (turned, mirrored, scaled and moved, but not distorted); and the cells agree where
the films overlap. The last step sees whole films: the words around them, or one crown, do not make two films the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID = 32
"""Cells in either direction."""
MARKS = 64
WORD_BITS = 48
KEY_BITS = 28
"""A key is so many bits of a word: those of the slowest waves, which change the least."""
KEYS_IN_COMMON = 2
"""Films with fewer keys in common are unlike. Of 64 keys the same film has 5 and more, another film one at times."""
LONGER_SIDE = 255
"""The longer side of every film, in the unit of its marks' places."""
UNLIKE = 256
"""The distance of films of which none can be laid on the other; distances count the signs of so many cells."""

Wave = tuple[int, int, int, bool]
"""Half waves down and across the surroundings, whole waves around the directions of the gradient; sine or cosine."""
Pair = tuple[complex, complex]
"""The places of one mark in two films."""


def _odd_when_mirrored(wave: Wave) -> bool:
    """The surroundings are laid along the gradient at the mark: mirrored, they keep that and exchange its two sides."""
    down, _, _, sine = wave
    return (down % 2 == 1) != sine


def _odd_as_negative(wave: Wave) -> bool:
    """In a negative the gradient points the other way, and the surroundings are turned by half a turn."""
    down, across, _, _ = wave
    return (down + across) % 2 == 1


def _slowest_waves() -> tuple[Wave, ...]:
    """The slowest waves that are odd in either way; the sign of a wave that is even in both is hardly in doubt."""
    cosines = [(down, across, turns, False) for down in range(4) for across in range(4) for turns in range(4)]
    waves = cosines + [(down, across, turns, True) for down, across, turns, _ in cosines if turns]
    odd = [wave for wave in waves if _odd_when_mirrored(wave) or _odd_as_negative(wave)]
    return tuple(sorted(odd, key=lambda wave: (sum(wave[:3]), wave))[:WORD_BITS])


WAVES = _slowest_waves()
"""The sums of a word, the first in its most significant bit."""
_MIRRORED = sum(1 << (WORD_BITS - 1 - n) for n, wave in enumerate(WAVES) if _odd_when_mirrored(wave))
_NEGATIVE = sum(1 << (WORD_BITS - 1 - n) for n, wave in enumerate(WAVES) if _odd_as_negative(wave))

_PLANE = GRID * GRID // 4
_HEAD = 4 + 2 * _PLANE
_PER_MARK = 4 + WORD_BITS // 4
_HEX = re.compile(rf"[0-9a-fA-F]{{{_HEAD}}}(?:[0-9a-fA-F]{{{_PER_MARK}}}){{0,{MARKS}}}", re.ASCII)
# Words of the same mark differ in 3 bits in the mean, of other marks in about 20.
_WORDS_DIFFER_MOST = 8
# In one arrangement lay 14 and more marks of the same film, and at most 10 of two films of one tooth.
_ARRANGED_LEAST = 12
# In the unit of places: how far two marks must be apart to give a direction, how far off a third may lie.
_APART_LEAST, _OFF_MOST = 24.0, 5.0
_SCALE_MOST = 1.8
_OVERLAP_LEAST = 0.4
_OUTSTANDING_LEAST = 64
_KEPT_MOST = 512  # films taken apart, at 13 KB: more than a search among ten million finds to compare


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One of the four ways to show a film, and the bits of every word that change."""

    mirrored: bool
    negative: bool
    changed: int


_FORMS = (
    _Form(mirrored=False, negative=False, changed=0),
    _Form(mirrored=True, negative=False, changed=_MIRRORED),
    _Form(mirrored=False, negative=True, changed=_NEGATIVE),
    _Form(mirrored=True, negative=True, changed=_MIRRORED ^ _NEGATIVE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film:
    """A perceptual hash, taken apart; cells are `0` and `1`."""

    width: int
    height: int
    outstanding: str
    brighter: str
    places: tuple[complex, ...]
    words: tuple[int, ...]
    keys: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrangement:
    """Where the places of one film lie in the other: mirrored if its form says so, turned, scaled, shifted."""

    turn: complex
    shift: complex
    form: _Form

    def of(self, place: complex) -> complex:
        return self.turn * (place.conjugate() if self.form.mirrored else place) + self.shift


def keys(perceptual: str) -> frozenset[int]:
    """The keys of a film, at most 64 numbers of 28 bits: whoever keeps films by their keys need compare but a few.

    Films with fewer than `KEYS_IN_COMMON` keys in common are unlike, however they were turned, mirrored or inverted.

    Raises:
        ValueError: the hash is not one.
    """
    return _parse(perceptual).keys


def perceptual_distance(one: str, other: str) -> int:
    """How many of 256 signs differ where the films overlap; `UNLIKE` when none can be laid on the other.

    0 is the same picture; about 100 is chance. A film with hardly a mark is unlike all but its equals.

    Raises:
        ValueError: a hash is not one.
    """
    ours, theirs = sorted((one.lower(), other.lower()))
    one_film, other_film = _parse(ours), _parse(theirs)
    return 0 if ours == theirs else _distance(one_film, other_film)


def _distance(ours: _Film, theirs: _Film) -> int:
    if len(ours.keys & theirs.keys) < KEYS_IN_COMMON:
        return UNLIKE
    least = UNLIKE
    for form in _FORMS:
        arrangement = _arranged(_agreeing(ours, theirs, form), form)
        if arrangement is not None:
            least = min(least, _differing(ours, theirs, arrangement))
    return least


def _agreeing(ours: _Film, theirs: _Film, form: _Form) -> list[Pair]:
    """The marks whose words agree, each with the nearest by its word; nobody's nearest twice."""
    import numpy as np  # noqa: PLC0415 - most claims have nothing to compare

    changed = _array(ours.words) ^ np.uint64(form.changed)
    differing = np.bitwise_count(changed[:, np.newaxis] ^ _array(theirs.words))
    nearest, least = differing.argmin(axis=1).tolist(), differing.min(axis=1).tolist()
    pairs: dict[int, tuple[int, Pair]] = {}
    for place, near, few in zip(ours.places, nearest, least, strict=True):
        if few <= _WORDS_DIFFER_MOST and (near not in pairs or few < pairs[near][0]):
            pairs[near] = (few, (place.conjugate() if form.mirrored else place, theirs.places[near]))
    return [pair for _, pair in pairs.values()]


@lru_cache(maxsize=_KEPT_MOST)
def _array(words: tuple[int, ...]) -> NDArray[np.uint64]:
    import numpy as np  # noqa: PLC0415 - likewise

    return np.array(words, np.uint64)


def _arranged(pairs: list[Pair], form: _Form) -> _Arrangement | None:
    """The arrangement that lays the most marks on each other, if it lays enough."""
    if len(pairs) < _ARRANGED_LEAST:
        return None
    best: list[Pair] = []
    for (our, their), (our_second, their_second) in combinations(pairs, 2):
        if abs(our - our_second) < _APART_LEAST:
            continue
        turn = (their - their_second) / (our - our_second)
        if not 1 / _SCALE_MOST <= abs(turn) <= _SCALE_MOST:
            continue
        shift = their - turn * our
        laid = [pair for pair in pairs if abs(turn * pair[0] + shift - pair[1]) <= _OFF_MOST]
        if len(laid) > len(best):
            best = laid
    return _fitted(best, form) if len(best) >= _ARRANGED_LEAST else None


def _fitted(pairs: list[Pair], form: _Form) -> _Arrangement:
    """The arrangement of least squares."""
    our_middle = sum(our for our, _ in pairs) / len(pairs)
    their_middle = sum(their for _, their in pairs) / len(pairs)
    spread = sum(abs(our - our_middle) ** 2 for our, _ in pairs)
    turn = sum((their - their_middle) * (our - our_middle).conjugate() for our, their in pairs) / spread
    return _Arrangement(turn=turn, shift=their_middle - turn * our_middle, form=form)


def _differing(ours: _Film, theirs: _Film, arrangement: _Arrangement) -> int:
    """How many of 256 signs differ, among the cells that stand out in both films; `UNLIKE` when there are too few."""
    overlapping = outstanding = differing = 0
    for cell, middle in enumerate(_middles(ours)):
        there = _cell(theirs, arrangement.of(middle))
        if there is None:
            continue
        overlapping += 1
        if ours.outstanding[cell] == theirs.outstanding[there] == "1":
            outstanding += 1
            differing += (ours.brighter[cell] == theirs.brighter[there]) == arrangement.form.negative
    area = abs(arrangement.turn) ** 2 * ours.width * ours.height / (theirs.width * theirs.height)
    least = _OVERLAP_LEAST * GRID * GRID / max(1.0, area)
    if overlapping < least or outstanding < _OUTSTANDING_LEAST:
        return UNLIKE
    return round(UNLIKE * differing / outstanding)


def _middles(film: _Film) -> Iterator[complex]:
    wide, high = film.width / GRID, film.height / GRID
    return (complex((column + 0.5) * wide, (row + 0.5) * high) for row in range(GRID) for column in range(GRID))


def _cell(film: _Film, place: complex) -> int | None:
    """The cell of a place; None beside the film."""
    column, row = int(place.real * GRID // film.width), int(place.imag * GRID // film.height)
    return GRID * row + column if 0 <= column < GRID and 0 <= row < GRID else None


def _key(word: int) -> int:
    """The same for a film, its mirror image and its negatives: the least of the four forms."""
    return min((word ^ form.changed) >> (WORD_BITS - KEY_BITS) for form in _FORMS)


@lru_cache(maxsize=_KEPT_MOST)
def _parse(text: str) -> _Film:
    if not _HEX.fullmatch(text):
        raise ValueError(f"a perceptual hash is {_HEAD} hex digits and {_PER_MARK} for each mark, not {text[:80]!r}")
    marks = [int(text[start : start + _PER_MARK], 16) for start in range(_HEAD, len(text), _PER_MARK)]
    words = tuple(mark & ((1 << WORD_BITS) - 1) for mark in marks)
    return _Film(
        width=max(1, int(text[:2], 16)),
        height=max(1, int(text[2:4], 16)),
        outstanding=f"{int(text[4 : 4 + _PLANE], 16):0{GRID * GRID}b}",
        brighter=f"{int(text[4 + _PLANE : _HEAD], 16):0{GRID * GRID}b}",
        places=tuple(complex(mark >> (WORD_BITS + 8), mark >> WORD_BITS & 0xFF) for mark in marks),
        words=words,
        keys=frozenset(map(_key, words)),
    )
