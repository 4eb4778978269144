"""APX101."""

from __future__ import annotations

from apexproof.checks.case import Result
from apexproof.checks.no_attachment import no_attachment
from apexproof.claim import DeclaredAttachment
from tests.builders import attached, case, claim, judged, picture_of


def test_claim_without_files_has_no_attachment() -> None:
    answer = no_attachment.function(case())
    assert (no_attachment.id, judged(answer), answer.measured, answer.limit) == ("APX101", Result.FAIL, 0, 1)


def test_message_says_what_was_declared() -> None:
    answer = no_attachment.function(case(of=claim(attachments=(DeclaredAttachment(control_number="NEA#1"),))))
    assert answer.message == "No file came with the claim, although it declares 1."
    assert [(piece.source, piece.value) for piece in answer.evidence] == [("claim, attachments", "1 declared")]
    undeclared = no_attachment.function(case())
    assert (undeclared.message, undeclared.evidence) == ("No file came with the claim.", ())


def test_any_file_is_an_attachment() -> None:
    answer = no_attachment.function(case(attached(picture_of())))
    assert (judged(answer), answer.measured, answer.limit) == (Result.PASS, 1, 1)
    assert answer.message == "1 file came with the claim."
    two = no_attachment.function(case(attached(picture_of()), attached(name="broken.dcm")))
    assert (two.message, two.measured) == ("2 files came with the claim.", 2)


def test_law_another_file_never_brings_the_fault_back() -> None:
    files = [attached(name=f"{number}.jpg") for number in range(4)]
    results = [judged(no_attachment.function(case(*files[:count]))) for count in range(5)]
    assert results == [Result.FAIL, *[Result.PASS] * 4]
