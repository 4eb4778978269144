"""APX601."""

from __future__ import annotations

from datetime import date

import pytest

from apexproof.checks.case import Answer, Result
from apexproof.checks.image_of_another_patients_claim import image_of_another_patients_claim
from apexproof.claim import EarlierImage
from apexproof.observation import Observation
from apexproof.person import PersonName
from apexproof.radiograph import Fingerprint
from tests.builders import MARIGOLD, attached, case, earlier, fingerprint, judged, nearly, picture_of, said, unlike
from tests.checks.exhibits import ask_of

ROWAN = PersonName(family="Thistle", given="Rowan")
PIXELS = "a" * 64
LOOKS = unlike("a")
ALMOST = nearly(LOOKS, cells=32)


def known(*images: EarlierImage) -> Answer:
    made = case(attached(picture_of(), sha256="f" * 64), history=earlier(images=images))
    return ask_of(image_of_another_patients_claim, made)


def rowans(**hashes: str) -> EarlierImage:
    return EarlierImage(claim_number="C-77", patient_name=ROWAN, patient_birth_date=date(2015, 1, 1), **hashes)


@pytest.mark.parametrize("hashes", [{"sha256": "f" * 64}, {"pixel_sha256": PIXELS}])
def test_the_very_picture_of_another_patient_contradicts(hashes: dict[str, str]) -> None:
    answer = known(rowans(**hashes))
    assert (image_of_another_patients_claim.id, judged(answer)) == ("APX601", Result.FAIL)
    assert (answer.measured, answer.limit) == (0, 16)
    assert "C-77" in answer.message


def test_likeness_alone_is_left_to_a_person() -> None:
    answer = known(rowans(perceptual=ALMOST))
    assert (judged(answer), answer.measured) == (Result.UNSURE, 8)
    assert "looks like a picture that came with claim C-77" in answer.message


def test_unlike_picture_passes() -> None:
    assert judged(known(rowans(perceptual=unlike("b"), pixel_sha256="b" * 64))) is Result.PASS
    assert judged(known()) is Result.PASS


def test_own_image_is_the_matter_of_another_check() -> None:
    own = EarlierImage(claim_number="C-0", pixel_sha256=PIXELS, patient_name=MARIGOLD.name)
    assert judged(known(own)) is Result.PASS


def test_same_claim_sent_again_passes() -> None:
    assert judged(known(EarlierImage(claim_number="C-1", pixel_sha256=PIXELS))) is Result.PASS


@pytest.mark.parametrize(
    "image",
    [
        EarlierImage(claim_number="C-77", pixel_sha256=PIXELS),
        EarlierImage(claim_number="C-77", pixel_sha256=PIXELS, patient_member_id=MARIGOLD.member_id),
        EarlierImage(
            claim_number="C-77", pixel_sha256=PIXELS, patient_name=ROWAN, patient_birth_date=MARIGOLD.birth_date
        ),
    ],
)
def test_image_of_nobody_certain_is_left_to_a_person(image: EarlierImage) -> None:
    assert judged(known(image)) is Result.UNSURE


def test_member_and_birth_date_together_are_the_patient_and_a_birth_date_alone_is_nobody() -> None:
    born = MARIGOLD.birth_date
    for member, expected in ((MARIGOLD.member_id, Result.PASS), ("M-200", Result.UNSURE), (None, Result.UNSURE)):
        image = EarlierImage(
            claim_number="C-77", pixel_sha256=PIXELS, patient_member_id=member, patient_birth_date=born
        )
        assert judged(known(image)) is expected


@pytest.mark.parametrize(
    "prints", [(), (said(fingerprint("a", perceptual="c0ff" + "0" * 512)),)], ids=["unread", "blank"]
)
def test_picture_without_pixels_is_known_by_its_file_only(prints: tuple[Observation[Fingerprint], ...]) -> None:
    of_rowan = rowans(perceptual=LOOKS, sha256="e" * 64)
    made = case(attached(picture_of(fingerprint=prints), sha256="f" * 64), history=earlier(images=(of_rowan,)))
    assert judged(ask_of(image_of_another_patients_claim, made)) is Result.UNSURE
    same = case(attached(picture_of(fingerprint=prints), sha256="e" * 64), history=earlier(images=(of_rowan,)))
    assert judged(ask_of(image_of_another_patients_claim, same)) is Result.FAIL


def test_law_more_history_never_clears_the_fault() -> None:
    found, own = rowans(pixel_sha256=PIXELS), EarlierImage(claim_number="C-0", pixel_sha256=PIXELS)
    for images in ((found,), (found, own), (own, found), (rowans(perceptual=ALMOST), found)):
        assert judged(known(*images)) is Result.FAIL


def test_who_the_other_patient_is_and_how_alike_the_pictures_are_is_said() -> None:
    nobodys = EarlierImage(claim_number="C-77", pixel_sha256=PIXELS)
    said_of = {
        rowans(pixel_sha256=PIXELS): "is the very picture that came with claim C-77 of another patient.",
        rowans(perceptual=ALMOST): "looks like a picture that came with claim C-77 of another patient.",
        nobodys: "is the very picture that came with claim C-77 of a patient whom the history does not identify.",
    }
    assert {image: known(image).message for image in said_of} == {
        image: f"pa8.dcm {words}" for image, words in said_of.items()
    }


def test_likeness_counts_up_to_the_distance_of_the_policy() -> None:
    for cells, measured, result in ((64, 16, Result.UNSURE), (68, None, Result.PASS)):
        answer = known(rowans(perceptual=nearly(LOOKS, cells=cells)))
        assert (judged(answer), answer.measured, answer.limit) == (result, measured, 16)


@pytest.mark.parametrize(
    ("name", "born", "result"),
    [
        (MARIGOLD.name, MARIGOLD.birth_date, Result.PASS),
        (MARIGOLD.name, date(2015, 1, 1), Result.UNSURE),
        (ROWAN, date(2015, 1, 1), Result.FAIL),
        (ROWAN, None, Result.FAIL),
        (None, date(2015, 1, 1), Result.FAIL),
    ],
)
def test_name_and_birth_date_tell_whose_image_it_was(
    name: PersonName | None, born: date | None, result: Result
) -> None:
    image = EarlierImage(claim_number="C-77", pixel_sha256=PIXELS, patient_name=name, patient_birth_date=born)
    assert judged(known(image)) is result
