"""A mount is read as a whole and film by film; each film has the words that are its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from apexproof.observation import Strength
from apexproof.radiograph import FileReading, Radiograph
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.reading.sandbox import Sandbox
from apexproof.view import View
from fixtures.mounts import Mount, encoded, page

MOUNT = Mount(
    name="series",
    rows=1,
    columns=3,
    captions=("02/25/2026 #8", "02/26/2026 #9", ""),
    heading="QUILL, MARIGOLD DOB 03/25/2017 FMX 01/31/2026",
)


def read(content: bytes, folder: Path, depth: Depth = Depth.WORDS, limits: Limits | None = None) -> FileReading:
    path = folder / "mount.png"
    path.write_bytes(content)
    return read_file(path, limits=limits or Limits(), depth=depth)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Radiograph, ...]:
    return read(MOUNT.content(), tmp_path_factory.mktemp("mount")).radiographs


def days(film: Radiograph, strength: Strength) -> list[str]:
    return [str(o.value) for o in film.exposure if o.strength is strength and o.value is not None]


def teeth(film: Radiograph) -> list[str]:
    return [o.value.written for o in film.teeth if o.value is not None]


def test_the_whole_stands_first_and_each_film_names_its_place(films: tuple[Radiograph, ...]) -> None:
    assert [film.place for film in films] == [
        "",
        "film 1 of 3, row 1 left",
        "film 2 of 3, row 1 middle",
        "film 3 of 3, row 1 right",
    ]
    assert [film.in_mount is not None for film in films] == [False, True, True, True]


def test_each_film_has_measures_of_its_own(films: tuple[Radiograph, ...]) -> None:
    sizes = [(o.value.width, o.value.height) for film in films for o in film.legibility if o.value]
    assert all(abs(width - 330) < 12 and abs(height - 440) < 20 for width, height in sizes[1:])
    assert len({o.value.perceptual for film in films for o in film.fingerprint if o.value}) == 4


def test_the_whole_is_said_to_be_no_single_film(films: tuple[Radiograph, ...]) -> None:
    said = [o.value.possible for o in films[0].view if o.value is not None]
    assert frozenset({View.FULL_MOUTH_SERIES, View.DOCUMENT}) in said


def test_a_caption_speaks_for_its_film_alone(films: tuple[Radiograph, ...]) -> None:
    assert [days(film, Strength.BURNED_IN) for film in films[1:]] == [["2026-02-25"], ["2026-02-26"], []]
    assert [teeth(film) for film in films] == [[], ["#8"], ["#9"], []]


def test_a_date_that_stands_once_is_a_guess_for_every_film(films: tuple[Radiograph, ...]) -> None:
    assert all(days(film, Strength.BOUND) == ["2026-01-31"] for film in films[1:])


def test_a_name_that_stands_once_is_every_films_one_step_weaker(films: tuple[Radiograph, ...]) -> None:
    for film in films[1:]:
        (patient,) = film.patient
        assert patient.strength is Strength.FREE_TEXT
        assert patient.value is not None
        assert str(patient.value.name) == "QUILL, MARIGOLD"


def test_the_day_of_printing_bounds_every_film(tmp_path: Path) -> None:
    mount = replace(MOUNT, captions=(), heading="QUILL, MARIGOLD   Printed on 02/25/2026")
    films = read(mount.content(), tmp_path).radiographs[1:]
    assert [days(film, Strength.FREE_TEXT) for film in films] == [["not later than 2026-02-25"]] * 3


def test_two_names_in_a_mount_are_guesses(tmp_path: Path) -> None:
    sheet, _ = page("letter", ("QUILL, MARIGOLD", "was seen with", "FERNSBY, BASIL"))
    _, film = read(encoded(sheet), tmp_path).radiographs
    assert [o.strength for o in film.patient] == [Strength.BOUND] * 2


def test_the_date_of_a_letter_is_not_that_of_the_film_in_it(tmp_path: Path) -> None:
    sheet, _ = page("letter", ("Date: 02/25/2026", "The root of tooth #8 is open."), caption="02/24/2026 #9")
    _, film = read(encoded(sheet), tmp_path).radiographs
    assert days(film, Strength.BURNED_IN) == ["2026-02-24"]
    assert teeth(film) == ["#9"]


def test_films_are_cut_without_words_too(tmp_path: Path) -> None:
    assert len(read(MOUNT.content(), tmp_path, depth=Depth.PIXELS).radiographs) == 4


def test_headers_alone_cut_nothing(tmp_path: Path) -> None:
    assert len(read(MOUNT.content(), tmp_path, depth=Depth.HEADERS).radiographs) == 1


def test_more_films_than_the_limit_leave_the_mount_whole(tmp_path: Path) -> None:
    reading = read(MOUNT.content(), tmp_path, depth=Depth.PIXELS, limits=Limits(films=2))
    assert [film.place for film in reading.radiographs] == [""]
    assert [(fault.fault, fault.fatal) for fault in reading.faults] == [("too_many_films", False)]


def test_the_sandbox_finds_the_same_films(tmp_path: Path) -> None:
    inside = read(MOUNT.content(), tmp_path, depth=Depth.PIXELS)
    with Sandbox() as sandbox:
        assert sandbox.read(tmp_path / "mount.png") == inside
