"""APX105."""

from __future__ import annotations

from apexproof.checks.attachment_control_number_missing import attachment_control_number_missing
from apexproof.checks.case import Result
from apexproof.claim import DeclaredAttachment
from tests.builders import attached, case, claim, judged, picture_of

NUMBERED = DeclaredAttachment(file_name="pa8.dcm", control_number="NEA#1")
BARE = DeclaredAttachment(file_name="pa9.dcm")


def test_attachment_without_a_number_is_named() -> None:
    answer = attachment_control_number_missing.function(case(of=claim(attachments=(NUMBERED, BARE))))
    assert attachment_control_number_missing.id == "APX105"
    assert (judged(answer), answer.measured, answer.limit) == (Result.FAIL, 1, 2)
    assert "pa9.dcm" in answer.message


def test_files_that_nobody_declares_have_no_number() -> None:
    assert judged(attachment_control_number_missing.function(case(attached(picture_of())))) is Result.FAIL


def test_number_on_each_passes() -> None:
    answer = attachment_control_number_missing.function(case(of=claim(attachments=(NUMBERED,))))
    assert judged(answer) is Result.PASS


def test_nothing_attached_needs_no_number() -> None:
    assert judged(attachment_control_number_missing.function(case())) is Result.NOT_APPLICABLE


def test_law_a_numbered_attachment_never_clears_a_bare_one() -> None:
    for count in range(3):
        made = claim(attachments=(BARE, *[NUMBERED] * count))
        assert judged(attachment_control_number_missing.function(case(of=made))) is Result.FAIL
