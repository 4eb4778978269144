"""Facts about what counts as colour: what goes beyond one tint."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.radiograph import Radiograph
from apexproof.reading.colour import colourfulness
from apexproof.reading.measures import COLOURS, measured
from apexproof.reading.picture import Colours, Picture
from apexproof.view import View
from tests.reading.synthetic_film import film, picture

TINTS = {
    "sepia": (1.0, 0.85, 0.6),
    "blue": (0.6, 0.8, 1.0),
    "green": (0.5, 1.0, 0.7),
}


def coloured(colours: Colours) -> Picture:
    return Picture(samples=np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8), bits=8, colours=colours)


def beyond_one_tint(colours: Colours) -> float:
    found = colourfulness(coloured(colours))
    assert found is not None
    return found


def through_jpeg(colours: Colours) -> Colours:
    encoded = cv2.imencode(".jpg", cv2.cvtColor(colours, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), np.uint8)


def test_grey_picture_says_nothing_of_colour() -> None:
    assert colourfulness(picture(film(1))) is None
    assert not [said for said in measured(Radiograph(), picture(film(1))).view if said.source == COLOURS]


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_grey_in_three_channels_is_no_colour(seed: int) -> None:
    grey = np.dstack([film(seed)] * 3)
    assert beyond_one_tint(grey) == 0
    assert not [said for said in measured(Radiograph(), coloured(grey)).view if said.source == COLOURS]


@pytest.mark.parametrize("tint", sorted(TINTS))
def test_tint_of_a_film_is_no_colour(tint: str) -> None:
    scan = np.asarray(film(2)[..., None] * np.asarray(TINTS[tint]), np.uint8)
    assert beyond_one_tint(scan) <= 0.01
    assert beyond_one_tint(through_jpeg(scan)) <= 0.02


def test_words_and_arrows_in_red_are_no_colour() -> None:
    marked = np.dstack([film(3)] * 3).copy()
    cv2.arrowedLine(marked, (100, 100), (300, 400), (255, 0, 0), 12)
    cv2.putText(marked, "Quill #8", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 255, 0), 4)
    assert beyond_one_tint(marked) <= 0.01


def test_many_hues_of_one_brightness_are_colour() -> None:
    hues = np.dstack([film(4), film(5), film(6)])
    assert beyond_one_tint(hues) > 0.05
    said = measured(Radiograph(), coloured(hues)).view[-1]
    assert said.source == COLOURS
    assert said.value is not None
    assert View.PERIAPICAL not in said.value.possible


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(1, 300), width=st.integers(1, 300))
def test_any_colours_get_a_share_that_turning_and_mirroring_hardly_change(seed: int, height: int, width: int) -> None:
    colours = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = beyond_one_tint(colours)
    assert 0 <= found <= 1
    assert beyond_one_tint(colours[:, ::-1].copy()) == pytest.approx(found, abs=0.03)
    assert beyond_one_tint(np.rot90(colours).copy()) == pytest.approx(found, abs=0.03)
