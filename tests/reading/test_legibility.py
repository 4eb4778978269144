"""Facts about what can be seen in a picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.radiograph import Legibility
from apexproof.reading.legibility import measure_legibility
from apexproof.reading.picture import COMMON_SIDE, Picture, Samples
from tests.reading.synthetic_film import Film, film, picture, pictures


def measured(samples: Samples, bits: int | None = None) -> Legibility:
    return measure_legibility(picture(samples, bits))


def blurred(samples: Film, deviation: float) -> Film:
    return np.asarray(cv2.GaussianBlur(samples, (0, 0), deviation), np.uint8)


def blurred_in_depth(samples: Film, deviation: float) -> npt.NDArray[np.uint16]:
    """Blurred without the steps of 8 bits."""
    return np.asarray(cv2.GaussianBlur(samples.astype(np.uint16) * 257, (0, 0), deviation), np.uint16)


def washed_out(samples: Film, share: float) -> Film:
    return np.asarray(100 + samples.astype(np.float32) * share, np.uint8)


@settings(max_examples=60)
@given(any_picture=pictures())
def test_any_picture_gets_measures_within_their_ranges(any_picture: Picture) -> None:
    legibility = measure_legibility(any_picture)
    assert (legibility.height, legibility.width) == any_picture.samples.shape
    assert legibility.bits == any_picture.bits
    assert 0 <= legibility.contrast <= 1
    assert 0 <= legibility.dark <= 1
    assert 0 <= legibility.bright <= 1
    assert 0 <= legibility.sharpness < math.inf


@settings(max_examples=30)
@given(
    sample=st.integers(0, 2**16 - 1),
    bits=st.integers(1, 16),
    height=st.integers(1, 900),
    width=st.integers(1, 900),
)
def test_blank_has_neither_contrast_nor_sharpness(sample: int, bits: int, height: int, width: int) -> None:
    legibility = measured(np.full((height, width), sample % 2**bits, np.uint16), bits)
    assert (legibility.contrast, legibility.sharpness) == (0, 0)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), deviation=st.floats(0.5, 9), grain=st.floats(0, 12))
def test_blurring_never_raises_sharpness(seed: int, deviation: float, grain: float) -> None:
    sharp = film(seed, grain=grain)
    # The tiles with the most structure may become others by the blur, hence the hundredth.
    assert measured(blurred_in_depth(sharp, deviation)).sharpness <= measured(sharp).sharpness * 1.01


@pytest.mark.parametrize("seed", range(4))
def test_the_stronger_the_blur_the_lower_the_sharpness(seed: int) -> None:
    crisp = film(seed)
    measures = [measured(blurred_in_depth(crisp, deviation)).sharpness for deviation in (1, 2, 3, 5, 8)]
    assert measures == sorted(measures, reverse=True)
    assert measures[0] > 0.56
    assert measures[-1] < 0.45


@pytest.mark.parametrize("deviation", [5, 8, 13, 20])
def test_the_steps_of_eight_bits_are_no_detail_of_a_strong_blur(deviation: float) -> None:
    assert all(measured(blurred(film(seed, grain=0), deviation)).sharpness < 0.45 for seed in range(4))


def test_contrast_and_brightness_do_not_change_sharpness() -> None:
    crisp = film(1, grain=0)
    paler = np.asarray(40 + crisp.astype(np.float32) * 0.6, np.uint8)
    assert measured(paler).sharpness == pytest.approx(measured(crisp).sharpness, rel=0.05)


def test_lettering_does_not_make_a_blurred_film_sharp() -> None:
    lettered = blurred(film(2), 8)
    cv2.putText(lettered, "SYNTHETIC 8", (20, 560), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 2)
    assert measured(lettered).sharpness < 0.45


@pytest.mark.parametrize("form", [cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4])
def test_thumbnail_that_was_enlarged_again_is_not_sharp(form: int) -> None:
    for crisp in map(film, range(4)):
        height, width = crisp.shape
        small = cv2.resize(crisp, None, fx=128 / height, fy=128 / height, interpolation=cv2.INTER_AREA)
        enlarged = np.asarray(cv2.resize(small, (width, height), interpolation=form), np.uint8)
        assert measured(enlarged).sharpness < measured(crisp).sharpness * 0.4


def test_border_of_a_viewer_does_not_make_a_blurred_film_sharp() -> None:
    framed = cv2.copyMakeBorder(blurred(film(2), 8), 30, 17, 45, 22, cv2.BORDER_CONSTANT, value=[0.0])
    assert measured(np.asarray(framed, np.uint8)).sharpness < 0.45


def test_sharpness_is_comparable_between_sizes() -> None:
    large = np.asarray(cv2.resize(film(3, grain=0), (1920, 2400), interpolation=cv2.INTER_CUBIC), np.uint8)
    twice = np.asarray(cv2.resize(large, (960, 1200), interpolation=cv2.INTER_AREA), np.uint8)
    assert measured(large).sharpness == pytest.approx(measured(twice).sharpness, rel=0.03)


def test_grain_is_no_contrast() -> None:
    grain = np.random.default_rng(5).integers(0, 256, (900, 900), dtype=np.uint8)
    assert measured(grain).contrast < 0.15


def test_washed_out_film_has_little_contrast_whatever_its_grain() -> None:
    crisp = film(4)
    grain = np.random.default_rng(5).normal(0, 8, crisp.shape)
    grainy = np.clip(washed_out(crisp, 0.1) + grain, 0, 255).astype(np.uint8)
    assert measured(crisp).contrast > 0.4
    assert measured(washed_out(crisp, 0.1)).contrast < 0.12
    assert measured(grainy).contrast < 0.15


def test_overexposed_film_is_dark_and_underexposed_film_is_bright() -> None:
    crisp = film(6).astype(np.float32)
    assert measured(np.clip(crisp * 1.5 - 260, 0, 255).astype(np.uint8)).dark > 0.6
    assert measured(np.clip(crisp * 1.5 + 150, 0, 255).astype(np.uint8)).bright > 0.6
    assert measured(film(6)).dark == measured(film(6)).bright == 0


@pytest.mark.parametrize("border", [0, 255])
def test_page_around_the_film_does_not_count_as_clipped(border: int) -> None:
    page = np.full((1400, 1100), border, np.uint8)
    page[200:800, 100:580] = film(7)
    around, alone = measured(page), measured(film(7))
    assert max(around.dark, around.bright) < 0.01
    assert around.contrast == pytest.approx(alone.contrast, abs=0.05)


def test_depth_does_not_change_what_can_be_seen() -> None:
    eight = film(8)
    sixteen = eight.astype(np.uint16) * 257
    expected, got = measured(eight), measured(sixteen)
    assert got.bits == 16
    assert got.contrast == pytest.approx(expected.contrast, abs=0.01)
    assert got.sharpness == pytest.approx(expected.sharpness, rel=0.01)


@pytest.mark.parametrize("inverted", [False, True])
def test_twelve_bits_in_a_file_that_declares_sixteen_are_not_black(inverted: bool) -> None:  # noqa: FBT001 - a case
    twelve = film(9).astype(np.uint16) * 16
    declared = np.asarray(65535 - twelve if inverted else twelve, np.uint16)
    assert measured(declared, 16).contrast == pytest.approx(measured(twelve, 12).contrast, abs=0.01)
    assert measured(declared, 16).dark == 0


def test_washed_out_sixteen_bits_stay_washed_out() -> None:
    faint = (30_000 + film(9).astype(np.uint32) * 20).astype(np.uint16)
    assert measured(faint, 16).contrast < 0.1


def test_eight_bit_view_spans_the_scale() -> None:
    ramp = np.tile(np.arange(4096, dtype=np.uint16), (8, 1))
    view = picture(ramp, 12).eight_bit
    assert view.dtype == np.uint8
    assert (int(view.min()), int(view.max())) == (0, 255)
    assert np.all(np.diff(view[0].astype(int)) >= 0)


def test_eight_bit_view_of_one_bit_is_black_and_white() -> None:
    assert picture(np.array([[0, 1], [1, 0]], np.uint8), 1).eight_bit.tolist() == [[0, 255], [255, 0]]


def test_eight_bit_view_of_eight_bits_is_the_samples() -> None:
    assert np.array_equal(picture(film(1)).eight_bit, film(1))


def test_byte_order_and_layout_of_the_samples_do_not_matter() -> None:
    native = film(1).astype(np.uint16) * 200
    assert measured(native.astype(">u2")) == measured(native)
    assert measured(np.asfortranarray(native)) == measured(native)
    assert measured(native[::-1][::-1]) == measured(native)


def test_common_side_bounds_what_is_measured() -> None:
    assert max(picture(np.zeros((3, 9000), np.uint8)).reduced.shape) == COMMON_SIDE


@pytest.mark.parametrize(
    ("samples", "bits"),
    [
        (np.zeros((4, 4, 3), np.uint8), 8),
        (np.zeros((0, 4), np.uint8), 8),
        (np.zeros((4, 4), np.int16), 16),
        (np.zeros((4, 4), np.float32), 16),
        (np.zeros((4, 4), np.uint32), 16),
        (np.zeros((4, 4), np.uint8), 12),
        (np.zeros((4, 4), np.uint16), 0),
    ],
)
def test_what_is_no_grey_picture_is_refused(samples: Samples, bits: int) -> None:
    with pytest.raises(ValueError, match=r"picture|sample"):
        Picture(samples=samples, bits=bits)
