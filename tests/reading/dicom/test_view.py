"""The view is narrowed by class and size, and named by codes and words."""

from __future__ import annotations

import pydicom.uid as u
import pytest
from pydicom.dataset import Dataset

from apexproof.observation import Strength
from apexproof.view import View
from tests.reading.dicom.builders import code, header_of, intra_oral, sequence

INTRA_ORAL = {View.PERIAPICAL, View.BITEWING, View.OCCLUSAL}


def plain(modality: str = "DX", sop_class: str = u.DigitalXRayImageStorageForPresentation) -> Dataset:
    ds = intra_oral()
    ds.Modality, ds.SOPClassUID = modality, sop_class
    return ds


def said(ds: Dataset) -> list[tuple[set[View] | None, Strength]]:
    return [(set(one.value.possible) if one.value else None, one.strength) for one in header_of(ds).view]


@pytest.mark.parametrize(
    ("modality", "sop_class", "possible"),
    [
        ("IO", u.DigitalIntraOralXRayImageStorageForPresentation, INTRA_ORAL),
        ("IO", "1.3.6.1.4.1.99999.1", INTRA_ORAL),
        ("PX", u.DigitalXRayImageStorageForPresentation, {View.PANORAMIC}),
        ("CT", u.CTImageStorage, {View.CBCT}),
        ("XC", u.VLPhotographicImageStorage, {View.PHOTOGRAPH}),
        ("US", u.UltrasoundImageStorage, {View.OTHER_RADIOGRAPH}),
        ("MR", u.MRImageStorage, {View.OTHER_RADIOGRAPH}),
        ("DOC", u.SecondaryCaptureImageStorage, {View.DOCUMENT}),
    ],
)
def test_class_and_modality_narrow_the_view(modality: str, sop_class: str, possible: set[View]) -> None:
    assert said(plain(modality, sop_class)) == [(possible, Strength.ATTRIBUTE)]


@pytest.mark.parametrize("modality", ["DX", "CR", "OT", "RG"])
def test_modality_of_any_radiograph_says_nothing(modality: str) -> None:
    assert said(plain(modality, u.ComputedRadiographyImageStorage)) == []


@pytest.mark.parametrize(
    "keyword", ["ProcedureCodeSequence", "RequestedProcedureCodeSequence", "PerformedProtocolCodeSequence"]
)
def test_procedure_code_names_the_view(keyword: str) -> None:
    ds = plain()
    items = sequence(code("D0220", "CDT"))
    setattr(ds, keyword, items)
    assert said(ds) == [({View.PERIAPICAL}, Strength.CODED)]


def test_full_mouth_series_of_a_study_leaves_its_parts_possible() -> None:
    ds = plain()
    ds.ProcedureCodeSequence = sequence(code("D0210", "CDT"))
    assert said(ds) == [({View.FULL_MOUTH_SERIES, View.PERIAPICAL, View.BITEWING}, Strength.CODED)]


@pytest.mark.parametrize("value", ["260499007", "R-40810"])
def test_occlusal_projection_is_the_one_coded_view(value: str) -> None:
    ds = plain()
    ds.ViewCodeSequence = sequence(code(value))
    assert said(ds) == [({View.OCCLUSAL}, Strength.CODED)]


def test_words_of_the_picture_name_the_view() -> None:
    ds = plain()
    ds.ImageComments = "Bitewing right"
    assert said(ds) == [({View.BITEWING}, Strength.FREE_TEXT)]


def test_posteroanterior_view_position_is_not_periapical() -> None:
    ds = plain()
    ds.ViewPosition = "PA"
    assert said(ds) == []


@pytest.mark.parametrize("part", ["CHEST", "KNEE", "LSPINE"])
def test_body_part_far_from_the_mouth_is_another_radiograph(part: str) -> None:
    ds = plain()
    ds.BodyPartExamined = part
    assert said(ds) == [({View.OTHER_RADIOGRAPH}, Strength.ATTRIBUTE)]


@pytest.mark.parametrize("part", ["JAW", "SKULL", "HEAD", "MANDIBLE"])
def test_body_part_near_the_mouth_says_nothing(part: str) -> None:
    ds = plain()
    ds.BodyPartExamined = part
    assert said(ds) == []


def test_cephalostat_means_cephalometric() -> None:
    ds = plain()
    ds.PositionerType = "CEPHALOSTAT"
    assert said(ds) == [({View.CEPHALOMETRIC}, Strength.ATTRIBUTE)]


@pytest.mark.parametrize(
    ("rows", "columns", "spacing", "possible"),
    [
        (1700, 1300, [0.02, 0.02], {View.PERIAPICAL, View.BITEWING}),
        (540, 270, [0.1, 0.1], {View.BITEWING}),
        (270, 540, [0.1, 0.1], {View.BITEWING}),
        (570, 760, [0.1, 0.1], {View.OCCLUSAL}),
    ],
)
def test_size_of_the_film_narrows_the_view(rows: int, columns: int, spacing: list[float], possible: set[View]) -> None:
    ds = plain()
    ds.Rows, ds.Columns, ds.ImagerPixelSpacing = rows, columns, spacing
    assert said(ds) == [(possible, Strength.ATTRIBUTE)]


def test_long_picture_lies_outside_of_any_mouth() -> None:
    ds = plain()
    ds.Rows, ds.Columns, ds.ImagerPixelSpacing = 1500, 3000, [0.1, 0.1]
    ((possible, strength),) = said(ds)
    assert possible is not None
    assert possible.isdisjoint(INTRA_ORAL)
    assert strength is Strength.ATTRIBUTE


def test_spacing_is_that_of_rows_then_of_columns() -> None:
    ds = plain()
    ds.Rows, ds.Columns, ds.ImagerPixelSpacing = 1000, 1000, [0.054, 0.027]
    (observation,) = header_of(ds).view
    assert observation.note == "27 x 54 mm"
    assert observation.source == "DICOM Imager Pixel Spacing (0018,1164)"


def test_detector_spacing_comes_before_calibrated_spacing() -> None:
    ds = plain()
    ds.Rows, ds.Columns, ds.ImagerPixelSpacing, ds.PixelSpacing = 1700, 1300, [0.02, 0.02], [0.1, 0.1]
    (observation,) = header_of(ds).view
    assert observation.note == "26 x 34 mm"


def test_size_of_a_secondary_capture_is_a_guess() -> None:
    ds = plain("OT", u.SecondaryCaptureImageStorage)
    ds.Rows, ds.Columns, ds.PixelSpacing = 1080, 1920, [0.1, 0.1]
    ((_, strength),) = said(ds)
    assert strength is Strength.BOUND


def test_spacing_that_no_detector_has_is_said() -> None:
    ds = plain()
    ds.PixelSpacing = [1, 1]
    assert said(ds) == [(None, Strength.ATTRIBUTE)]
