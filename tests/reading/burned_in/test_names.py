"""Names among other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.reading.burned_in.names import find_name


@pytest.mark.parametrize(
    "text",
    [
        "QUILL, MARIGOLD",
        "QUILL,MARIGOLD",
        "QUILL^MARIGOLD",
        "QUILL, MARIGOLD A",
        "QUILL, MARIGOLD DOB 03/03/2017",
        "Name: Quill, Marigold",
        "Name: Marigold Quill",
        "Patient: Marigold Quill DOB: 03/03/2017",
        "Patient Name: Quill, Marigold  ID: 1001",
        "Pt: Quill, Marigold",
        "10/02/2026 QUILL, MARIGOLD",
    ],
)
def test_patient_is_named(text: str) -> None:
    found = find_name(text)
    assert found is not None
    assert {found.name.family.casefold(), found.name.given.casefold()} == {"quill", "marigold"}
    assert text[found.start : found.end].casefold().startswith(("quill", "marigold"))


@pytest.mark.parametrize(
    "text",
    [
        "MAXILLARY, RIGHT",
        "PHILADELPHIA, PA",
        "AUSTIN, TEXAS 78701",
        "LANTERN STREET DENTAL, INC",
        "DR. QUILL, MARIGOLD",
        "Provider: QUILL, MARIGOLD",
        "Quill, Marigold",  # typed words may be any two words
        "MONDAY, FEBRUARY 2",
        "Patient ID: 1001",
        "Name:",
        "Patient: Quill",
        "PA #8",
        "CONTRAST, BRIGHTNESS",
    ],
)
def test_nobody_is_named(text: str) -> None:
    assert find_name(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = find_name(text)
    assert found is None or 0 <= found.start < found.end <= len(text)
