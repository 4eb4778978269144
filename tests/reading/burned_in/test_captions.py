"""Which words of a mount belong to which film."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apexproof.reading.burned_in.captions import captions_of
from apexproof.reading.burned_in.line import Box, Line

FRAMES = tuple(
    Box(left=left, top=top, right=left + 200, bottom=top + 200) for top in (100, 360) for left in (20, 240, 460)
)


def line(text: str, left: int, top: int, width: int = 120) -> Line:
    return Line(
        text=text, sureness=(1.0,) * len(text), box=Box(left=left, top=top, right=left + width, bottom=top + 20)
    )


def under(frame: Box, text: str, *, row: int = 0) -> Line:
    return line(text, frame.left + 4, frame.bottom + 6 + row * 24)


def over(frame: Box, text: str) -> Line:
    return line(text, frame.left + 4, frame.top - 26)


def shared(*lines: Line, frames: tuple[Box, ...] = FRAMES) -> tuple[list[list[str]], list[str]]:
    captions = captions_of(lines, frames)
    return [[one.text for one in of_film] for of_film in captions.of_films], [one.text for one in captions.of_all]


def test_words_inside_a_frame_are_its_films() -> None:
    of_films, of_all = shared(line("#8", 260, 120))
    assert of_films == [[], ["#8"], [], [], [], []]
    assert of_all == []


def test_a_caption_under_each_film_is_that_films_although_it_stands_nearer_to_the_next_row() -> None:
    lines = [under(frame, f"#{number}", row=row) for number, frame in enumerate(FRAMES) for row in (0, 1)]
    of_films, of_all = shared(*lines)
    assert of_films == [[f"#{number}"] * 2 for number in range(6)]
    assert of_all == []


def test_a_caption_over_each_film_is_that_films() -> None:
    of_films, _ = shared(*(over(frame, f"#{number}") for number, frame in enumerate(FRAMES)))
    assert of_films == [[f"#{number}"] for number in range(6)]


def test_a_heading_over_one_film_is_no_caption_of_it() -> None:
    lines = [over(FRAMES[1], "FMX 02/25/2026"), *(under(frame, "PA") for frame in FRAMES)]
    of_films, of_all = shared(*lines)
    assert of_films == [["PA"]] * 6
    assert of_all == ["FMX 02/25/2026"]


def test_words_beside_a_few_of_many_films_are_nobodys() -> None:
    assert shared(under(FRAMES[3], "#8"), under(FRAMES[4], "#9")) == ([[]] * 6, ["#8", "#9"])


def test_words_over_and_under_as_many_films_are_nobodys() -> None:
    lines = [*(over(frame, "a") for frame in FRAMES[:3]), *(under(frame, "b") for frame in FRAMES[3:])]
    assert shared(*lines)[0] == [[]] * 6


def test_a_line_that_runs_across_two_films_is_nobodys() -> None:
    captions = [under(frame, "PA") for frame in FRAMES]
    assert shared(*captions, line("a long line", 250, 590, width=400))[1].count("a long line") == 1


def test_a_line_on_the_edge_of_a_frame_is_nobodys() -> None:
    assert shared(line("edge", 170, 150))[1] == ["edge"]


def test_words_near_the_one_film_of_a_page_are_its_own_and_the_rest_is_not() -> None:
    film = (FRAMES[1],)
    of_films, of_all = shared(under(film[0], "#8"), line("Date: 02/25/2026", 20, 20), frames=film)
    assert of_films == [["#8"]]
    assert of_all == ["Date: 02/25/2026"]


boxes = st.builds(
    lambda left, top, width, height: Box(left=left, top=top, right=left + width, bottom=top + height),
    st.integers(0, 700),
    st.integers(0, 700),
    st.integers(1, 400),
    st.integers(1, 400),
)


@given(st.lists(boxes, max_size=12), st.lists(boxes, min_size=1, max_size=8))
def test_every_line_belongs_to_one_film_or_to_all(of_lines: list[Box], frames: list[Box]) -> None:
    lines = [Line(text=str(number), sureness=(1.0,), box=box) for number, box in enumerate(of_lines)]
    captions = captions_of(lines, frames)
    given_out = [one for of_film in captions.of_films for one in of_film] + list(captions.of_all)
    assert sorted(one.text for one in given_out) == sorted(one.text for one in lines)
