"""The header is read first, alone, and survives what hostile files put into it."""

from __future__ import annotations

import io
import struct
import zlib

import pydicom.uid as u
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.header import read_header
from apexproof.reading.part import Limits
from tests.reading.dicom.builders import element, grey, intra_oral, of_pydicom, part10, read


class CountingStream(io.BytesIO):
    """A stream that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        octets = super().read(size)
        self.taken += len(octets)
        return octets


def file_of(dataset: bytes, syntax: UID = u.ExplicitVRLittleEndian) -> bytes:
    """A Part 10 file around an encoded data set."""
    written = syntax.encode("ascii") + b"\0" * (len(syntax) % 2)
    return b"\0" * 128 + b"DICM" + struct.pack("<HH2sH", 2, 0x10, b"UI", len(written)) + written + dataset


def test_reading_a_header_takes_none_of_the_pixels() -> None:
    content = part10(intra_oral(grey(1700, 1300, 16), 16))
    stream = CountingStream(content)
    read_header(stream)
    assert stream.taken < 4096 < len(content)


def test_large_private_values_are_passed_over() -> None:
    ds = intra_oral()
    ds.private_block(0x0019, "ACME", create=True).add_new(0x10, "OB", b"\0" * 1_000_000)
    stream = CountingStream(part10(ds))
    header = read_header(stream)
    assert stream.taken < 4096
    assert header.attributes.text("Modality") == "IO"


def test_value_that_was_passed_over_is_fetched_when_asked_for() -> None:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = u.EncapsulatedPDFStorage, "2.25.1"
    ds.EncapsulatedDocument = b"%PDF-1.7" + b" " * 500_000
    header = read_header(io.BytesIO(part10(ds)))
    document = header.attributes.value("EncapsulatedDocument")
    assert isinstance(document, bytes)
    assert document.startswith(b"%PDF-1.7")
    assert len(document) == 500_008


def test_claimed_length_of_four_gigabytes_costs_nothing() -> None:
    content = file_of(
        element(0x00080016, b"UN", b"1.2") + element(0x00091010, b"OB", b"abc", length=0xFFFFFFFE),
    )
    header = read_header(io.BytesIO(content))
    assert header.cut_short
    assert read(content).words[-1] == "truncated"


def with_nested_sequences(*, undefined: bool) -> bytes:
    """A good file with three hundred sequences within each other among its attributes."""
    nested = b""
    for _ in range(300):
        if undefined:
            item = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF) + nested + struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
            end = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
            nested = element(0x00082228, b"SQ", item + end, length=0xFFFFFFFF)
        else:
            nested = element(0x00082228, b"SQ", struct.pack("<HHL", 0xFFFE, 0xE000, len(nested)) + nested)
    name = b"\x10\x00\x10\x00PN"
    return part10(intra_oral()).replace(name, nested + name)


def test_three_hundred_nested_sequences_are_a_fault() -> None:
    assert read(with_nested_sequences(undefined=True)).words == ["nested_too_deeply"]


def test_nested_sequences_of_known_length_are_never_walked() -> None:
    found = read(with_nested_sequences(undefined=False))
    assert len(found.radiographs) == 1
    assert found.words == []


def test_deflate_bomb_is_refused_before_it_unpacks() -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = deflater.compress(b"\0" * 20_000_000) + deflater.flush()
    content = file_of(bomb, u.DeflatedExplicitVRLittleEndian)
    assert read(content, limits=Limits(sample_bytes=1_000_000)).words == ["too_large"]


@pytest.mark.parametrize("name", ["ExplVR_LitEndNoMeta.dcm", "ExplVR_BigEndNoMeta.dcm", "rtstruct.dcm"])
def test_data_set_without_preamble_is_read_and_said_so(name: str) -> None:
    assert "not_part10" in read(of_pydicom(name)).words


def test_picture_without_preamble_is_a_radiograph_all_the_same() -> None:
    content = part10(intra_oral(), u.ImplicitVRLittleEndian)
    meta_length = struct.unpack_from("<L", content, 140)[0]
    found = read(content[144 + meta_length :])
    assert len(found.radiographs) == 1
    assert found.words == ["not_part10"]


@pytest.mark.parametrize("content", [b"", b"\0" * 200, b"Dear Sir or Madam, " * 20, b"\x89PNG\r\n\x1a\n" * 30])
def test_what_is_not_dicom_is_never_forced_into_it(content: bytes) -> None:
    with pytest.raises(ReadingFailed) as raised:
        read_header(io.BytesIO(content))
    assert raised.value.fault == "not_dicom"


@pytest.mark.parametrize("quarter", [1, 2, 3])
@pytest.mark.parametrize("syntax", [u.ExplicitVRLittleEndian, u.ImplicitVRLittleEndian, u.ExplicitVRBigEndian])
def test_truncated_file_yields_no_picture(syntax: UID, quarter: int) -> None:
    samples = grey().astype(">u2") if syntax == u.ExplicitVRBigEndian else grey()
    content = part10(intra_oral(samples), syntax)
    found = read(content[: len(content) * quarter // 4])
    assert found.radiographs == ()
    assert found.words == ["truncated"]


def test_file_that_ends_within_its_header_is_truncated() -> None:
    content = part10(intra_oral())
    assert read(content[:400]).words[-1] == "truncated"
