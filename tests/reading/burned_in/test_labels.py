"""The words beside a date."""

from __future__ import annotations

import pytest

from apexproof.reading.burned_in.labels import Label, is_only_label, label_before


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("DOB: ", Label.BORN),
        ("D0B", Label.BORN),
        ("D.O.B. ", Label.BORN),
        ("DATEOFBIRTH", Label.BORN),
        ("born ", Label.BORN),
        ("Exam: ", Label.EXPOSED),
        ("Acquired ", Label.EXPOSED),
        ("Image date: ", Label.EXPOSED),
        ("X-Ray Taken ", Label.EXPOSED),
        ("Exported on ", Label.LATER),
        ("Printed by somebody on ", Label.LATER),
        ("Next visit ", Label.OTHER),
        ("Exp. ", Label.OTHER),
        ("Taken here, but due ", Label.OTHER),
        ("Eguneratua: ", Label.OTHER),
        ("Exam eguneratua: ", Label.EXPOSED),
        ("Date: ", Label.NONE),
        ("Periapical: ", Label.NONE),
        ("#8: ", Label.NONE),
        ("", Label.NONE),
        ("PA #8 ", Label.NONE),
        ("DOBSON ", Label.NONE),
        ("STUDYING ", Label.NONE),
    ],
)
def test_the_last_label_tells_what_a_date_is(words: str, label: Label) -> None:
    assert label_before(words) is label


@pytest.mark.parametrize(
    ("text", "alone"), [("Date of birth", True), ("Exam date:", True), ("DOB 03/03", False), ("PA", False)]
)
def test_only_a_row_without_other_words_is_a_label_for_the_row_below(text: str, alone: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_only_label(text) is alone
