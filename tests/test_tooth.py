"""A tooth is one value in four notations."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.tooth import Dentition, NumberingSystem, Tooth, parse_tooth, teeth_of_code

UNIVERSAL, FDI, PALMER, SNOMED_CT = NumberingSystem
EVERY_FDI = [q * 10 + p for q in range(1, 5) for p in range(1, 9)] + [
    q * 10 + p for q in range(5, 9) for p in range(1, 6)
]
EVERY_TOOTH = [Tooth(fdi=fdi) for fdi in EVERY_FDI]
ROWS = list(
    csv.DictReader(
        resources.files("apexproof.codes").joinpath("tooth_codes.csv").read_text(encoding="utf-8").splitlines()
    )
)


@pytest.mark.parametrize(
    ("universal", "fdi", "palmer", "name"),
    [
        ("8", "11", "UR1", "maxillary right central incisor"),
        ("9", "21", "UL1", "maxillary left central incisor"),
        ("1", "18", "UR8", "maxillary right third molar"),
        ("19", "36", "LL6", "mandibular left first molar"),
        ("32", "48", "LR8", "mandibular right third molar"),
        ("A", "55", "URE", "deciduous maxillary right second molar"),
        ("T", "85", "LRE", "deciduous mandibular right second molar"),
    ],
)
def test_the_notations_of_one_tooth_agree(universal: str, fdi: str, palmer: str, name: str) -> None:
    tooth = parse_tooth(universal, UNIVERSAL)
    assert (tooth.universal, str(tooth.fdi), tooth.palmer, tooth.name) == (universal, fdi, palmer, name)
    assert parse_tooth(fdi, FDI) == parse_tooth(palmer, PALMER) == tooth


@pytest.mark.parametrize("tooth", EVERY_TOOTH, ids=str)
def test_every_tooth_survives_every_notation(tooth: Tooth) -> None:
    assert parse_tooth(tooth.universal, UNIVERSAL) == tooth
    assert parse_tooth(str(tooth.fdi), FDI) == tooth
    assert parse_tooth(tooth.palmer, PALMER) == tooth


def test_eighteen_bare_numbers_are_valid_in_both_systems_and_never_the_same_tooth() -> None:
    shared = {tooth.universal for tooth in EVERY_TOOTH} & {str(fdi) for fdi in EVERY_FDI}
    assert shared == {str(n) for n in (*range(11, 19), *range(21, 29), 31, 32)}
    assert all(parse_tooth(number, UNIVERSAL) != parse_tooth(number, FDI) for number in shared)


def test_supernumerary_teeth_stand_beside_their_neighbour() -> None:
    assert parse_tooth("58", UNIVERSAL) == Tooth(fdi=11, supernumerary=True)
    assert parse_tooth("AS", UNIVERSAL) == Tooth(fdi=55, supernumerary=True)
    assert parse_tooth("58", UNIVERSAL) != parse_tooth("8", UNIVERSAL)
    assert all(parse_tooth(t.universal, UNIVERSAL) == t for t in (Tooth(fdi=f, supernumerary=True) for f in EVERY_FDI))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["sct_code"])
def test_every_generation_of_the_code_means_its_tooth(row: dict[str, str]) -> None:
    alternatives = teeth_of_code(row["sct_code"])
    assert alternatives[0] == Tooth(fdi=int(row["fdi"]))
    assert alternatives[0].universal == row["universal"]
    assert alternatives[0].dentition.value == row["dentition"]


def test_an_older_code_means_the_milk_tooth_of_the_same_name_too() -> None:
    assert teeth_of_code("T-54230") == (Tooth(fdi=16), Tooth(fdi=54))
    assert teeth_of_code("5140004") == (Tooth(fdi=16), Tooth(fdi=54))
    assert teeth_of_code("865995000") == (Tooth(fdi=16),)


def test_only_the_twenty_teeth_with_a_deciduous_namesake_have_one() -> None:
    namesakes = {tooth.deciduous_namesake for tooth in EVERY_TOOTH} - {None}
    assert namesakes == {tooth for tooth in EVERY_TOOTH if tooth.dentition is Dentition.DECIDUOUS}
    assert all(t.deciduous_namesake is None for t in EVERY_TOOTH if t.position in (4, 5, 8))


@pytest.mark.parametrize(
    ("number", "system"),
    [("0", UNIVERSAL), ("33", UNIVERSAL), ("U", UNIVERSAL), ("", UNIVERSAL), ("19", FDI), ("56", FDI), ("UR9", PALMER)],
)
def test_what_is_no_tooth_is_refused(number: str, system: NumberingSystem) -> None:
    with pytest.raises(ValueError, match="not a tooth"):
        parse_tooth(number, system)


def test_zero_padded_and_marked_numbers_are_read() -> None:
    assert parse_tooth("08", UNIVERSAL) == parse_tooth("#8", UNIVERSAL) == parse_tooth(" 8 ", UNIVERSAL)


@given(st.text(max_size=12), st.sampled_from(NumberingSystem))
def test_any_text_is_a_tooth_or_a_value_error(text: str, system: NumberingSystem) -> None:
    try:
        tooth = parse_tooth(text, system)
    except ValueError:
        return
    assert tooth in {Tooth(fdi=fdi, supernumerary=extra) for fdi in EVERY_FDI for extra in (False, True)}
