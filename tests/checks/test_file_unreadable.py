"""APX103."""

from __future__ import annotations

from apexproof.checks.case import Result
from apexproof.checks.file_unreadable import file_unreadable
from apexproof.radiograph import ReadingFault
from tests.builders import attached, case, judged, picture_of

TRUNCATED = ReadingFault(fault="truncated", message="The file ends before its picture does.")


def test_each_fault_is_counted_and_each_file_named() -> None:
    second = ReadingFault(fault="timed_out", message="Reading took too long.", place="frame 2")
    answer = file_unreadable.function(
        case(attached(name="a.dcm", faults=(TRUNCATED,)), attached(picture_of(), name="b.dcm", faults=(second,)))
    )
    assert (file_unreadable.id, judged(answer), answer.measured, answer.limit) == ("APX103", Result.FAIL, 2, 0)
    assert "a.dcm and b.dcm (frame 2)" in answer.message
    assert [piece.value for piece in answer.evidence] == [
        "truncated: The file ends before its picture does.",
        "timed_out: Reading took too long.",
    ]


def test_sound_files_pass() -> None:
    assert judged(file_unreadable.function(case(attached(picture_of())))) is Result.PASS


def test_remark_that_cost_no_picture_is_no_fault() -> None:
    harmless = ReadingFault(fault="missing_uid", message="The file has no SOP Instance UID.", fatal=False)
    assert judged(file_unreadable.function(case(attached(picture_of(), faults=(harmless,))))) is Result.PASS


def test_without_files_the_question_does_not_arise() -> None:
    assert judged(file_unreadable.function(case())) is Result.NOT_APPLICABLE


def test_law_a_sound_file_never_hides_a_broken_one() -> None:
    broken = attached(name="a.dcm", faults=(TRUNCATED,))
    alone, accompanied = (
        file_unreadable.function(case(broken)),
        file_unreadable.function(case(attached(picture_of()), broken)),
    )
    assert judged(alone) is judged(accompanied) is Result.FAIL
    assert alone.measured == accompanied.measured
