"""How values are said in a sentence."""

from __future__ import annotations

import pytest

from apexproof.checks.wording import at_most, view_in_words
from apexproof.view import View, ViewStatement


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "a"),
        (2, "a and b"),
        (5, "a, b, c, d and e"),
        (6, "a, b, c, d, e and 1 more"),
        (8, "a, b, c, d, e and 3 more"),
    ],
)
def test_more_than_five_names_are_counted(number: int, said: str) -> None:
    assert at_most("abcdefgh"[:number]) == said


def test_the_views_that_are_left_are_named_and_no_other() -> None:
    left = ViewStatement(possible=frozenset({View.BITEWING, View.PERIAPICAL}))
    assert set(view_in_words(left).split(" or ")) == {View.BITEWING.label, View.PERIAPICAL.label}
