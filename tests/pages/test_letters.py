"""Letters: every picture has its own, and many are named in few words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.pages.letters import in_words, letter, pictures_of
from tests.builders import attached, picture_of
from tests.pages.documents import document


def test_letters_go_on_behind_z() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@given(numbers=st.sets(st.integers(0, 2000), min_size=2, max_size=20))
def test_no_two_pictures_have_the_same_letters(numbers: set[int]) -> None:
    assert len({letter(number) for number in numbers}) == len(numbers)


def test_one_is_named_by_its_file_and_several_by_spans_of_letters() -> None:
    pictures = pictures_of(document(*(attached(picture_of(), name=f"{n}.dcm") for n in range(9)))["files"])
    assert in_words(pictures[:1]) == "Picture A (0.dcm)"
    assert in_words(pictures[:2]) == "Pictures A and B"
    assert in_words((*pictures[:4], pictures[5], *pictures[7:])) == "Pictures A to D, F, H and I"
