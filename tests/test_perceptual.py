"""Facts about the distance between two perceptual hashes, and about their keys."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.perceptual import GRID, KEY_BITS, MARKS, UNLIKE, WAVES, keys, perceptual_distance

LAST = 255


@dataclass(frozen=True, kw_only=True)
class Hash:
    """A perceptual hash of a square film, as a person would write it down."""

    outstanding: tuple[bool, ...]
    brighter: tuple[bool, ...]
    marks: tuple[tuple[int, int, int], ...]

    def text(self) -> str:
        planes = ("".join(str(int(cell)) for cell in plane) for plane in (self.outstanding, self.brighter))
        marks = "".join(f"{x:02x}{y:02x}{word:012x}" for x, y, word in self.marks)
        return "ffff" + "".join(f"{int(plane, 2):0256x}" for plane in planes) + marks


def made(seed: int) -> Hash:
    dice = random.Random(seed)  # noqa: S311 - a synthetic hash, nothing secret
    cells = tuple(dice.random() < 0.5 for _ in range(GRID * GRID))
    marks = tuple((dice.randrange(256), dice.randrange(256), dice.getrandbits(48)) for _ in range(MARKS))
    return Hash(outstanding=(True,) * (GRID * GRID), brighter=cells, marks=marks)


def rows(plane: tuple[bool, ...]) -> list[list[bool]]:
    return [list(plane[GRID * row : GRID * (row + 1)]) for row in range(GRID)]


def flat(plane: list[list[bool]]) -> tuple[bool, ...]:
    return tuple(cell for row in plane for cell in row)


# Mirrored, what is odd from side to side of the gradient changes its sign, and so does every sine around.
MIRRORED = sum(1 << (47 - n) for n, (down, _, _, sine) in enumerate(WAVES) if (down % 2 == 1) != sine)
# In a negative the gradient turns round, and the surroundings with it.
NEGATIVE = sum(1 << (47 - n) for n, (down, across, _, _) in enumerate(WAVES) if (down + across) % 2 == 1)


def mirrored(film: Hash) -> Hash:
    return Hash(
        outstanding=flat([row[::-1] for row in rows(film.outstanding)]),
        brighter=flat([row[::-1] for row in rows(film.brighter)]),
        marks=tuple((LAST - x, y, word ^ MIRRORED) for x, y, word in film.marks),
    )


def turned(film: Hash) -> Hash:
    """By a quarter; the words follow the gradient and stay."""
    return Hash(
        outstanding=flat([list(row) for row in zip(*rows(film.outstanding)[::-1], strict=True)]),
        brighter=flat([list(row) for row in zip(*rows(film.brighter)[::-1], strict=True)]),
        marks=tuple((LAST - y, x, word) for x, y, word in film.marks),
    )


def negative(film: Hash) -> Hash:
    return replace(
        film,
        brighter=tuple(not cell for cell in film.brighter),
        marks=tuple((x, y, word ^ NEGATIVE) for x, y, word in film.marks),
    )


def other_cells(film: Hash, number: int) -> Hash:
    return replace(film, brighter=tuple(cell != (n < number) for n, cell in enumerate(film.brighter)))


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from([mirrored, turned, negative]), max_size=5))
def test_every_way_to_lay_a_film_down_is_the_same_film(seed: int, steps: list[type]) -> None:
    film = laid = made(seed)
    for step in steps:
        laid = step(laid)
    assert perceptual_distance(film.text(), laid.text()) == 0
    assert keys(film.text()) == keys(laid.text())


@pytest.mark.parametrize(("cells", "distance"), [(0, 0), (64, 16), (128, 32)])
def test_distance_counts_the_cells_that_differ(cells: int, distance: int) -> None:
    film = made(3351)
    for way in (lambda f: f, mirrored, turned, negative):
        assert abs(perceptual_distance(film.text(), way(other_cells(film, cells)).text()) - distance) <= 1


def test_cells_that_do_not_stand_out_in_both_films_are_not_counted() -> None:
    film = made(1)
    half = tuple(n % 2 == 0 for n in range(GRID * GRID))
    differing = replace(film, brighter=tuple(c == stands for c, stands in zip(film.brighter, half, strict=True)))
    assert perceptual_distance(film.text(), replace(differing, outstanding=half).text()) == 0
    assert perceptual_distance(film.text(), differing.text()) > 100


def test_film_that_was_cropped_is_laid_where_it_was() -> None:
    coarse = rows(made(2).brighter)
    film = replace(made(2), brighter=flat([[coarse[r // 4][c // 4] for c in range(GRID)] for r in range(GRID)]))
    inner = [row[2:-2] for row in rows(film.brighter)[2:-2]]
    grown = [[inner[r * 28 // 32][c * 28 // 32] for c in range(GRID)] for r in range(GRID)]
    marks = [(round((x - 16) * 32 / 28), round((y - 16) * 32 / 28), word) for x, y, word in film.marks]
    inside = tuple(mark for mark in marks if 0 <= mark[0] <= LAST and 0 <= mark[1] <= LAST)
    cropped = replace(film, brighter=flat(grown), marks=inside)
    assert perceptual_distance(film.text(), cropped.text()) < 32
    assert perceptual_distance(film.text(), replace(cropped, marks=film.marks).text()) > 40


def test_marks_in_disorder_are_not_the_same_film() -> None:
    film = made(4)
    dice = random.Random(4)  # noqa: S311 - likewise
    strewn = tuple((dice.randrange(256), dice.randrange(256), word) for _, _, word in film.marks)
    assert perceptual_distance(film.text(), replace(film, marks=strewn).text()) == UNLIKE


def test_few_marks_in_common_are_not_the_same_film() -> None:
    film, other = made(5), made(6)
    for common, unlike in ((11, True), (14, False)):
        marks = film.marks[:common] + other.marks[common:]
        assert (perceptual_distance(film.text(), replace(film, marks=marks).text()) == UNLIKE) is unlike


def test_the_same_frame_around_another_film_is_another_film() -> None:
    film, other = made(7), made(8)
    framed = replace(film, brighter=film.brighter[:512] + other.brighter[512:])
    assert perceptual_distance(film.text(), framed.text()) > 48


@settings(max_examples=10)
@given(one=st.integers(0, 10**6), other=st.integers(0, 10**6), cells=st.integers(0, 1024))
def test_distance_is_the_same_both_ways(one: int, other: int, cells: int) -> None:
    pair = made(one).text(), other_cells(made(one if cells % 2 else other), cells).text()
    assert perceptual_distance(*pair) == perceptual_distance(*pair[::-1])


def test_unrelated_hashes_are_unlike() -> None:
    texts = [made(seed).text() for seed in range(20)]
    assert {perceptual_distance(texts[0], other) for other in texts[1:]} == {UNLIKE}


def test_blank_is_like_its_equal_alone() -> None:
    blank = "ffff" + "0" * 512
    assert perceptual_distance(blank, blank) == 0
    assert perceptual_distance(blank, made(1).text()) == perceptual_distance(blank, "c0ff" + "0" * 512) == UNLIKE
    assert keys(blank) == frozenset()


def test_key_is_a_number_that_fits_a_column() -> None:
    found = keys(made(9).text())
    assert len(found) == MARKS
    assert all(0 <= key < 2**KEY_BITS for key in found)


def test_case_of_the_digits_does_not_matter() -> None:
    text = made(10).text()
    assert perceptual_distance(text, text.upper()) == 0


HEAD = "ffff" + "0" * 512


@pytest.mark.parametrize(
    "broken", ["", HEAD[:-1], HEAD + "0", HEAD + "0" * 16 * 65, "g" + HEAD[1:], "0x" + HEAD[2:], HEAD + "\n"]
)
def test_what_is_no_perceptual_hash_is_refused(broken: str) -> None:
    for pair in ((broken, HEAD), (HEAD, broken), (broken, broken)):
        with pytest.raises(ValueError, match="516 hex digits"):
            perceptual_distance(*pair)
    with pytest.raises(ValueError, match="516 hex digits"):
        keys(broken)
