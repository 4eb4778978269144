"""Changes between two verifications: none between the same, each named, and the way back says the opposite."""

from __future__ import annotations

from hypothesis import given

from apexproof.formats.verification_json import ClaimVerificationDocument
from api.pages.changes import Direction, changes
from tests.builders import at, attached, picture_of, said
from tests.pages.documents import DOCUMENTS, document

GOOD = document(attached(picture_of("8")))
LATE = document(attached(picture_of("8", exposure=(said(at("2026-02-04 09:30")),))))


@given(shown=DOCUMENTS)
def test_nothing_changed_between_the_same(shown: ClaimVerificationDocument) -> None:
    assert changes(shown, shown) == ()


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_any_two_can_be_compared(before: ClaimVerificationDocument, after: ClaimVerificationDocument) -> None:
    assert all(change.words.endswith((".", "?", "!")) or change.words for change in changes(before, after))


def test_a_better_picture_is_said_to_be_better_and_back_it_is_worse() -> None:
    better, worse = changes(LATE, GOOD), changes(GOOD, LATE)
    assert Direction.BETTER in {change.direction for change in better}
    assert any(change.words.startswith("APX401 holds now") for change in better)
    assert Direction.WORSE in {change.direction for change in worse}
    assert any(change.words.startswith("APX401: pa8.dcm was taken") for change in worse)


def test_a_file_that_came_is_named() -> None:
    assert [change.words for change in changes(document(), GOOD)][:2] == [
        "pa8.dcm came with the claim.",
        "pa8.dcm carries line 1.",
    ]
