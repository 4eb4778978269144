"""What the view model says of pictures that were never learnt, and under the limits of a reader."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from apexproof.radiograph import Towards
from apexproof.reading.picture import Picture
from apexproof.reading.view import SIDE, STRANGEST, seen_by_model, view_and_crowns, view_model, view_probabilities
from apexproof.view import View
from fixtures.radiographs import Film, Subject, paint
from tests.reading.synthetic_film import film, picture, pictures


def drawn(subject: Subject, *, tooth: int = 11, open_apex: bool = True) -> npt.NDArray[np.uint8]:
    return (paint(Film(name="view test", subject=subject, tooth=tooth, open_apex=open_apex)) >> 4).astype(np.uint8)


def likeliest(samples: npt.NDArray[np.uint8]) -> View:
    return view_probabilities(picture(samples)).shares[0][0]


@settings(max_examples=40)
@given(pictures())
def test_any_picture_gets_probabilities_that_add_up_to_one(any_picture: Picture) -> None:
    said = view_probabilities(any_picture)
    assert sum(share for _, share in said.shares) == pytest.approx(1, abs=0.01)
    assert 0 <= said.strangeness <= STRANGEST
    assert [share for _, share in said.shares] == sorted((share for _, share in said.shares), reverse=True)


def test_the_model_names_every_view_that_it_was_fitted_on() -> None:
    assert set(view_model().views) == set(View) - {View.CBCT, View.UNKNOWN}


@pytest.mark.parametrize(
    ("subject", "view"),
    [
        (Subject.PERIAPICAL, View.PERIAPICAL),
        (Subject.BITEWING, View.BITEWING),
        (Subject.PANORAMIC, View.PANORAMIC),
        (Subject.FULL_MOUTH, View.FULL_MOUTH_SERIES),
        (Subject.PHOTOGRAPH, View.PHOTOGRAPH),
        (Subject.PAGE, View.DOCUMENT),
    ],
)
def test_a_drawing_that_was_never_learnt_is_told_for_what_it_stands_for(subject: Subject, view: View) -> None:
    assert likeliest(drawn(subject)) is view


@pytest.mark.parametrize("tooth", [11, 16, 25, 31, 36])
@pytest.mark.parametrize("open_apex", [True, False])
def test_a_drawn_periapical_is_one_whatever_the_tooth_and_its_apex(tooth: int, *, open_apex: bool) -> None:
    assert likeliest(drawn(Subject.PERIAPICAL, tooth=tooth, open_apex=open_apex)) is View.PERIAPICAL


def test_a_blank_is_as_strange_as_a_picture_can_be() -> None:
    said = view_probabilities(picture(np.full((400, 300), 17, np.uint8)))
    assert said.strangeness == STRANGEST
    assert said.likeliest(probability_least=0, strangeness_most=1) is View.UNKNOWN


def test_noise_is_unknown() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (500, 700)).astype(np.uint8)
    assert view_probabilities(picture(noise)).likeliest(probability_least=0.8, strangeness_most=1) is View.UNKNOWN


def test_depth_does_not_change_what_the_model_sees() -> None:
    eight = film(5)
    sixteen = eight.astype(np.uint16) * 257
    np.testing.assert_allclose(seen_by_model(picture(eight)), seen_by_model(picture(sixteen)), atol=0.02)


def test_brightness_and_contrast_do_not_change_what_the_model_sees() -> None:
    bright = film(6)
    faint = (bright.astype(np.float32) * 128 + 8000).astype(np.uint16)
    np.testing.assert_allclose(seen_by_model(picture(bright)), seen_by_model(picture(faint)), atol=0.02)


def test_a_uniform_border_hardly_changes_what_the_model_sees() -> None:
    bare = film(7)
    framed = cv2.copyMakeBorder(bare, 60, 90, 30, 120, cv2.BORDER_CONSTANT, value=0)
    assert np.abs(seen_by_model(picture(bare)) - seen_by_model(picture(np.asarray(framed, np.uint8)))).mean() < 0.05


def test_the_model_sees_one_square_whatever_the_shape() -> None:
    assert seen_by_model(picture(film(8, width=900, height=200))).shape == (1, 1, SIDE, SIDE)


def test_the_same_picture_gets_the_same_answer_twice() -> None:
    samples = film(9)
    assert view_probabilities(picture(samples)) == view_probabilities(picture(samples))


def test_the_loaded_model_needs_no_file_and_no_more_memory_than_a_reader_has() -> None:
    program = textwrap.dedent("""
        import resource
        import numpy as np
        from apexproof.reading.picture import Picture
        from apexproof.reading.view import view_model, view_probabilities
        view_model()
        resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3, 3 * 1024**3))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        rows = np.arange(2_000_000, dtype=np.uint32).reshape(1600, 1250) % 251
        print(len(view_probabilities(Picture(samples=rows.astype(np.uint8), bits=8)).shares))
    """)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("9", 0), done.stderr
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 3


@pytest.mark.parametrize(
    ("tooth", "turn", "side"),
    [
        (11, 0, Towards.BOTTOM),
        (11, 1, Towards.RIGHT),
        (36, 0, Towards.TOP),
        (36, 1, Towards.LEFT),
        (36, 2, Towards.BOTTOM),
    ],
)
def test_a_drawn_periapical_has_its_crowns_where_they_were_drawn(tooth: int, turn: int, side: Towards) -> None:
    turned = np.ascontiguousarray(np.rot90(drawn(Subject.PERIAPICAL, tooth=tooth), turn))
    assert view_and_crowns(picture(turned))[1].towards is side


@pytest.mark.parametrize("subject", [Subject.PERIAPICAL, Subject.BITEWING, Subject.PANORAMIC, Subject.PAGE])
def test_a_mirror_image_shows_the_same_view(subject: Subject) -> None:
    film_of_nobody = drawn(subject)
    assert likeliest(film_of_nobody[:, ::-1].copy()) is likeliest(film_of_nobody)
