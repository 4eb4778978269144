"""Names are compared as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.person import NameAgreement, PersonName, compare_names

SAME, COMPATIBLE, DIFFERENT = NameAgreement


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Quill^Marigold", "Marigold Quill", SAME),
        ("QUILL^MARIGOLD", "Quill, Marigold", SAME),
        ("Quill^Marigold^^Miss", "Quill, Marigold", SAME),
        ("Fernández^Zoë", "FERNANDEZ^ZOE", SAME),
        ("O'Fable-Smith^Zo", "OFable Smith, Zo", SAME),
        ("Łąka^Øyvind", "laka, oyvind", SAME),
        ("Marigold^Quill", "Quill^Marigold", SAME),
        ("Quill^Marigold=漢字", "Quill^Marigold", SAME),
        ("Quill^Marigold^Anne", "Quill^Marigold", COMPATIBLE),
        ("Quill^Marigold^A", "Quill^Marigold^Anne", COMPATIBLE),
        ("Quill^M", "Quill^Marigold", COMPATIBLE),
        ("Quill^Marigold^^^Jr", "Quill^Marigold", SAME),
        ("Quill^Marigold^^^Jr", "Quill^Marigold^^^Sr", DIFFERENT),
        ("Quill^Marigold^Anne", "Quill^Marigold^Beth", DIFFERENT),
        ("Quill^Basil", "Quill^Marigold", DIFFERENT),
        ("Sample^Marigold", "Quill^Marigold", DIFFERENT),
        ("Quill^Basil", "Quill^B", COMPATIBLE),
        ("Q^B", "Quill^Basil", DIFFERENT),
    ],
)
def test_how_far_two_names_agree(one: str, other: str, expected: NameAgreement) -> None:
    left, right = PersonName.parse(one), PersonName.parse(other)
    assert left is not None
    assert right is not None
    assert compare_names(left, right) is expected
    assert compare_names(right, left) is expected


@pytest.mark.parametrize("text", ["", "^", "  ", "ANONYMOUS", "Anonymous^Patient", "12345", "^^^^", "Unknown"])
def test_a_placeholder_names_nobody(text: str) -> None:
    assert PersonName.parse(text) is None


NAMES = st.builds(PersonName, family=st.text(max_size=12), given=st.text(max_size=12), middle=st.text(max_size=6))


@given(NAMES, NAMES)
def test_comparing_is_symmetric_and_never_crashes(one: PersonName, other: PersonName) -> None:
    assert compare_names(one, other) is compare_names(other, one)


@given(st.text(max_size=64))
def test_any_text_is_a_name_or_nobody(text: str) -> None:
    name = PersonName.parse(text)
    assert name is None or name.names_somebody
    assert name is None or compare_names(name, name) is SAME
