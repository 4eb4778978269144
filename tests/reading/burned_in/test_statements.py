"""What rows of words say of a radiograph."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.observation import Strength
from apexproof.reading.burned_in.line import Direction
from apexproof.reading.burned_in.page import Page
from apexproof.reading.burned_in.statements import exposure_of, patient_of, teeth_of, views_of
from apexproof.view import View
from tests.reading.burned_in.written import HEIGHT, WIDTH, line, page


def days(read: Page) -> list[str]:
    return [str(o.value) for o in exposure_of(read) if o.value is not None]


def everything(read: Page) -> list[tuple[str, object]]:
    aspects = (exposure_of(read), patient_of(read), teeth_of(read), views_of(read))
    return [(said.source, said.value) for aspect in aspects for said in aspect]


def test_labels_tell_the_birth_date_from_the_exposure() -> None:
    read = page("QUILL, MARIGOLD DOB 03/03/2017", "Exam 02/25/2026 14:32 PA #8")
    assert days(read) == ["2026-02-25 14:32"]
    (patient,) = patient_of(read)
    assert patient.value is not None
    assert (str(patient.value.name), patient.value.birth_date) == ("QUILL, MARIGOLD", date(2017, 3, 3))
    assert patient.source == "words in the picture at 10,10-370,34"
    assert patient.strength is Strength.BURNED_IN


def test_a_bare_date_is_the_exposure() -> None:
    assert days(page("02/25/2026")) == ["2026-02-25"]


def test_a_bare_date_that_is_also_the_birth_date_is_no_exposure() -> None:
    assert days(page("DOB 03/03/2017", "03/03/2017")) == []


def test_of_several_bare_dates_the_last_bounds_the_exposure() -> None:
    assert days(page("03/25/2017", "02/25/2026")) == ["not later than 2026-02-25"]


def test_the_day_of_an_export_is_only_an_upper_bound() -> None:
    assert days(page("Exported on 02/25/2026")) == ["not later than 2026-02-25"]


def test_an_appointment_says_nothing_of_the_exposure() -> None:
    assert days(page("Next visit 02/25/2026")) == []


def test_the_clock_of_a_desktop_is_an_upper_bound() -> None:
    read = page(line("2:32 PM", WIDTH - 90, HEIGHT - 60), line("2/25/2026", WIDTH - 120, HEIGHT - 30))
    assert days(read) == ["not later than 2026-02-25"]


def test_a_label_may_stand_beside_its_date() -> None:
    read = page(line("DOB", 10, 10), line("03/03/2017", 80, 12), line("02/25/2026", 10, 60))
    assert days(read) == ["2026-02-25"]


def test_a_label_may_stand_above_its_date() -> None:
    read = page(
        line("Date of birth", 10, 10),
        line("03/03/2017", 10, 40),
        line("Image date", 500, 10),
        line("02/25/2026", 500, 40),
    )
    assert days(read) == ["2026-02-25"]
    (patient,) = patient_of(read)
    assert patient.value is not None
    assert patient.value.birth_date == date(2017, 3, 3)


def test_a_date_beside_a_word_that_could_not_be_read_is_not_used() -> None:
    (said,) = exposure_of(page(line("DDB 02/25/2026", doubtful="DDB")))
    assert said.value is None
    assert said.note is not None


def test_a_date_with_one_doubtful_digit_is_shown_and_not_used() -> None:
    (said,) = exposure_of(page(line("02/25/2026", doubtful="5")))
    assert said.value is None
    assert said.note == "it was not read for sure"


def test_a_doubtful_date_does_not_settle_the_order_of_another() -> None:
    read = page(line("Exam 02/10/2026"), line("Exported 25/12/2026", top=60, doubtful="25"))
    assert days(read)[0] == "2026-02-10 to 2026-10-02"


def test_a_short_birth_year_needs_a_later_day_in_the_picture() -> None:
    (alone,) = patient_of(page("DOB 03/25/17"))
    assert alone.value is None
    (dated,) = patient_of(page("DOB 03/25/17", "Exam 02/25/2026"))
    assert dated.value is not None
    assert dated.value.birth_date == date(2017, 3, 25)


def test_a_birth_date_whose_day_and_month_may_be_exchanged_keeps_both_readings() -> None:
    (patient,) = patient_of(page("QUILL, MARIGOLD DOB 04/03/2017"))
    assert patient.value is not None
    assert (patient.value.birth_date, str(patient.value.name)) == (None, "QUILL, MARIGOLD")
    assert patient.value.possible_births == (date(2017, 4, 3), date(2017, 3, 4))
    assert patient.note == "day and month may be exchanged"


def test_another_date_of_the_picture_settles_the_order_of_a_birth_date() -> None:
    (patient,) = patient_of(page("DOB 04/03/2017", "Exam 02/25/2026"))
    assert patient.value is not None
    assert patient.value.birth_date == date(2017, 4, 3)


def test_a_birth_after_the_exposure_is_no_reading_of_a_birth_date() -> None:
    (patient,) = patient_of(page("DOB 04/03/2017", "Exam 2017-03-20"))
    assert patient.value is not None
    assert patient.value.birth_date == date(2017, 3, 4)


def test_several_names_are_each_a_statement() -> None:
    assert len([o for o in patient_of(page("QUILL, MARIGOLD", "FERNSBY, BASIL")) if o.value]) == 2


def test_a_doubtful_name_is_not_used() -> None:
    (said,) = patient_of(page(line("QUILL, MARIGOLD", doubtful="Q")))
    assert said.value is None


@pytest.mark.parametrize(
    ("text", "universal"),
    [
        ("PA #8", ["8"]),
        ("PA#8", ["8"]),
        ("#8PA", ["8"]),
        ("Tooth 8", ["8"]),
        ("Teeth: 7-9", ["7", "8", "9"]),
        ("UR1", ["8"]),
    ],
)
def test_teeth_are_read(text: str, universal: list[str]) -> None:
    (said,) = teeth_of(page(text))
    assert said.value is not None
    assert [tooth.universal for tooth in said.value.readings[0].teeth] == universal
    assert said.strength is Strength.BURNED_IN


@pytest.mark.parametrize("text", ["10/02/2026 14:32", "ID 1108", "70 kV 7 mA", "Q 85 %"])
def test_numbers_that_name_no_tooth_stay_numbers(text: str) -> None:
    assert list(teeth_of(page(text))) == []


@pytest.mark.parametrize("text", ["IM #2", "SE #3 IM #12", "Operatory #4"])
def test_a_number_sign_behind_another_word_is_no_tooth(text: str) -> None:
    assert [o.value for o in teeth_of(page(text)) if o.value is not None] == []


@pytest.mark.parametrize("text", ["IM#2", "SE#3"])
def test_a_number_sign_glued_to_another_word_is_no_tooth(text: str) -> None:
    assert list(teeth_of(page(text))) == []


@pytest.mark.parametrize("text", ["#B", "Tooth S", "#I"])
def test_a_milk_tooth_that_a_digit_looks_like_is_not_used(text: str) -> None:
    assert [o.value for o in teeth_of(page(text))] == [None]


def test_mirrored_words_name_no_tooth_but_the_day() -> None:
    backwards = Direction(mirrored=True)
    read = page(line("02/25/2026 PA #8", direction=backwards))
    assert days(read) == ["2026-02-25"]
    (said,) = teeth_of(read)
    assert said.value is None
    assert said.note is not None
    assert "export it again" in said.note


def test_words_in_another_direction_than_most_are_left_out() -> None:
    read = page(line("Exam 02/25/2026 #8"), line("#6", top=500, direction=Direction(turn=180)))
    assert [o.value.written for o in teeth_of(read) if o.value] == ["#8"]


def test_the_marker_of_a_side_is_only_a_guess() -> None:
    (said,) = teeth_of(page(line("R", WIDTH - 30, 20)))
    assert said.strength is Strength.BOUND
    assert said.value is not None
    assert all(tooth.right for reading in said.value.readings for tooth in reading.teeth)


def test_markers_of_both_sides_say_nothing() -> None:
    assert list(teeth_of(page(line("R", 10, 20), line("L", WIDTH - 30, 600)))) == []


def test_the_view_is_read_beside_a_tooth() -> None:
    (said,) = views_of(page("PA #8"))
    assert said.value is not None
    assert (said.value.view, said.strength) == (View.PERIAPICAL, Strength.BURNED_IN)


def test_pa_alone_may_be_a_chest() -> None:
    (said,) = views_of(page("PA", "120 kVp"))
    assert said.strength is Strength.BOUND


def test_a_doubtful_view_is_not_used() -> None:
    (said,) = views_of(page(line("Tooth 8 BWX", doubtful="B")))
    assert said.value is None


@given(st.lists(st.text(min_size=1, max_size=30), max_size=6), st.floats(0, 1))
def test_whatever_was_read_is_taken_without_an_error(texts: list[str], sureness: float) -> None:
    read = page(*(line(text, top=40 * n, sureness=sureness) for n, text in enumerate(texts)))
    assert all(source.startswith("words in the picture at ") for source, _ in everything(read))


@given(st.text(min_size=1, max_size=30))
def test_nothing_that_was_not_read_for_sure_is_ever_a_statement(text: str) -> None:
    read = page(line(text, sureness=0.3))
    assert all(value is None for _, value in everything(read))


def test_a_label_glued_to_a_name_is_no_part_of_it() -> None:
    (patient,) = patient_of(page("Patient: Marigold QuillDOB: 03/03/2017"))
    assert patient.value is not None
    assert (str(patient.value.name), patient.value.birth_date) == ("Quill, Marigold", date(2017, 3, 3))
