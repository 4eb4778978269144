"""The cases of fixtures/: each gives what it says, together they cover every check, and the generator writes them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from apexproof.checks.table import ALL_CHECKS
from apexproof.formats.verification_json import VerificationDocument, verification_document
from apexproof.perceptual import perceptual_distance
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading
from apexproof.reading.fingerprint import perceptual_hash
from apexproof.reading.part import Limits
from apexproof.reading.picture import Picture
from apexproof.reading.reader import read_file
from apexproof.verification import Outcome
from fixtures.case import CASES
from fixtures.dicom_files import DicomFile
from fixtures.generate import generate
from fixtures.judged import Judged, judge, written_cases
from fixtures.lossless_jpeg import encode_lossless
from fixtures.radiographs import Film, paint
from fixtures.raster_files import Flip, RasterFile
from fixtures.scenarios import films
from fixtures.table import ALL_CASES

_SYNTHETIC = {"Quill", "Quíll", "Fernsby", "Marlowe", "Thistle", "Larkspur", "ANONYMOUS", "MARIGOLD A QUILL"}


@cache
def _judged() -> dict[str, Judged]:
    return {case.name: case for case in judge(written_cases())}


@pytest.mark.parametrize("name", [case.name for case in ALL_CASES])
def test_case_comes_out_as_expected(name: str) -> None:
    assert list(_judged()[name].differences()) == []


def test_differences_are_noticed() -> None:
    """The test above cannot pass by seeing nothing."""
    case = _judged()["wrong-tooth"]
    other = case.written.expected.model_copy(
        update={"outcome": Outcome.VERIFIED, "lines": {}, "found": ["APX101"], "clear": ["APX301"]}
    )
    assert list(replace(case, written=replace(case.written, expected=other)).differences()) == [
        "outcome contradicted, expected verified",
        "lines 1 contradicted, expected none",
        "not found: APX101",
        "not clear: APX301",
    ]


def test_every_check_is_found_in_a_case_and_clear_in_another() -> None:
    ids = {check.id for check in ALL_CHECKS}
    assert {check for case in ALL_CASES for check in case.found} == ids
    assert {check for case in ALL_CASES for check in case.clear} == ids


def test_every_outcome_and_policy_has_a_case() -> None:
    assert {case.outcome for case in ALL_CASES} == set(Outcome)
    assert {case.policy for case in ALL_CASES} == {"payer", "practice", "strict"}


def test_exit_status_is_zero_only_when_nothing_is_left_to_do() -> None:
    for case in ALL_CASES:
        settled = case.outcome in (Outcome.VERIFIED, Outcome.NOT_APPLICABLE)
        assert case.expected.exit_status == (0 if settled else 1)


def test_generating_again_gives_what_is_committed(tmp_path: Path) -> None:
    generate(tmp_path)
    assert _below(tmp_path) == _below(CASES)
    for path in _below(CASES):
        if (CASES / path).read_bytes() != (tmp_path / path).read_bytes():
            # Another build of a codec may pack the same picture into other bytes.
            assert path.parent.name == "files", path
            assert _seen(CASES / path) == _seen(tmp_path / path), path


def test_generating_leaves_what_is_no_case_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    generate(tmp_path)
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["verified-coded-dicom", "four-images-with-one-virtue-each", "images-in-an-archive"])
def test_answer_of_a_case_is_of_the_schema_and_the_same_every_time(name: str) -> None:
    written = [case for case in written_cases() if case.folder.name == name]
    answers = []
    for _ in range(2):
        (case,) = judge(written)
        policy = load_policy(case.written.expected.policy)
        document = verification_document(case.checked.verifications, policy, case.checked.unassigned)
        answers.append(document.model_dump_json(indent=2))
    assert answers[0] == answers[1]
    assert VerificationDocument.model_validate_json(answers[0]).model_dump_json(indent=2) == answers[0]


def test_everybody_is_made_up() -> None:
    for case in ALL_CASES:
        names = {claim.patient.name.family for claim in case.claims}
        names |= {file.sitter.name.split("^")[0] for file in case.files.values() if isinstance(file, DicomFile)}
        if case.history:
            names |= {image.patient.name.family for image in case.history.images if image.patient.name}
        assert names <= _SYNTHETIC, case.name


def test_no_case_names_a_path_or_a_host() -> None:
    for path in CASES.rglob("*.json"):
        assert not re.search(r"https?:|/home/|/tmp/|\\\\", path.read_text(encoding="utf-8")), path


def test_cases_stay_small() -> None:
    assert sum(path.stat().st_size for path in CASES.rglob("*") if path.is_file()) < 6 * 1024**2


def test_films_are_told_apart_and_known_again() -> None:
    most = load_policy().reuse.perceptual_distance_most
    shared = [film for film in vars(films).values() if isinstance(film, Film)]
    hashes = [perceptual_hash(Picture(samples=paint(film), bits=12)) for film in shared]
    for index, one in enumerate(hashes):
        assert all(perceptual_distance(one, other) > most for other in hashes[index + 1 :]), shared[index].name
    mirrored = np.asarray(RasterFile(film=films.PA8, flip=Flip.MIRRORED).image())
    again = perceptual_hash(Picture(samples=mirrored, bits=8))
    assert perceptual_distance(hashes[shared.index(films.PA8)], again) <= most


def test_film_is_painted_from_its_name_alone() -> None:
    film = Film(name="one")
    paint.cache_clear()
    first = paint(film)
    paint.cache_clear()
    assert np.array_equal(first, paint(film))
    assert not np.array_equal(first, paint(replace(film, name="another")))


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEG2000Lossless, RLELossless, ExplicitVRLittleEndian])
def test_lossless_syntaxes_hold_the_same_picture(syntax: str, tmp_path: Path) -> None:
    assert _pixels(tmp_path, syntax) == _pixels(tmp_path, JPEGLSLossless)


def test_lossless_jpeg_takes_only_bytes() -> None:
    with pytest.raises(ValueError, match="8 bits"):
        encode_lossless(paint(films.PA8))


def test_dicom_files_of_a_case_have_uids_of_their_own() -> None:
    """Two files of one claim are two objects, whatever they have in common."""
    contents = [DicomFile(frames=(film,)).content() for film in (films.PA8, films.PA9)]
    uids = [set(re.findall(rb"2\.25\.[0-9]+", content)) for content in contents]
    assert len(uids[0] & uids[1]) == 1  # only the implementation's


def test_expected_documents_are_what_the_table_says() -> None:
    for case in ALL_CASES:
        committed = json.loads((CASES / case.name / "expected.json").read_text(encoding="utf-8"))
        assert committed == case.expected.model_dump(mode="json"), f"{case.name}: run make fixtures"


def _pixels(folder: Path, syntax: str) -> str:
    path = folder / "film.dcm"
    path.write_bytes(DicomFile(frames=(films.PA8,), syntax=syntax).content())
    (radiograph,) = read_file(path, limits=Limits()).radiographs
    (seen,) = radiograph.fingerprint
    assert seen.value is not None
    return seen.value.pixel_sha256


def _below(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _seen(path: Path) -> FileReading:
    """What reading finds in a file, its bytes left aside."""
    return structs.replace(read_file(path, limits=Limits()), sha256="", size=0)
