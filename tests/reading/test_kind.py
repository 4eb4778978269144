"""A kind is told by content alone."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.reading.kind import Kind, kind_of
from fixtures import hostile


@pytest.mark.parametrize("name", sorted(hostile.GOOD))
def test_every_kind_that_is_read_is_told(name: str) -> None:
    assert kind_of(hostile.GOOD[name]()) is Kind(name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"Periapical of #8, taken before the visit.\r\n", Kind.TEXT),
        ("Zahn 11, Röntgenbild".encode(), Kind.TEXT),
        (("x" * 1023 + "é").encode(), Kind.TEXT),
        (b"\x00\x01\x02\x03", Kind.UNKNOWN),
        (b"MZ\x90\x00\x03\x00\x00\x00", Kind.UNKNOWN),
        (b"BMI is 22", Kind.TEXT),
        (b"\x1f\x8b\x08\x00", Kind.OTHER_ARCHIVE),
        (b"Rar!\x1a\x07\x00", Kind.OTHER_ARCHIVE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", Kind.HEIF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OFFICE_DOCUMENT),
        (b"some words of a mailer\n%PDF-1.4\n", Kind.PDF),
        (b"x" * 1024 + b"%PDF-1.4\n", Kind.TEXT),
        (b"PK\x05\x06" + bytes(18), Kind.ZIP),
        (b"II+\x00\x08\x00\x00\x00", Kind.TIFF),
    ],
)
def test_contents_are_told_apart(content: bytes, kind: Kind) -> None:
    assert kind_of(content) is kind


def test_an_office_document_is_no_archive_of_images() -> None:
    word = hostile.archive(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    writer = hostile.archive(("mimetype", b"application/vnd.oasis.opendocument.text"), deflated=False)
    assert kind_of(word) is Kind.OFFICE_DOCUMENT
    assert kind_of(writer) is Kind.OFFICE_DOCUMENT


def test_a_preamble_may_hold_anything() -> None:
    dicom = hostile.dicom()
    for other in (b"MZ", b"II*\x00", b"%PDF-1.4", b"PK\x03\x04"):
        assert kind_of(other + dicom[len(other) :]) is Kind.DICOM


@pytest.mark.parametrize(
    "start",
    [
        hostile.element(0x00080005, "CS", b"ISO_IR 100"),
        hostile.element(0x00020000, "UL", b"\x00\x00\x00\x00"),
        struct.pack("<HHI", 0x0008, 0x0008, 16) + b"ORIGINAL\\PRIMARY",
        struct.pack(">HH2sH", 0x0008, 0x0016, b"UI", 26) + b"1.2.840.10008.5.1.4.1.1.1\0",
    ],
)
def test_a_data_set_without_preamble_is_dicom(start: bytes) -> None:
    assert kind_of(start) is Kind.DICOM


def test_binary_that_happens_to_begin_with_eight_is_not_dicom() -> None:
    assert kind_of(struct.pack("<HHI", 0x0008, 0x0008, 0x7FFFFFFF) + bytes(64)) is Kind.UNKNOWN


@given(st.binary(max_size=2000))
def test_any_content_has_a_kind(content: bytes) -> None:
    assert kind_of(content) in Kind
