"""Every transfer syntax decodes to the samples that went in."""

from __future__ import annotations

import io
import struct

import numpy as np
import numpy.typing as npt
import pydicom.uid as u
import pytest
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import UID

from apexproof.reading.dicom.decoding import DECODERS, NATIVE, RUN_LENGTHS, Frames
from apexproof.reading.dicom.form import read_form
from apexproof.reading.dicom.header import read_header
from apexproof.reading.fingerprint import pixel_sha256
from apexproof.reading.part import Limits
from apexproof.reading.picture import Picture
from tests.reading.dicom.builders import (
    compressed,
    grey,
    intra_oral,
    jpeg,
    lossless_jpeg,
    of_pydicom,
    part10,
    put_pixels,
    read,
)


def decoded_sha256(content: bytes) -> str:
    found = read(content)
    assert found.faults == ()
    (radiograph,) = found.radiographs
    (observation,) = radiograph.fingerprint
    assert observation.value is not None
    return observation.value.pixel_sha256


def source_sha256(samples: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], bits: int) -> str:
    return pixel_sha256(Picture(samples=samples, bits=bits))


@pytest.mark.parametrize(
    "syntax",
    [
        u.ImplicitVRLittleEndian,
        u.ExplicitVRLittleEndian,
        u.ExplicitVRBigEndian,
        u.DeflatedExplicitVRLittleEndian,
    ],
)
def test_uncompressed_samples_come_out_as_they_went_in(syntax: UID) -> None:
    samples = grey(bits=12)
    stored = samples.astype(">u2") if syntax == u.ExplicitVRBigEndian else samples
    assert decoded_sha256(part10(intra_oral(stored), syntax)) == source_sha256(samples, 12)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize(
    ("syntax", "encoder"),
    [(u.RLELossless, "pydicom"), (u.JPEGLSLossless, "pyjpegls"), (u.JPEG2000Lossless, "pylibjpeg")],
)
def test_lossless_compression_keeps_every_sample(syntax: UID, encoder: str, bits: int) -> None:
    samples: npt.NDArray[np.uint8] | npt.NDArray[np.uint16] = grey(bits=bits)
    if bits == 8:
        samples = samples.astype(np.uint8)
    frame = get_encoder(syntax).encode(
        samples,
        rows=samples.shape[0],
        columns=samples.shape[1],
        samples_per_pixel=1,
        bits_allocated=samples.dtype.itemsize * 8,
        bits_stored=bits,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
        encoding_plugin=encoder,
    )
    content = compressed(intra_oral(samples, bits), syntax, [bytes(frame)])
    assert decoded_sha256(content) == source_sha256(samples, bits)


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize(("syntax", "predictor"), [(u.JPEGLossless, 1), (u.JPEGLossless, 2), (u.JPEGLosslessSV1, 1)])
def test_lossless_jpeg_keeps_every_sample(syntax: UID, predictor: int, bits: int) -> None:
    samples = grey(bits=bits)
    frame = lossless_jpeg(samples, bits, predictor=predictor)
    assert decoded_sha256(compressed(intra_oral(samples, bits), syntax, [frame])) == source_sha256(samples, bits)


def test_extended_jpeg_of_twelve_bits_has_the_samples_that_pydicom_states_for_its_file() -> None:
    header = read_header(io.BytesIO(of_pydicom("JPGExtended.dcm")))
    assert header.pixels is not None
    form = read_form(header.attributes, header.pixels.keyword, Limits())
    samples, photometric = Frames(header, header.pixels, form).decode(0)
    assert photometric == "MONOCHROME2"
    assert samples.dtype == np.uint16
    # As in pydicom's tests/pixels/pixels_reference.py.
    assert (samples[420, 140], samples[230, 120]) == (244, 95)


@pytest.mark.parametrize("syntax", [u.JPEGBaseline8Bit, u.JPEGExtended12Bit])
def test_jpeg_of_eight_bits_is_read(syntax: UID) -> None:
    samples = grey(bits=8).astype(np.uint8)
    found = read(compressed(intra_oral(samples, 8), syntax, [jpeg(samples)]))
    (legibility,) = found.radiographs[0].legibility
    assert legibility.value is not None
    assert (legibility.value.width, legibility.value.height, legibility.value.bits) == (44, 60, 8)


def test_near_lossless_jpeg_ls_of_the_pydicom_wheel_is_read() -> None:
    assert len(read(of_pydicom("JPEGLSNearLossless_16.dcm")).radiographs) == 1


@pytest.mark.parametrize("syntax", sorted(s for s, decoder in DECODERS.items() if decoder not in (NATIVE, RUN_LENGTHS)))
def test_the_decoder_of_each_syntax_is_installed(syntax: UID) -> None:
    assert DECODERS[syntax] in get_decoder(syntax).available_plugins


def test_run_lengths_agree_with_pydicom() -> None:
    samples = np.stack([grey(31, 17, 8).astype(np.uint8)] * 3, axis=-1)
    samples[..., 1] //= 2
    frame = get_encoder(u.RLELossless).encode(
        samples,
        rows=31,
        columns=17,
        samples_per_pixel=3,
        bits_allocated=8,
        bits_stored=8,
        pixel_representation=0,
        photometric_interpretation="RGB",
        planar_configuration=0,
        number_of_frames=1,
        encoding_plugin="pydicom",  # GDCM's encoder of run lengths brings the process down
    )
    ds = intra_oral(samples[..., 0], 8)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    plain = intra_oral(samples[..., 0], 8)
    plain.SamplesPerPixel, plain.PhotometricInterpretation, plain.PlanarConfiguration = 3, "RGB", 0
    put_pixels(plain, samples, bits=8)
    assert decoded_sha256(compressed(ds, u.RLELossless, [bytes(frame)])) == decoded_sha256(part10(plain))


def test_run_length_bomb_yields_no_more_than_its_frame() -> None:
    header = struct.pack("<16L", 1, 64, *[0] * 14)
    ds = intra_oral(grey(bits=8).astype(np.uint8), 8)
    found = read(compressed(ds, u.RLELossless, [header + b"\x81\x07" * 100_000]))
    assert found.faults == ()
    assert len(found.radiographs) == 1


def test_millions_of_empty_fragments_are_refused() -> None:
    content = compressed(intra_oral(), u.JPEGBaseline8Bit, [b"\0\0"])
    end = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    assert content.endswith(end)
    assert read(content.removesuffix(end) + struct.pack("<HHL", 0xFFFE, 0xE000, 0) * 30_000).words == ["too_large"]


def test_frame_that_claims_another_size_never_reaches_a_decoder() -> None:
    frame = jpeg(np.zeros((600, 800), np.uint8))
    found = read(compressed(intra_oral(grey(bits=8).astype(np.uint8), 8), u.JPEGBaseline8Bit, [frame]))
    assert found.words == ["undecodable"]
    assert found.radiographs == ()


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_half_a_jpeg_is_no_evidence(quarter: int) -> None:
    samples = grey(bits=8).astype(np.uint8)
    frame = jpeg(samples)
    cut = frame[: len(frame) * quarter // 4]
    found = read(compressed(intra_oral(samples, 8), u.JPEGBaseline8Bit, [cut]))
    assert found.radiographs == ()
    assert found.words in (["truncated"], ["undecodable"])


def test_video_is_named_and_not_read() -> None:
    found = read(compressed(intra_oral(), u.MPEG2MPML, [b"\0\0\1\xb3" * 8]))
    assert found.words == ["unsupported_syntax"]
    assert "MPEG2" in found.faults[0].message
