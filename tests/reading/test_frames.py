"""Where films lie in a picture of several; and that a single picture is never cut."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from apexproof.reading.burned_in.line import Box
from apexproof.reading.frames import find_frames
from apexproof.reading.picture import Picture
from fixtures.mounts import Mount, page
from fixtures.overlays import MANNERS, Overlay
from fixtures.radiographs import Film, Subject, paint

LETTER = tuple("The patient fell at school and the root of tooth #8 is still open." for _ in range(8))
CAPTIONS = tuple(f"02/{day:02}/2026 PA #{day}" for day in range(1, 9))


def overlap(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0, across) * max(0, down)
    return shared / (one.width * one.height + other.width * other.height - shared)


@pytest.mark.parametrize("ground", [0, 40, 128, 255])
@pytest.mark.parametrize("quality", [None, 60, 90])
@pytest.mark.parametrize("captions", [(), CAPTIONS])
def test_every_film_of_a_mount_is_found(ground: int, quality: int | None, captions: tuple[str, ...]) -> None:
    mount = Mount(name="found", ground=ground, quality=quality, captions=captions, heading="QUILL, MARIGOLD")
    found = find_frames(np.asarray(Image.open(io.BytesIO(mount.content())), np.uint8))
    assert len(found) == len(mount.frames)
    assert all(overlap(one, other) > 0.9 for one, other in zip(found, mount.frames, strict=True))


def test_the_one_film_of_a_page_is_found() -> None:
    sheet, frame = page("page", LETTER)
    (found,) = find_frames(sheet)
    assert overlap(found, frame) > 0.9


@pytest.mark.parametrize(
    "subject",
    [Subject.PERIAPICAL, Subject.BITEWING, Subject.PANORAMIC, Subject.PHOTOGRAPH, Subject.PAGE, Subject.BLANK],
)
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_one_picture_is_never_cut(subject: Subject, name: str) -> None:
    samples = paint(Film(name=name, subject=subject, width=600, height=420))
    assert find_frames(Picture(samples=samples, bits=12).eight_bit) == ()


@pytest.mark.parametrize("manner", list(MANNERS))
def test_a_film_with_bars_of_words_is_never_cut(manner: str) -> None:
    assert find_frames(np.asarray(Overlay(name="sample", manner=manner).image(), np.uint8)) == ()


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_border_around_a_film_is_no_mount(ground: int) -> None:
    sheet = np.full((700, 600), ground, np.uint8)
    sheet[80:580, 90:490] = paint(Film(name="bordered", width=400, height=500)) >> 4
    assert find_frames(sheet) == ()


def test_a_dark_root_and_collimated_edges_part_nothing() -> None:
    film = (paint(Film(name="collimated", width=400, height=500)) >> 4).astype(np.uint8)
    film[:60] = film[-60:] = 0
    film[:, :50] = film[:, -50:] = 255
    film[200:320, 120:280] = 0
    assert find_frames(film) == ()


def test_two_halves_with_one_line_between_them_are_one_picture() -> None:
    film = (paint(Film(name="halved", width=400, height=500)) >> 4).astype(np.uint8)
    film[240:260] = 0
    assert find_frames(film) == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 3), (20, 700)])
def test_any_shape_is_looked_at_without_an_error(shape: tuple[int, int]) -> None:
    assert find_frames(np.zeros(shape, np.uint8)) == ()


def test_a_picture_of_lines_is_looked_at_in_bounded_time() -> None:
    lines = np.zeros((3000, 3000), np.uint8)
    lines[::4] = 255
    lines[:, ::4] = 255
    lines[::8, ::8] = 0
    assert find_frames(lines) == ()
