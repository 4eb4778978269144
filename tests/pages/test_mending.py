"""What is corrected is said, nothing else changes, and what is no claim any more is refused with its place."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.errors import ClaimUnusable
from apexproof.formats.native_documents import AttachmentDocument
from api.pages.mending import with_file, with_line
from fixtures.claims import claim

SHA256 = "ab" * 32
CLAIM = claim(claim_number="C-1")
WORDS = st.text(max_size=12)


def test_a_tooth_and_a_day_are_corrected_in_the_system_of_the_line() -> None:
    mended = with_line(CLAIM, 1, {"tooth": "9", "service_date": "2026-02-11"})
    (before,), (after,) = CLAIM.lines, mended.lines
    assert after.tooth is not None
    assert before.tooth is not None
    assert (after.tooth.number, after.tooth.system) == ("9", before.tooth.system)
    assert str(after.service_date) == "2026-02-11"
    assert mended.model_copy(update={"lines": CLAIM.lines}) == CLAIM


def test_what_is_said_of_a_file_replaces_what_was_said_of_it_by_its_name() -> None:
    declared = CLAIM.model_copy(update={"attachments": [AttachmentDocument(file_name="pa8.jpg", control_number="N-1")]})
    mended = with_file(
        declared, SHA256, "pa8.jpg", {"image_type": "periapical", "tooth": "8", "date_taken": "2026-02-01"}
    )
    (one,) = mended.attachments
    assert (one.sha256, one.image_type, one.control_number, str(one.date_taken)) == (
        SHA256,
        "periapical",
        "N-1",
        "2026-02-01",
    )
    (again,) = with_file(mended, SHA256, "pa8.jpg", {"image_type": "bitewing"}).attachments
    assert (again.image_type, again.teeth, again.date_taken) == ("bitewing", [], None)


def test_a_day_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ClaimUnusable) as refused:
        with_line(CLAIM, 1, {"tooth": "8", "service_date": "soon"})
    assert refused.value.place == "lines[0].service_date"


@given(tooth=WORDS, day=WORDS, kind=WORDS)
def test_whatever_is_filled_in_is_taken_or_refused(tooth: str, day: str, kind: str) -> None:
    said = {"tooth": tooth, "service_date": day, "date_taken": day, "image_type": kind}
    for mended in (partial(with_line, CLAIM, 1, said), partial(with_file, CLAIM, SHA256, "a.jpg", said)):
        try:
            assert mended().claim_number == "C-1"
        except ClaimUnusable as refused:
            assert refused.place  # noqa: PT017 - either is right
