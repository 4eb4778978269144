"""Words in real pictures: found, read and put on the radiograph; what goes wrong with them costs nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec import structs
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian

from apexproof.checks.sources_disagree import sources_disagree
from apexproof.observation import Strength
from apexproof.radiograph import FileReading, Radiograph, ReadingFault
from apexproof.reading.burned_in.lines import TooMany, TooSlow, read_lines
from apexproof.reading.burned_in.words import with_words
from apexproof.reading.part import Depth, Limits, Part
from apexproof.reading.picture import Picture
from apexproof.reading.reader import read_file
from apexproof.reading.sandbox import Sandbox
from benchmarks.words.score import Read, score
from fixtures.dicom_files import DicomFile
from fixtures.overlays import MANNERS, Ink, Overlay
from fixtures.radiographs import Film, paint
from tests.checks.exhibits import ask

SNIP = Overlay(name="sample", manner="bar", size=26, quality=85)


def read(overlay: Overlay, folder: Path, depth: Depth = Depth.WORDS) -> FileReading:
    path = folder / "picture"
    path.write_bytes(overlay.content())
    return read_file(path, limits=Limits(), depth=depth)


def scored(overlay: Overlay, folder: Path) -> dict[str, Read]:
    (radiograph,) = read(overlay, folder).radiographs
    return dict(score(radiograph, overlay.told, overlay.manner))


def grey(overlay: Overlay) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(overlay.image(), np.uint8)


@pytest.mark.parametrize("manner", list(MANNERS))
def test_every_manner_of_overlay_is_read(manner: str, tmp_path: Path) -> None:
    found = scored(Overlay(name="sample", manner=manner, size=30, quality=85), tmp_path)
    assert (found["date"], found["tooth"]) == (Read.RIGHT, Read.RIGHT)


@pytest.mark.parametrize("ink", list(Ink))
def test_words_in_every_colour_are_read(ink: Ink, tmp_path: Path) -> None:
    found = scored(Overlay(name="coloured", manner="corners", size=30, quality=85, ink=ink), tmp_path)
    assert set(found.values()) == {Read.RIGHT}


def test_red_words_on_bone_are_as_dark_as_it_in_grey_and_stand_out_in_their_colour(tmp_path: Path) -> None:
    sheet = np.full((400, 600, 3), 76, np.uint8)
    sheet[:, 20:] += np.arange(580, dtype=np.uint8)[None, :, None] % 9
    cv2.putText(sheet, "02/25/2026", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 0, 0), 3, cv2.LINE_AA)
    coloured, grey = Image.fromarray(sheet), Image.fromarray(sheet).convert("L")
    for image, days in ((coloured, ["2026-02-25"]), (grey, [])):
        image.save(tmp_path / "red.png")
        (radiograph,) = read_file(tmp_path / "red.png", limits=Limits(), depth=Depth.WORDS).radiographs
        assert [str(o.value) for o in radiograph.exposure if o.value is not None] == days


def test_half_size_is_read(tmp_path: Path) -> None:
    assert set(scored(replace(SNIP, halved=True), tmp_path).values()) == {Read.RIGHT}


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_words_are_read_after_turning(turns: int, tmp_path: Path) -> None:
    overlay = replace(SNIP, turns=turns)
    found = scored(overlay, tmp_path)
    assert (found["date"], found["tooth"]) == (Read.RIGHT, Read.RIGHT)
    (radiograph,) = read(overlay, tmp_path).radiographs
    assert radiograph.mirrored == ()


def test_mirrored_words_reveal_a_mirrored_picture_and_name_no_tooth(tmp_path: Path) -> None:
    overlay = replace(SNIP, mirrored=True)
    found = scored(overlay, tmp_path)
    assert (found["date"], found["tooth"], found["name"]) == (Read.RIGHT, Read.UNREAD, Read.RIGHT)
    (radiograph,) = read(overlay, tmp_path).radiographs
    assert [(o.value, o.strength) for o in radiograph.mirrored] == [(True, Strength.BURNED_IN)]


def test_the_place_of_the_words_is_in_the_picture_as_it_came(tmp_path: Path) -> None:
    (radiograph,) = read(replace(SNIP, mirrored=True), tmp_path).radiographs
    place = radiograph.exposure[0].source.removeprefix("words in the picture at ")
    left, _, right = (int(number) for number in place.replace(",", "-").split("-")[:3])
    assert 0 < left < right <= 1000
    assert right > 900, "the bar begins at the left, so its mirror image ends at the right"


@pytest.mark.parametrize("depth", [Depth.HEADERS, Depth.PIXELS])
def test_words_are_read_only_when_asked_for(depth: Depth, tmp_path: Path) -> None:
    (radiograph,) = read(SNIP, tmp_path, depth).radiographs
    assert not any(o.strength is Strength.BURNED_IN for o in radiograph.exposure)
    assert not any(o.strength is Strength.BURNED_IN for o in radiograph.teeth)


def test_a_film_without_words_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    path.write_bytes(DicomFile(frames=(Film(name="no words", width=624, height=832),)).content())
    plain = read_file(path, limits=Limits())
    assert read_file(path, limits=Limits(), depth=Depth.WORDS) == plain


def test_the_sandbox_reads_the_same_words_as_this_process(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(SNIP.content())
    with Sandbox() as sandbox:
        isolated = sandbox.read(path, depth=Depth.WORDS)
    assert isolated == read_file(path, limits=Limits(), depth=Depth.WORDS)
    assert any(o.strength is Strength.BURNED_IN for o in isolated.radiographs[0].exposure)


def part(limits: Limits) -> Part:
    return Part(content=b"", place="", limits=limits, depth=Depth.WORDS, enter=lambda _: True)


def words_of(limits: Limits) -> tuple[Radiograph, ReadingFault]:
    picture = Picture(samples=grey(SNIP), bits=8)
    radiograph, fault = with_words(Radiograph(), picture, part(limits))
    assert isinstance(radiograph, Radiograph)
    assert isinstance(fault, ReadingFault)
    return radiograph, fault


def test_words_that_take_too_long_cost_only_themselves() -> None:
    radiograph, fault = words_of(Limits(words_seconds=0.0))
    assert radiograph == Radiograph()
    assert (fault.fault, fault.fatal) == ("words_too_slow", False)


def test_time_is_kept_between_the_steps() -> None:
    with pytest.raises(TooSlow):
        read_lines(grey(SNIP), seconds=0.0)


def test_a_page_full_of_words_is_left_unread() -> None:
    with pytest.raises(TooMany):
        read_lines(grey(SNIP), seconds=30.0, most=1)


def test_a_header_that_denies_the_name_in_its_picture_is_pointed_out(tmp_path: Path) -> None:
    bars = Overlay(name="sample", manner="bar", size=26)
    denied, admitted = (_dicom(bars, tmp_path / f"{value}.dcm", value) for value in ("NO", "YES"))
    assert [(f.fault, f.fatal) for f in denied.faults if f.fault == "burned_in_annotation"] == [
        ("burned_in_annotation", False)
    ]
    assert "burned_in_annotation" not in {fault.fault for fault in admitted.faults}


def test_a_header_of_one_day_and_a_picture_of_another_are_pointed_out(tmp_path: Path) -> None:
    (radiograph,) = _dicom(Overlay(name="sample", manner="bar", size=26), tmp_path / "film.dcm", "YES").radiographs
    alone = structs.replace(
        radiograph, exposure=tuple(o for o in radiograph.exposure if o.strength is not Strength.BURNED_IN)
    )
    assert ", date (DICOM Acquisition Date" in ask(sources_disagree, radiograph).message
    assert ", date (" not in ask(sources_disagree, alone).message


def test_no_fault_quotes_the_words(tmp_path: Path) -> None:
    bars = Overlay(name="sample", manner="bar", size=26)
    reading = _dicom(bars, tmp_path / "denied.dcm", "NO")
    told = bars.told
    said = " ".join(fault.message for fault in reading.faults)
    assert not any(word in said for word in (told.family, told.given, told.us_birth, told.us_day))


def _dicom(overlay: Overlay, path: Path, burned_in: str) -> FileReading:
    """A DICOM file whose pixels are those of the overlay, of 8 bits and uncompressed."""
    samples = grey(overlay)
    film = Film(name="with words", width=samples.shape[1], height=samples.shape[0])
    file = DicomFile(frames=(film,), syntax=ExplicitVRLittleEndian, changes=(("BurnedInAnnotation", burned_in),))
    content, painted = file.content(), (paint(film) >> 4).astype(np.uint8).tobytes()
    assert content.count(painted) == 1, "the pixels lie uncompressed in the file"
    path.write_bytes(content.replace(painted, samples.tobytes()))
    return read_file(path, limits=Limits(), depth=Depth.WORDS)
