"""How values are said in a sentence."""

from __future__ import annotations

import pytest

from apexproof.checks.wording import at_most, days_in_words, view_in_words
from apexproof.view import View, ViewProbabilities, ViewStatement


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


def test_undecided_pixels_are_said_to_be_undecided() -> None:
    shares = ViewProbabilities(shares=((View.PERIAPICAL, 0.6), (View.BITEWING, 0.4)), strangeness=0.2)
    sure = ViewStatement(possible=frozenset({View.PERIAPICAL}), probabilities=shares)
    torn = ViewStatement(possible=frozenset({View.PERIAPICAL, View.BITEWING}), probabilities=shares)
    assert view_in_words(sure) == "periapical with a probability of 60%"
    assert view_in_words(torn) == "undecided, most likely periapical with a probability of 60%"


@pytest.mark.parametrize(("days", "said"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_one_day_is_no_days(days: int, said: str) -> None:
    assert days_in_words(days) == said
