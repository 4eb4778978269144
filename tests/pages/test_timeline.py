"""The timeline: to scale, whatever the dates, and never on the wrong side of the visit."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apexproof.formats.verification_json import ClaimVerificationDocument
from api.pages.timeline import ROWS_MOST, Service, timeline
from tests.builders import VISIT, at, attached, by, claim, d3351, picture_of, said
from tests.pages.documents import DOCUMENTS, document

SERVICES = st.lists(st.builds(Service, procedure=st.just("D3352"), day=st.dates()), max_size=4)
A_YEAR = 365


@given(shown=DOCUMENTS, services=SERVICES, window=st.none() | st.integers(0, 3650))
def test_everything_lies_within_the_drawing(
    shown: ClaimVerificationDocument, services: list[Service], window: int | None
) -> None:
    for line in shown["lines"]:
        drawn = timeline(line, shown["files"], services, window_days=window)
        if drawn is None:
            continue
        assert len(drawn.rows) <= ROWS_MOST
        marks = [*drawn.services, *drawn.ticks, *([drawn.visit] if drawn.visit else [])]
        assert all(0 <= mark.at <= 100 for mark in marks)
        for bar in (bar for row in drawn.rows for bar in row.bars):
            assert 0 <= bar.start <= bar.start + bar.width <= 100.001


@given(days=st.lists(st.integers(-400, 400), min_size=2, max_size=5, unique=True))
def test_places_are_in_proportion_to_days(days: list[int]) -> None:
    pictures = [picture_of("8", exposure=(said(at(f"{VISIT + timedelta(days=n)} 00:00")),)) for n in days]
    shown = document(*(attached(picture, name=f"{n}.dcm") for n, picture in zip(days, pictures, strict=True)))
    drawn = timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR)
    assert drawn is not None
    assert drawn.visit is not None
    places = {int(row.name.removesuffix(".dcm")): row.bars[0].start for row in drawn.rows}
    far = max(days, key=abs)
    scale = (places[far] - drawn.visit.at) / far
    assert all(abs(places[n] - drawn.visit.at - n * scale) < 0.1 for n in days)
    assert scale > 0


def test_an_open_end_is_drawn_to_the_edge_and_said_to_be_open() -> None:
    shown = document(attached(picture_of("8", exposure=(said(by(f"{VISIT + timedelta(days=1)}")),))))
    drawn = timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR)
    assert drawn is not None
    (row,) = drawn.rows
    assert (row.bars[0].start, row.bars[0].opens_left, row.bars[0].opens_right) == (0.0, True, False)
    assert row.verdict.endswith("before or after the visit")


def test_words_say_on_which_side_of_the_visit() -> None:
    said_of = {
        -14: "taken 14 days before the visit",
        0: "taken on the day of the visit",
        1: "taken 1 day after the visit",
    }
    for days, words in said_of.items():
        shown = document(attached(picture_of("8", exposure=(said(at(f"{VISIT + timedelta(days=days)} 09:30")),))))
        drawn = timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR)
        assert drawn is not None
        assert drawn.rows[0].verdict == words


def test_a_visit_of_several_days_is_never_before_what_was_taken_within_it() -> None:
    first = VISIT - timedelta(days=8)
    for days, words in ((-9, "1 day before the visit"), (-3, "within the visit"), (1, "taken 1 day after the visit")):
        picture = picture_of("8", exposure=(said(at(f"{VISIT + timedelta(days=days)} 09:30")),))
        shown = document(attached(picture), of=claim(d3351(first_day=first, last_day=VISIT)))
        drawn = timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR)
        assert drawn is not None
        assert drawn.rows[0].verdict.endswith(words)


def test_the_proof_comes_first_and_forty_files_are_cut_to_a_screen() -> None:
    late = [attached(picture_of("9"), name=f"{n:02d}.dcm") for n in range(40)]
    shown = document(*late, attached(picture_of("8"), name="proof.dcm"))
    drawn = timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR)
    assert drawn is not None
    assert (drawn.rows[0].name, drawn.rows[0].is_proof) == ("proof.dcm", True)
    assert (len(drawn.rows), drawn.left_out) == (ROWS_MOST, 41 - ROWS_MOST)
    assert "Pictures A to AO: taken 1 day before the visit." in drawn.in_words


def test_labels_that_would_lie_on_each_other_get_a_level_of_their_own() -> None:
    shown = document(attached(picture_of("8")))
    visits = [Service(procedure=f"D335{n}", day=VISIT + timedelta(days=n)) for n in (2, 3)]
    drawn = timeline(shown["lines"][0], shown["files"], visits, window_days=A_YEAR)
    assert drawn is not None
    assert [mark.level for mark in drawn.services] == [0, 1]


def test_without_any_date_there_is_nothing_to_draw() -> None:
    shown = document(of=claim(d3351(first_day=None, last_day=None)))
    assert timeline(shown["lines"][0], shown["files"], (), window_days=A_YEAR) is None


def test_the_ends_of_the_calendar_are_drawn() -> None:
    shown = document(of=claim(d3351(first_day=date.max, last_day=date.max)))
    services = [Service(procedure="D3352", day=date.min)]
    assert timeline(shown["lines"][0], shown["files"], services, window_days=A_YEAR) is not None
