"""A preview is a small grey PNG of one picture of a file; covered, no word is left in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apexproof.errors import ReadingFailed
from apexproof.reading.burned_in.lines import read_lines
from apexproof.reading.drawing import SIDE_MOST, Drawing
from apexproof.reading.part import Limits
from apexproof.reading.picture import Picture
from apexproof.reading.preview import draw
from apexproof.reading.sandbox import Sandbox
from fixtures.dicom_files import DicomFile
from fixtures.mounts import Mount, encoded
from fixtures.overlays import Ink, Overlay
from fixtures.radiographs import Film, paint

Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def opened(png: bytes) -> Grey:
    image = Image.open(io.BytesIO(png), formats=["PNG"])
    image.load()
    assert image.mode == "L"
    return np.asarray(image, np.uint8)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "picture"
    path.write_bytes(content)
    return path


def test_a_preview_is_as_small_as_was_asked_and_always_the_same(sandbox: Sandbox, tmp_path: Path) -> None:
    path = written(tmp_path, Overlay(name="sample", manner="corners").content())
    png = sandbox.preview(path, side=500, covered=False)
    assert opened(png).shape == (500, 375)
    assert sandbox.preview(path, side=500, covered=False) == png


@pytest.mark.parametrize("side", [-1, 0, 1, 10**9])
def test_no_side_is_too_much_to_ask_for(sandbox: Sandbox, tmp_path: Path, side: int) -> None:
    path = written(tmp_path, Overlay(name="sample", manner="corners").content())
    assert 1 <= max(opened(sandbox.preview(path, side=side, covered=False)).shape) <= SIDE_MOST


@pytest.mark.parametrize("manner", ["bar", "footer", "dark on light"])
def test_no_word_can_be_read_in_a_covered_preview(manner: str) -> None:
    samples = np.asarray(Overlay(name="sample", manner=manner, size=18, quality=85).image(), np.uint8)
    drawing = draw(Picture(samples=samples, bits=8), side=SIDE_MOST, covered=True)
    shown = np.frombuffer(drawing.samples, np.uint8).reshape(drawing.height, drawing.width)
    assert [line.text for line in read_lines(shown, seconds=30) if line.confidence > 0.7 and len(line.text) > 2] == []


@pytest.mark.parametrize(("manner", "ink"), [("corners", None), ("outlined", Ink.YELLOW), ("bare", Ink.RED)])
def test_every_pixel_of_every_word_is_covered(manner: str, ink: Ink | None, sandbox: Sandbox, tmp_path: Path) -> None:
    film = Film(name="covered", width=900, height=1200)
    content = Overlay(name="sample", manner=manner, film=film, ink=ink).content()
    words = np.asarray(Image.open(io.BytesIO(content)).convert("L"), np.int16) - (paint(film) >> 4)
    shown = opened(sandbox.preview(written(tmp_path, content), side=SIDE_MOST, covered=True))
    assert not shown[np.abs(words) > 40].any()


def test_a_picture_without_words_is_drawn_as_it_is() -> None:
    samples = (paint(Film(name="plain", width=600, height=800)) >> 4).astype(np.uint8)
    drawing = draw(Picture(samples=samples, bits=8), side=SIDE_MOST, covered=False)
    assert drawing.samples == samples.tobytes()


def test_a_picture_of_many_bits_is_windowed() -> None:
    samples = (paint(Film(name="dim", width=300, height=400)) // 8 + 900).astype(np.uint16)
    drawing = draw(Picture(samples=samples, bits=12), side=400, covered=False)
    shown = np.frombuffer(drawing.samples, np.uint8)
    assert (shown.min(), shown.max()) == (0, 255)


def test_the_film_of_a_mount_has_a_preview_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    mount = Mount(name="series", rows=1, columns=3)
    path = written(tmp_path, encoded(mount.samples()))
    frame = mount.frames[1]
    film = opened(sandbox.preview(path, place="film 2 of 3, row 1 middle", covered=False))
    assert abs(film.shape[0] - frame.height) < 20
    assert abs(film.shape[1] - frame.width) < 12
    assert opened(sandbox.preview(path, covered=False)).shape[1] > film.shape[1] * 2


def test_the_page_of_a_pdf_is_drawn_with_its_words_covered(sandbox: Sandbox, tmp_path: Path) -> None:
    sheet = np.full((1100, 850), 255, np.uint8)
    image = Image.fromarray(sheet)
    image.save(tmp_path / "page.pdf", resolution=100)
    reading = sandbox.read(tmp_path / "page.pdf")
    (place,) = (picture.place for picture in reading.radiographs)
    assert opened(sandbox.preview(tmp_path / "page.pdf", place=place, covered=True)).min() == 255


def test_a_dicom_picture_is_drawn(sandbox: Sandbox, tmp_path: Path) -> None:
    content = DicomFile(frames=(Film(name="dicom"), Film(name="other"))).content()
    path = written(tmp_path, content)
    one, other = (opened(sandbox.preview(path, place=f"frame {n}", covered=True)) for n in (1, 2))
    assert one.shape == other.shape == (416, 312)
    assert (one != other).any()


@pytest.mark.parametrize("place", ["film 9 of 9, row 1 left", "page 2", "../../etc", "\udc80"])
def test_a_place_without_a_picture_is_said_so(sandbox: Sandbox, tmp_path: Path, place: str) -> None:
    path = written(tmp_path, Overlay(name="sample", manner="corners").content())
    with pytest.raises(ReadingFailed) as refused:
        sandbox.preview(path, place=place, covered=True)
    assert refused.value.fault == "no_such_picture"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_file_has_no_preview_and_the_next_one_has(sandbox: Sandbox, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReadingFailed):
        sandbox.preview(written(tmp_path, content), covered=False)
    good = written(tmp_path, Overlay(name="sample", manner="corners").content())
    assert opened(sandbox.preview(good, covered=False)).size


def test_a_child_that_takes_too_long_gives_no_preview(tmp_path: Path) -> None:
    path = written(tmp_path, Overlay(name="sample", manner="corners").content())
    with Sandbox(limits=Limits(seconds=0.0)) as hurried, pytest.raises(ReadingFailed) as refused:
        hurried.preview(path, covered=True)
    assert refused.value.fault == "timed_out"


@pytest.mark.parametrize(("width", "height", "count"), [(0, 1, 0), (2, 2, 3), (SIDE_MOST + 1, 1, SIDE_MOST + 1)])
def test_samples_that_fit_no_drawing_are_refused(width: int, height: int, count: int) -> None:
    with pytest.raises(ValueError, match="a drawing has"):
        Drawing(width=width, height=height, samples=bytes(count))
