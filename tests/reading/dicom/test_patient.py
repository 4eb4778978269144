"""Patient and orientation as the header states them."""

from __future__ import annotations

from datetime import date

import pytest

from apexproof.person import PersonName
from tests.reading.dicom.builders import header_of, intra_oral, put_raw


def test_name_birth_date_and_chart_number_are_one_statement() -> None:
    (found,) = header_of(intra_oral()).patient
    assert found.value is not None
    assert found.value.name == PersonName(family="Quill", given="Marigold")
    assert found.value.birth_date == date(2017, 3, 3)
    assert found.value.chart_number == "C-1001"
    assert found.source == "DICOM Patient's Name (0010,0010), Patient's Birth Date (0010,0030), Patient ID (0010,0020)"


def test_alphabetic_group_of_a_japanese_name_is_read() -> None:
    ds = intra_oral()
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.PatientName = "Hamabe^Sora=浜辺^空=はまべ^そら"
    (found,) = header_of(ds).patient
    assert found.value is not None
    assert found.value.name == PersonName(family="Hamabe", given="Sora")


def test_accents_come_out_of_their_character_set() -> None:
    ds = intra_oral()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName = "Ñandú^Inés"
    (found,) = header_of(ds).patient
    assert found.value is not None
    assert found.value.name == PersonName(family="Ñandú", given="Inés")


@pytest.mark.parametrize("written", ["19000101", "00010101", "unknown", "20260230"])
def test_birth_date_that_is_none_is_said(written: str) -> None:
    ds = intra_oral()
    put_raw(ds, 0x00100030, "DA", written)
    found, unusable = header_of(ds).patient
    assert found.value is not None
    assert found.value.birth_date is None
    assert unusable.value is None
    assert unusable.note


def test_name_of_nobody_is_said() -> None:
    ds = intra_oral()
    ds.PatientName = "ANONYMOUS"
    found, unusable = header_of(ds).patient
    assert found.value is not None
    assert found.value.name is None
    assert unusable.note == "names nobody"


def test_anonymised_file_names_nobody() -> None:
    ds = intra_oral()
    ds.PatientIdentityRemoved = "YES"
    (found,) = header_of(ds).patient
    assert found.value is None
    assert found.note == "the file says that the patient's identity was removed"


@pytest.mark.parametrize(
    ("flip", "orientation", "side", "mirrored"),
    [
        ("YES", None, "", [True]),
        ("NO", None, "", [False]),
        (None, ["L", "F"], "", [False]),
        (None, ["R", "F"], "", [True]),
        (None, ["A", "F"], "R", [False]),
        (None, ["P", "F"], "R", [True]),
        (None, ["P", "F"], "L", [False]),
        (None, ["A", "F"], "L", [True]),
        (None, ["A", "F"], "", []),
    ],
)
def test_mirroring_is_told_by_flip_and_orientation(
    flip: str | None, orientation: list[str] | None, side: str, mirrored: list[bool]
) -> None:
    ds = intra_oral()
    if flip:
        ds.FieldOfViewHorizontalFlip = flip
    if orientation:
        ds.PatientOrientation = orientation
    if side:
        ds.ImageLaterality = side
    assert [observation.value for observation in header_of(ds).mirrored] == mirrored
