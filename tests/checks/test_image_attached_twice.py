"""APX603."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from apexproof.checks.case import Result
from apexproof.checks.image_attached_twice import image_attached_twice
from apexproof.radiograph import InMount
from apexproof.view import View, ViewProbabilities, ViewStatement
from tests.builders import attached, case, fingerprint, judged, nearly, picture_of, said, unlike
from tests.checks.exhibits import ask, ask_of

ORIGINAL = picture_of()
LIKENESS = picture_of(fingerprint=(said(fingerprint("b", perceptual=nearly(unlike("a"), cells=12))),))
ANOTHER = picture_of("9", fingerprint=(said(fingerprint("c")),))


def test_copy_and_original_are_pointed_out() -> None:
    answer = ask(image_attached_twice, ORIGINAL, ANOTHER, picture_of(), about=2)
    assert (image_attached_twice.id, judged(answer)) == ("APX603", Result.FAIL)
    assert (answer.measured, answer.limit) == (0, 16)
    assert answer.message == "film-2.dcm is the same picture as film-0.dcm."
    assert {evidence.value for evidence in answer.evidence} == {f"pixels {'a' * 12}"}
    first = ask(image_attached_twice, ORIGINAL, ANOTHER, picture_of(), picture_of())
    assert (judged(first), first.message) == (Result.FAIL, "film-0.dcm is the same picture as film-2.dcm.")


def test_likeness_is_left_to_a_person() -> None:
    answer = ask(image_attached_twice, ORIGINAL, LIKENESS, about=1)
    assert (judged(answer), answer.measured) == (Result.UNSURE, 3)
    for cells, measured, result in ((64, 16, Result.UNSURE), (68, 17, Result.PASS)):
        alike = picture_of(fingerprint=(said(fingerprint("b", perceptual=nearly(unlike("a"), cells=cells))),))
        answer = ask(image_attached_twice, ORIGINAL, alike)
        assert (judged(answer), answer.measured, answer.limit) == (result, measured, 16)


@pytest.mark.parametrize("view", [View.DOCUMENT, View.FULL_MOUTH_SERIES])
def test_pages_and_screens_that_look_alike_pass(view: View) -> None:
    """Forms of one office and windows of one program are alike around whatever they show."""
    shares = ViewProbabilities(shares=((view, 0.97), (View.PERIAPICAL, 0.03)), strangeness=0.4)
    pixels = (said(ViewStatement(possible=frozenset({view}), probabilities=shares)),)
    framed = [replace(picture, view=pixels) for picture in (ORIGINAL, LIKENESS)]
    assert judged(ask(image_attached_twice, *framed, about=1)) is Result.PASS
    assert judged(ask(image_attached_twice, framed[0], framed[0], about=1)) is Result.FAIL


def test_two_films_pass() -> None:
    assert judged(ask(image_attached_twice, ORIGINAL, ANOTHER, about=1)) is Result.PASS


def test_picture_without_pixels_cannot_be_compared() -> None:
    assert judged(ask(image_attached_twice, ORIGINAL, picture_of(fingerprint=()), about=1)) is Result.NOT_APPLICABLE


def test_law_another_film_between_never_hides_the_copy() -> None:
    for between in ((), (ANOTHER,), (ANOTHER, LIKENESS)):
        pictures = (ORIGINAL, *between, picture_of())
        assert judged(ask(image_attached_twice, *pictures, about=len(pictures) - 1)) is Result.FAIL


def test_a_mount_and_the_film_cut_out_of_it_are_not_two_copies() -> None:
    place = InMount(whole="", number=1, of=1, left=0, top=0, right=9, bottom=9)
    film = picture_of(place="film 1 of 1, row 1 left", in_mount=place)
    made = case(attached(picture_of(), film))
    assert judged(ask_of(image_attached_twice, made, about=0)) is Result.PASS
    assert judged(ask_of(image_attached_twice, made, about=1)) is Result.PASS
    assert judged(ask_of(image_attached_twice, case(attached(film), attached(picture_of())))) is Result.FAIL


def test_the_copy_is_named_before_a_picture_that_only_looks_the_same() -> None:
    twin = picture_of(fingerprint=(said(fingerprint("b", perceptual=unlike("a"))),))
    for others in ((twin, ORIGINAL), (ORIGINAL, twin)):
        answer = ask(image_attached_twice, picture_of(), *others)
        assert judged(answer) is Result.FAIL
        assert answer.message == f"film-0.dcm is the same picture as film-{1 + others.index(ORIGINAL)}.dcm."
