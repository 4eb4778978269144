"""APX602."""

from __future__ import annotations

from apexproof.checks.case import Answer, Result
from apexproof.checks.image_used_on_another_claim import image_used_on_another_claim
from apexproof.claim import EarlierImage
from apexproof.person import PersonName
from tests.builders import MARIGOLD, attached, case, earlier, judged, nearly, picture_of, unlike
from tests.checks.exhibits import ask_of


def known(*images: EarlierImage) -> Answer:
    return ask_of(image_used_on_another_claim, case(attached(picture_of()), history=earlier(images=images)))


def own(claim_number: str, digit: str = "a") -> EarlierImage:
    return EarlierImage(claim_number=claim_number, pixel_sha256=digit * 64, patient_name=MARIGOLD.name)


def test_image_of_another_claim_of_the_patient_is_pointed_out() -> None:
    answer = known(own("P-5"))
    assert (image_used_on_another_claim.id, judged(answer)) == ("APX602", Result.UNSURE)
    assert (answer.measured, answer.limit) == (0, 16)
    assert "P-5" in answer.message
    assert "predetermination" in str(answer.remedy)


def test_new_image_and_the_same_claim_sent_again_pass() -> None:
    assert judged(known()) is Result.PASS
    assert judged(known(own("P-5", "b"))) is Result.PASS
    assert judged(known(own("C-1"))) is Result.PASS


def test_a_picture_without_pixels_is_known_by_its_file_only() -> None:
    unread = attached(picture_of(fingerprint=()), sha256="e" * 64)
    for digit, result in (("e", Result.UNSURE), ("f", Result.NOT_APPLICABLE)):
        image = EarlierImage(claim_number="P-5", sha256=digit * 64, patient_name=MARIGOLD.name)
        answer = ask_of(image_used_on_another_claim, case(unread, history=earlier(images=(image,))))
        assert judged(answer) is result


def test_image_of_another_patient_is_the_matter_of_another_check() -> None:
    theirs = EarlierImage(
        claim_number="C-77", pixel_sha256="a" * 64, patient_name=PersonName(family="Thistle", given="Rowan")
    )
    assert judged(known(theirs)) is Result.PASS


def test_law_more_history_never_hides_the_use() -> None:
    for images in (
        (own("P-5"),),
        (own("C-1"), own("P-5")),
        (own("P-6", "b"), own("P-5")),
        (own("P-5"), own("P-6", "b")),
    ):
        assert judged(known(*images)) is Result.UNSURE


def test_the_same_picture_came_and_one_that_looks_like_it_seems_to_have_come() -> None:
    exact = known(own("P-5"))
    assert exact.message == "pa8.dcm came with claim P-5 of this patient too."
    assert [piece.value for piece in exact.evidence] == ["the same picture, this patient's"]
    alike = known(
        EarlierImage(claim_number="P-5", perceptual=nearly(unlike("a"), cells=12), patient_name=MARIGOLD.name)
    )
    assert (judged(alike), alike.measured) == (Result.UNSURE, 3)
    assert alike.message == "pa8.dcm seems to have come with claim P-5 of this patient too."
    assert [(piece.source, piece.value) for piece in alike.evidence] == [
        ("history, image of claim P-5", "a picture at perceptual distance 3, this patient's")
    ]
