"""APX104."""

from __future__ import annotations

from apexproof.checks.case import Result
from apexproof.checks.declared_attachment_not_received import declared_attachment_not_received
from apexproof.claim import DeclaredAttachment
from tests.builders import attached, case, claim, judged, picture_of

PA8 = DeclaredAttachment(file_name="PA8.dcm")
LOST = DeclaredAttachment(file_name="lost.jpg")
BY_NUMBER = DeclaredAttachment(control_number="NEA#1")


def test_attachment_that_did_not_come_is_named() -> None:
    answer = declared_attachment_not_received.function(case(attached(picture_of()), of=claim(attachments=(PA8, LOST))))
    assert declared_attachment_not_received.id == "APX104"
    assert (judged(answer), answer.measured, answer.limit) == (Result.FAIL, 1, 2)
    assert "lost.jpg" in answer.message
    assert "PA8" not in answer.message


def test_file_is_known_by_its_name_whatever_its_case_and_folder() -> None:
    answer = declared_attachment_not_received.function(
        case(attached(picture_of(), name="images/pa8.DCM"), of=claim(attachments=(PA8,)))
    )
    assert judged(answer) is Result.PASS


def test_file_is_known_by_its_hash() -> None:
    declared = DeclaredAttachment(file_name="renamed.dcm", sha256="b" * 64)
    made = claim(attachments=(declared,))
    assert judged(declared_attachment_not_received.function(case(attached(sha256="b" * 64), of=made))) is Result.PASS
    assert judged(declared_attachment_not_received.function(case(attached(sha256="c" * 64), of=made))) is Result.FAIL


def test_file_within_a_zip_is_received() -> None:
    archive = attached(picture_of(place="films/pa8.dcm, frame 1"), name="all.zip")
    assert judged(declared_attachment_not_received.function(case(archive, of=claim(attachments=(PA8,))))) is Result.PASS


def test_declarations_without_a_name_are_counted() -> None:
    two = claim(attachments=(BY_NUMBER, BY_NUMBER))
    assert judged(declared_attachment_not_received.function(case(attached(name="a"), of=two))) is Result.FAIL
    assert (
        judged(declared_attachment_not_received.function(case(attached(name="a"), attached(name="b"), of=two)))
        is Result.PASS
    )


def test_nothing_declared_nothing_missed() -> None:
    assert judged(declared_attachment_not_received.function(case(attached(picture_of())))) is Result.NOT_APPLICABLE


def test_law_one_more_file_never_makes_more_go_missing() -> None:
    made = claim(attachments=(PA8, LOST, BY_NUMBER))
    files = [attached(name=name) for name in ("other.png", "lost.jpg", "pa8.dcm")]
    received = [declared_attachment_not_received.function(case(*files[:count], of=made)).measured for count in range(4)]
    assert received == [0, 1, 2, 3]
