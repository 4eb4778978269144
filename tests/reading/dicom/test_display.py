"""Frames become grey pictures as a viewer shows them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset

from apexproof.perceptual import perceptual_distance
from apexproof.radiograph import Fingerprint
from apexproof.reading.fingerprint import perceptual_hash, pixel_sha256
from apexproof.reading.picture import Picture
from tests.reading.dicom.builders import grey, intra_oral, of_pydicom, part10, put_pixels, read, sequence
from tests.reading.synthetic_film import film

SAMPLES = grey(200, 160, 12)
FILM = film(3).astype(np.uint16) * 16


def hashes(ds: Dataset) -> Fingerprint:
    found = read(part10(ds))
    assert found.faults == ()
    value = found.radiographs[0].fingerprint[0].value
    assert value is not None
    return value


def of_picture(samples: npt.NDArray[np.uint16] | npt.NDArray[np.uint8], bits: int = 12) -> str:
    return pixel_sha256(Picture(samples=samples, bits=bits))


def test_monochrome1_is_inverted() -> None:
    ds = intra_oral((4095 - SAMPLES).astype(np.uint16))
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert hashes(ds).pixel_sha256 == of_picture(SAMPLES)


def test_inverse_presentation_and_monochrome1_say_one_thing_together() -> None:
    ds = intra_oral((4095 - SAMPLES).astype(np.uint16))
    ds.PresentationLUTShape = "INVERSE"
    alone = hashes(ds)
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert hashes(ds) == alone
    assert alone.pixel_sha256 == of_picture(SAMPLES)


def test_falling_rescale_turns_bright_into_dark() -> None:
    ds = intra_oral((4095 - SAMPLES).astype(np.uint16))
    ds.RescaleSlope, ds.RescaleIntercept = "-1", "4095"
    assert hashes(ds).pixel_sha256 == of_picture(SAMPLES)


def test_signed_samples_are_moved_up_by_half_their_range() -> None:
    ds = intra_oral((SAMPLES.astype(np.int32) - 2048).astype(np.int16))
    ds.PixelRepresentation = 1
    assert hashes(ds).pixel_sha256 == of_picture(SAMPLES)


def test_colour_becomes_its_luminance() -> None:
    eight = (SAMPLES // 16).astype(np.uint8)
    ds = intra_oral(eight, 8)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    put_pixels(ds, np.stack([eight] * 3, axis=-1), bits=8)
    assert hashes(ds).pixel_sha256 == of_picture(eight, 8)


def test_luminance_of_ybr_is_its_first_sample() -> None:
    eight = (SAMPLES // 16).astype(np.uint8)
    ds = intra_oral(eight, 8)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL", 0
    put_pixels(ds, np.stack([eight, eight // 2, eight // 3], axis=-1), bits=8)
    assert hashes(ds).pixel_sha256 == of_picture(eight, 8)


def test_palette_is_looked_up() -> None:
    found = read(of_pydicom("examples_palette.dcm"))
    (legibility,) = found.radiographs[0].legibility
    assert legibility.value is not None
    assert (legibility.value.width, legibility.value.height) == (800, 350)
    assert legibility.value.contrast > 0.3


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_exported_jpeg_of_a_windowed_radiograph_is_known_again(function: str, photometric: str) -> None:
    inverted = photometric == "MONOCHROME1"
    ds = intra_oral((4095 - FILM).astype(np.uint16) if inverted else FILM)
    center = 4095 - 1800 if inverted else 1800
    ds.PhotometricInterpretation, ds.WindowCenter, ds.WindowWidth = photometric, str(center), "2400"
    ds.VOILUTFunction = function
    shares = (FILM.astype(np.float64) - 1800) / 2400
    shown = 1 / (1 + np.exp(-4 * shares)) if function == "SIGMOID" else np.clip(shares + 0.5, 0, 1)
    _, exported = cv2.imencode(".jpg", np.rint(shown * 255).astype(np.uint8))
    again = np.asarray(cv2.imdecode(exported, cv2.IMREAD_GRAYSCALE), np.uint8)
    of_export = perceptual_hash(Picture(samples=again, bits=8))
    assert perceptual_distance(hashes(ds).perceptual, of_export) <= 12


def test_window_changes_what_is_shown_and_not_what_is_stored() -> None:
    plain = hashes(intra_oral(SAMPLES))
    ds = intra_oral(SAMPLES)
    ds.WindowCenter, ds.WindowWidth = "700", "300"
    windowed = hashes(ds)
    assert windowed.pixel_sha256 == plain.pixel_sha256
    assert windowed.perceptual != plain.perceptual


def test_window_that_leaves_nothing_to_see_is_ignored() -> None:
    ds = intra_oral(SAMPLES)
    ds.WindowCenter, ds.WindowWidth = "90000", "10"
    assert hashes(ds) == hashes(intra_oral(SAMPLES))


def test_lookup_table_is_applied_before_the_perceptual_hash() -> None:
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 8]
    table.LUTData = [255 - value // 16 for value in range(4096)]
    ds = intra_oral(SAMPLES)
    table["LUTData"].VR = table["LUTDescriptor"].VR = "US"
    ds.VOILUTSequence = sequence(table)
    assert hashes(ds).pixel_sha256 == of_picture((4095 - SAMPLES).astype(np.uint16))
