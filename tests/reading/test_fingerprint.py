"""Facts about when two pictures are the same."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.perceptual import UNLIKE, perceptual_distance
from apexproof.reading.fingerprint import perceptual_hash, pixel_sha256
from apexproof.reading.picture import Picture
from tests.reading.synthetic_film import Film, film, picture, pictures

SAME_FILM = 16
"""What the policies take for the same film; here the bound that every test of sameness keeps."""


def distance(one: Film, other: Film) -> int:
    return perceptual_distance(perceptual_hash(picture(one)), perceptual_hash(picture(other)))


def as_bytes(samples: object) -> Film:
    return np.asarray(samples, np.uint8)


def jpeg(samples: Film, quality: int) -> Film:
    written = cv2.imencode(".jpg", samples, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return as_bytes(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE))


def half_size(samples: Film) -> Film:
    return as_bytes(cv2.resize(samples, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def framed(samples: Film) -> Film:
    return as_bytes(cv2.copyMakeBorder(samples, 31, 17, 45, 22, cv2.BORDER_CONSTANT, value=[0.0]))


def lettered(samples: Film) -> Film:
    return as_bytes(cv2.putText(samples.copy(), "SYNTHETIC", (15, 580), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2))


def captioned(samples: Film) -> Film:
    """A white strip with words below the film, and one beside it."""
    framed = cv2.copyMakeBorder(samples, 0, 50, 40, 0, cv2.BORDER_CONSTANT, value=[255.0])
    return as_bytes(cv2.putText(framed, "SYNTHETIC 2026", (50, 635), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2))


def brighter(samples: Film) -> Film:
    return as_bytes(255 * (samples / 255) ** 0.7)


LAID_DOWN: dict[str, Callable[[Film], Film]] = {
    "mirrored": lambda f: f[:, ::-1],
    "upside down": lambda f: f[::-1],
    "quarter turn": np.rot90,
    "half turn": lambda f: np.rot90(f, 2),
    "three quarter turn": lambda f: np.rot90(f, 3),
    "rows and columns exchanged": lambda f: f.T,
    "negative": lambda f: 255 - f,
}
PASSED_ON: dict[str, Callable[[Film], Film]] = {
    "re-encoded": lambda f: jpeg(f, 50),
    "half size": half_size,
    "paler": lambda f: as_bytes(40 + f * 0.6),
    "brighter": brighter,
    "framed": framed,
    "lettered": lettered,
    "cropped on the left": lambda f: f[:, 24:],
    "cropped on all sides": lambda f: f[30:-30, 24:-24],
    "framed with words": captioned,
    "all of it": lambda f: jpeg(brighter(half_size(np.ascontiguousarray(np.rot90(f[20:, 20:][:, ::-1])))), 50),
}


@pytest.mark.parametrize("way", LAID_DOWN)
@pytest.mark.parametrize("seed", range(5))
def test_film_laid_down_another_way_is_the_same_film(seed: int, way: str) -> None:
    assert distance(film(seed), LAID_DOWN[way](film(seed))) <= 4


@pytest.mark.parametrize("change", PASSED_ON)
@pytest.mark.parametrize("seed", range(5))
def test_film_that_was_passed_on_is_the_same_film(seed: int, change: str) -> None:
    assert distance(film(seed), PASSED_ON[change](film(seed))) <= SAME_FILM


def test_other_films_are_far() -> None:
    hashes = [perceptual_hash(picture(film(seed, width=300, height=400))) for seed in range(24)]
    assert {perceptual_distance(one, other) for one, other in combinations(hashes, 2)} == {UNLIKE}


def test_depth_does_not_change_the_perceptual_hash() -> None:
    sixteen = film(3).astype(np.uint16) * 257
    one, other = perceptual_hash(picture(film(3))), perceptual_hash(picture(sixteen))
    assert perceptual_distance(one, other) <= 2


def test_blank_has_neither_cells_nor_marks() -> None:
    assert perceptual_hash(picture(np.full((40, 30), 90, np.uint8))) == "bfff" + "0" * 512


def test_hash_of_the_pixels_is_that_of_shape_depth_and_samples() -> None:
    samples = np.array([[1, 2, 3], [256, 257, 4095]], np.uint16)
    assert pixel_sha256(picture(samples, 12)) == sha256(b"3x2x12\n" + samples.astype("<u2").tobytes()).hexdigest()


def test_hash_of_the_pixels_knows_shape_and_depth() -> None:
    samples = np.arange(12, dtype=np.uint16)
    ways = [((3, 4), 12), ((4, 3), 12), ((3, 4), 16), ((1, 12), 12)]
    assert len({pixel_sha256(picture(samples.reshape(shape), bits)) for shape, bits in ways}) == len(ways)


def test_hash_of_the_pixels_does_not_know_how_they_were_stored() -> None:
    samples = film(1).astype(np.uint16)
    expected = pixel_sha256(picture(film(1)))
    assert pixel_sha256(picture(samples, 8)) == expected
    assert pixel_sha256(picture(samples.astype(">u2"), 8)) == expected
    assert pixel_sha256(picture(np.asfortranarray(film(1)))) == expected


@settings(max_examples=40)
@given(any_picture=pictures())
def test_any_picture_has_a_fingerprint_that_is_its_own(any_picture: Picture) -> None:
    same = Picture(samples=any_picture.samples.copy(), bits=any_picture.bits)
    assert pixel_sha256(any_picture) == pixel_sha256(same)
    assert perceptual_hash(any_picture) == perceptual_hash(same)
    assert perceptual_distance(perceptual_hash(any_picture), perceptual_hash(same)) == 0


@settings(max_examples=30)
@given(any_picture=pictures(), row=st.integers(0), column=st.integers(0))
def test_one_other_sample_makes_another_hash_of_the_pixels(any_picture: Picture, row: int, column: int) -> None:
    changed = any_picture.samples.copy()
    changed[row % any_picture.height, column % any_picture.width] ^= 1
    assert pixel_sha256(Picture(samples=changed, bits=any_picture.bits)) != pixel_sha256(any_picture)
