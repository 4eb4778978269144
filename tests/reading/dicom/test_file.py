"""A file becomes radiographs with places, and remarks on what is odd about it."""

from __future__ import annotations

import warnings

import numpy as np
import pydicom.uid as u
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from apexproof.radiograph import Radiograph
from apexproof.reading.dicom.file import read_dicom
from apexproof.reading.part import Depth, Limits, Part
from apexproof.tooth import Tooth
from tests.reading.dicom.builders import (
    code,
    compressed,
    grey,
    intra_oral,
    jpeg,
    part10,
    put_raw,
    read,
    sequence,
)

STACK = np.stack([grey(), grey()[::-1], grey()[:, ::-1]])


def test_single_frame_is_the_file_itself() -> None:
    entered: list[str] = []
    (radiograph,) = read(part10(intra_oral()), entered=entered).radiographs
    assert radiograph.place == ""
    assert entered == []


def test_each_frame_is_a_radiograph_with_its_place() -> None:
    entered: list[str] = []
    found = read(part10(intra_oral(STACK)), entered=entered)
    assert [radiograph.place for radiograph in found.radiographs] == ["frame 1", "frame 2", "frame 3"]
    assert entered == ["frame 1", "frame 2", "frame 3"]
    prints = {one.fingerprint[0].value for one in found.radiographs}
    assert len(prints) == 3


@pytest.mark.parametrize("packed", [True, False])
def test_frame_that_was_read_before_is_left_out(packed: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    eight = (STACK // 16).astype(np.uint8)
    if packed:
        content = compressed(intra_oral(eight[0], 8), u.JPEGBaseline8Bit, [jpeg(frame) for frame in eight])
    else:
        content = part10(intra_oral(eight, 8))
    whole = read(content)
    found = read(content, left_out=("frame 1", "frame 2"))
    assert found.radiographs == whole.radiographs[2:]


def test_frames_beyond_the_limit_are_left_unread_and_said_so() -> None:
    found = read(part10(intra_oral(STACK)), limits=Limits(pictures=2))
    assert len(found.radiographs) == 2
    assert found.words == ["too_many_pictures"]
    assert "2 of 3" in found.faults[0].message


def test_frames_that_are_claimed_and_not_there_are_one_fault() -> None:
    ds = intra_oral()
    ds.NumberOfFrames = 1_000_000
    found = read(part10(ds))
    assert [radiograph.place for radiograph in found.radiographs] == ["frame 1"]
    assert found.words == ["truncated"]
    assert found.faults[0].place == "frame 2"


def test_headers_alone_measure_nothing() -> None:
    (radiograph,) = read(part10(intra_oral()), depth=Depth.HEADERS).radiographs
    assert radiograph.legibility == ()
    assert radiograph.fingerprint == ()
    assert radiograph.patient != ()


def test_picture_beyond_the_limits_is_refused_before_it_is_decoded() -> None:
    ds = intra_oral()
    ds.Rows, ds.Columns = 60_000, 60_000
    assert read(part10(ds)).words == ["too_large"]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("Rows", 0), ("BitsAllocated", 12), ("BitsStored", 17), ("SamplesPerPixel", 2)],
)
def test_impossible_layout_is_a_fault(keyword: str, value: int) -> None:
    ds = intra_oral()
    setattr(ds, keyword, value)
    assert read(part10(ds)).words == ["impossible_layout"]


def test_missing_identifiers_are_remarked_and_cost_nothing() -> None:
    ds = intra_oral()
    content = part10(ds)
    stripped = content.replace(b"\x02\x00\x03\x00UI", b"\x02\x00\x13\x00UI").replace(
        b"\x08\x00\x18\x00UI", b"\x08\x00\x19\x00UI"
    )
    found = read(stripped)
    assert len(found.radiographs) == 1
    assert found.words == ["missing_uid"]
    assert not found.faults[0].fatal


def test_private_sop_class_is_remarked_and_read() -> None:
    ds = intra_oral()
    ds.SOPClassUID = "1.3.6.1.4.1.99999.1"
    found = read(part10(ds))
    assert len(found.radiographs) == 1
    assert found.words == ["private_sop_class"]


def test_values_against_the_rules_are_named_by_attribute_and_never_quoted() -> None:
    ds = intra_oral()
    put_raw(ds, 0x00280030, "LO", "secret\\0.02")
    found = read(part10(ds).replace(b"\x28\x00\x30\x00LO", b"\x28\x00\x30\x00DS"))
    assert len(found.radiographs) == 1
    assert found.words == ["bad_attribute"]
    assert "PixelSpacing" in found.faults[0].message
    assert "secret" not in found.faults[0].message


def test_directory_of_a_medium_is_no_picture_and_no_loss() -> None:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = u.MediaStorageDirectoryStorage, "2.25.1"
    found = read(part10(ds))
    assert found.words == ["directory"]
    assert not found.faults[0].fatal


def test_report_without_a_picture_is_a_fault() -> None:
    ds = intra_oral()
    del ds.PixelData, ds.Rows
    ds.SOPClassUID = u.BasicTextSRStorage
    assert read(part10(ds)).words == ["no_picture"]


def test_encapsulated_pdf_is_handed_on_with_what_the_header_knows() -> None:
    ds = intra_oral()
    del ds.PixelData, ds.Rows
    ds.SOPClassUID = u.EncapsulatedPDFStorage
    ds.EncapsulatedDocument = b"%PDF-1.7 \0"
    handed: list[bytes] = []

    def read_member(part: Part) -> list[Radiograph]:
        handed.append(part.content)
        return [Radiograph(place=part.place)]

    part = Part(content=part10(ds), place="a.dcm", limits=Limits(), depth=Depth.PIXELS, enter=lambda _: True)
    (found,) = read_dicom(part, read_member=lambda member: iter(read_member(member)))
    assert handed == [b"%PDF-1.7 \0"]
    assert isinstance(found, Radiograph)
    assert found.place == "a.dcm/document.pdf"
    assert found.patient[0].value is not None
    assert read(part10(ds)).words == ["no_picture"]


def test_frame_anatomy_tells_the_teeth_of_each_frame() -> None:
    ds = intra_oral(np.stack([grey(), grey()]))
    groups = []
    for tooth in ("422653006", "424877001"):
        region, anatomy, group = Dataset(), Dataset(), Dataset()
        region.PrimaryAnatomicStructureSequence = sequence(code(tooth))
        anatomy.FrameAnatomySequence = sequence(region)
        group.update(anatomy)
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = sequence(*groups)
    first, second = read(part10(ds)).radiographs
    assert first.teeth[0].value is not None
    assert first.teeth[0].value.settled == (Tooth(fdi=11),)
    assert second.teeth[0].value is not None
    assert second.teeth[0].value.settled == (Tooth(fdi=12),)


def test_nothing_of_a_broken_file_reaches_a_log_or_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    ds = intra_oral()
    put_raw(ds, 0x00080020, "DA", "secret")
    put_raw(ds, 0x00280030, "DS", "1")
    put_raw(ds, 0x00280008, "LO", "1A")
    content = part10(ds).replace(b"\x28\x00\x08\x00LO", b"\x28\x00\x08\x00IS")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert len(read(content).radiographs) == 1
        assert read(content.replace(b"1.2.840.10008.1.2.1\0", b"1.2.x40.10008.1.2.1\0")).words == ["unsupported_syntax"]
    assert warned == []
    assert caplog.records == []


GOOD = part10(intra_oral(STACK))
EIGHT = (grey() // 16).astype(np.uint8)
PACKED = compressed(intra_oral(EIGHT, 8), u.JPEGBaseline8Bit, [jpeg(EIGHT)])


@settings(max_examples=60)
@given(
    content=st.sampled_from([GOOD, PACKED]),
    changes=st.lists(st.tuples(st.integers(132, 1200), st.integers(0, 255)), min_size=1, max_size=12),
    keep=st.integers(140, 20_000),
)
def test_any_damage_yields_radiographs_or_faults(content: bytes, changes: list[tuple[int, int]], keep: int) -> None:
    damaged = bytearray(content)
    for place, octet in changes:
        damaged[place] = octet
    found = read(bytes(damaged[:keep]), limits=Limits(pixels=1_000_000, sample_bytes=4_000_000, pictures=5))
    assert found.radiographs or found.faults
