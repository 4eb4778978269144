"""The ages at which teeth erupt, close their apex and are shed."""

from __future__ import annotations

import pytest

from apexproof.development import Ages, apex_closure_ages, eruption_ages, shedding_ages
from apexproof.tooth import Dentition, Tooth
from tests.builders import universal

PERMANENT = [Tooth(fdi=quadrant * 10 + position) for quadrant in range(1, 5) for position in range(1, 9)]
DECIDUOUS = [Tooth(fdi=quadrant * 10 + position) for quadrant in range(5, 9) for position in range(1, 6)]


@pytest.mark.parametrize(
    ("fdi", "erupts", "closes"),
    [
        (11, "7 to 8", "10"),
        (21, "7 to 8", "10"),
        (13, "11 to 12", "14 to 15"),
        (18, "17 to 21", "18 to 25"),
        (31, "6 to 7", "9 to 9.5"),
        (43, "9 to 10", "12 to 13"),
        (46, "6 to 7", "9.5"),
    ],
)
def test_ages_are_those_of_the_tables(fdi: int, erupts: str, closes: str) -> None:
    tooth = Tooth(fdi=fdi)
    assert (str(eruption_ages(tooth)), str(apex_closure_ages(tooth))) == (erupts, closes)


@pytest.mark.parametrize(("fdi", "shed"), [(51, (6, 7)), (63, (10, 12)), (73, (9, 12)), (85, (10, 12))])
def test_milk_teeth_are_shed_by_the_table(fdi: int, shed: tuple[float, float]) -> None:
    assert shedding_ages(Tooth(fdi=fdi)) == Ages(earliest=shed[0], latest=shed[1])


@pytest.mark.parametrize("tooth", PERMANENT, ids=str)
def test_apex_of_every_permanent_tooth_closes_after_it_erupts(tooth: Tooth) -> None:
    erupts, closes = eruption_ages(tooth), apex_closure_ages(tooth)
    assert erupts is not None
    assert closes is not None
    assert erupts.earliest < closes.earliest <= closes.latest
    assert shedding_ages(tooth) is None


@pytest.mark.parametrize("tooth", DECIDUOUS, ids=str)
def test_milk_teeth_are_shed_and_have_no_apex_to_close(tooth: Tooth) -> None:
    assert tooth.dentition is Dentition.DECIDUOUS
    assert shedding_ages(tooth) is not None
    assert eruption_ages(tooth) is None
    assert apex_closure_ages(tooth) is None


def test_supernumerary_teeth_keep_no_timetable() -> None:
    for number in ("58", "AS"):
        tooth = universal(number)
        assert (eruption_ages(tooth), apex_closure_ages(tooth), shedding_ages(tooth)) == (None, None, None)


def test_right_and_left_develop_alike() -> None:
    for quadrant, other in ((1, 2), (4, 3)):
        for position in range(1, 9):
            one, twin = Tooth(fdi=quadrant * 10 + position), Tooth(fdi=other * 10 + position)
            assert eruption_ages(one) == eruption_ages(twin)
            assert apex_closure_ages(one) == apex_closure_ages(twin)
