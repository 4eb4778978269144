"""Teeth are read coded first, then from makers' attributes, then from free text."""

from __future__ import annotations

import pydicom.uid as u
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID

from apexproof.observation import Strength
from apexproof.radiograph import TeethStatement
from apexproof.tooth import NumberingSystem
from tests.reading.dicom.builders import code, header_of, intra_oral, sequence

DEXIS = "2.16.840.1.114059.1.1.6.1.50.1"


def readings(statement: TeethStatement | None) -> list[list[int]]:
    assert statement is not None
    return [[tooth.fdi for tooth in reading.teeth] for reading in statement.readings]


@pytest.mark.parametrize(
    ("value", "scheme", "expected"),
    [
        ("865995000", "SCT", [[16]]),
        ("5140004", "SCT", [[16], [54]]),
        ("T-54230", "SRT", [[16], [54]]),
        ("T-54230", "SNM3", [[16], [54]]),
        ("245568002", "99SDM", [[16]]),
        ("422653006", "SCT", [[11]]),
    ],
)
def test_every_generation_of_codes_names_its_tooth(value: str, scheme: str, expected: list[list[int]]) -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code(value, scheme))
    (observation,) = header_of(ds).teeth
    assert observation.strength is Strength.CODED
    assert observation.source == "DICOM Primary Anatomic Structure Sequence (0008,2228)"
    assert readings(observation.value) == expected


def test_all_teeth_in_the_picture_are_one_statement() -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code("422653006"), code("424877001"), code("860767006"))
    (observation,) = header_of(ds).teeth
    assert readings(observation.value) == [[11, 12, 13]]


@pytest.mark.parametrize(
    ("value", "scheme", "system", "fdi"),
    [
        ("8", "ADAUniversalToothDesignationSystem", NumberingSystem.UNIVERSAL, 11),
        ("11", "99FDI", NumberingSystem.FDI, 11),
        ("11", "ISO3950", NumberingSystem.FDI, 11),
        ("11", "99UNIVERSAL", NumberingSystem.UNIVERSAL, 23),
        ("UR1", "99PALMER", NumberingSystem.PALMER, 11),
    ],
)
def test_private_scheme_that_names_its_system_settles_the_number(
    value: str, scheme: str, system: NumberingSystem, fdi: int
) -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code(value, scheme))
    (observation,) = header_of(ds).teeth
    assert observation.value is not None
    assert observation.value.readings[0].system is system
    assert readings(observation.value) == [[fdi]]


def test_words_of_an_unknown_code_are_free_text() -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code("X1", "99ACME", "Tooth #8"))
    (observation,) = header_of(ds).teeth
    assert observation.strength is Strength.FREE_TEXT
    assert readings(observation.value) == [[11]]


def test_unknown_code_of_a_tooth_is_said_and_not_dropped() -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code("X1", "99ACME", "some tooth"))
    (observation,) = header_of(ds).teeth
    assert observation.value is None
    assert observation.note == "a code that is no tooth we know"


def region(jaw: str, *modifiers: str) -> Dataset:
    item = code(jaw)
    item.AnatomicRegionModifierSequence = sequence(*(code(modifier) for modifier in modifiers))
    return item


@pytest.mark.parametrize(
    ("jaw", "modifier", "side", "expected"),
    [
        ("70925003", "699453001", "R", [[11], [51]]),
        ("T-11170", "T-51005", "L", [[21], [61]]),
        ("91609006", "699507006", "L", [[36]]),
        ("91609006", "699509009", "R", [[44], [84]]),
        ("70925003", "699453001", "B", [[11, 21], [51, 61]]),
        ("70925003", "699505003", "", [[17], [27]]),
    ],
)
def test_jaw_and_region_and_side_leave_the_teeth_that_are_possible(
    jaw: str, modifier: str, side: str, expected: list[list[int]]
) -> None:
    ds = intra_oral()
    ds.AnatomicRegionSequence = sequence(region(jaw, modifier))
    if side:
        ds.ImageLaterality = side
    (observation,) = header_of(ds).teeth
    assert observation.strength is Strength.ATTRIBUTE
    assert readings(observation.value) == expected


def test_jaw_alone_names_no_tooth() -> None:
    ds = intra_oral()
    ds.AnatomicRegionSequence = sequence(code("70925003"))
    assert header_of(ds).teeth == ()


@pytest.mark.parametrize("syntax", [u.ExplicitVRLittleEndian, u.ImplicitVRLittleEndian])
@pytest.mark.parametrize(
    ("written", "expected"),
    [(["8"], [[11]]), (["7,8,9"], [[12, 11, 21]]), (["7", "8"], [[12, 11]])],
)
def test_dexis_block_holds_bare_numbers(syntax: UID, written: list[str], expected: list[list[int]]) -> None:
    ds = intra_oral()
    ds.private_block(0x0029, DEXIS, create=True).add_new(0x24, "LO", written)
    (observation,) = header_of(ds, syntax).teeth
    assert observation.strength is Strength.ATTRIBUTE
    assert readings(observation.value) == expected


def test_jaw_beside_the_dexis_number_settles_its_system() -> None:
    ds = intra_oral()
    block = ds.private_block(0x0029, DEXIS, create=True)
    block.add_new(0x24, "LO", "31")
    (observation,) = header_of(ds).teeth
    assert sorted(readings(observation.value)) == [[31], [47]]
    block = ds.private_block(0x0029, DEXIS)
    ds[block.get_tag(0x24)].value = "25"
    block.add_new(0x25, "LO", "Lower")
    (observation,) = header_of(ds).teeth
    assert readings(observation.value) == [[41]]
    assert observation.note == "read by the jaw that stands beside it"


def test_dexis_text_that_names_no_tooth_is_said() -> None:
    ds = intra_oral()
    ds.private_block(0x0029, DEXIS, create=True).add_new(0x24, "LO", "unknown")
    (observation,) = header_of(ds).teeth
    assert observation.value is None
    assert observation.note == "names no tooth that can be read"


def test_descriptions_are_candidates_in_their_order_behind_the_codes() -> None:
    ds = intra_oral()
    ds.PrimaryAnatomicStructureSequence = sequence(code("422653006"))
    ds.StudyDescription = "PA #9"
    ds.ImageComments = "PA #8"
    found = header_of(ds).teeth
    assert [observation.strength for observation in found] == [Strength.CODED, Strength.FREE_TEXT, Strength.FREE_TEXT]
    assert [readings(observation.value) for observation in found] == [[[11]], [[11]], [[21]]]
    assert found[1].source == "DICOM Image Comments (0020,4000)"


def test_ambiguous_numbers_of_one_text_are_read_in_one_system() -> None:
    ds = intra_oral()
    ds.ImageComments = "tooth 11 and tooth 21"
    (observation,) = header_of(ds).teeth
    assert sorted(readings(observation.value)) == [[11, 21], [23, 34]]
