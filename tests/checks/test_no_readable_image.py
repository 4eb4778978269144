"""APX102."""

from __future__ import annotations

from apexproof.checks.case import Result
from apexproof.checks.no_readable_image import no_readable_image
from tests.builders import attached, case, judged, picture_of


def test_files_without_a_picture_prove_nothing() -> None:
    answer = no_readable_image.function(case(attached(name="letter.docx"), attached(name="broken.dcm")))
    assert (no_readable_image.id, judged(answer)) == ("APX102", Result.FAIL)
    assert (answer.measured, answer.limit) == (0, 1)
    assert "letter.docx and broken.dcm" in answer.message


def test_one_picture_is_enough() -> None:
    answer = no_readable_image.function(case(attached(name="broken.dcm"), attached(picture_of())))
    assert (judged(answer), answer.measured) == (Result.PASS, 1)
    assert answer.message == "1 picture was read from the attached files."
    assert no_readable_image.function(case(attached(picture_of(), picture_of("9")))).message.startswith(
        "2 pictures were"
    )


def test_without_files_the_question_does_not_arise() -> None:
    assert judged(no_readable_image.function(case())) is Result.NOT_APPLICABLE


def test_law_another_unreadable_file_changes_nothing() -> None:
    broken = attached(name="broken.dcm")
    for files in ([broken], [attached(picture_of())]):
        assert judged(no_readable_image.function(case(*files))) is judged(
            no_readable_image.function(case(*files, broken))
        )
