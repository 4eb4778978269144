"""When probabilities make a view, and when it stays unknown."""

from __future__ import annotations

from apexproof.view import View, ViewProbabilities

SAID = ViewProbabilities(shares=((View.PERIAPICAL, 0.9), (View.BITEWING, 0.1)), strangeness=0.7)


def test_a_view_that_was_never_learnt_has_no_probability() -> None:
    assert SAID.of(View.CBCT) == 0
    assert SAID.of(View.BITEWING) == 0.1


def test_the_likeliest_view_is_answered_from_the_demanded_probability_on() -> None:
    assert SAID.likeliest(probability_least=0.9, strangeness_most=1) is View.PERIAPICAL
    assert SAID.likeliest(probability_least=0.91, strangeness_most=1) is View.UNKNOWN


def test_a_view_that_proves_nothing_may_need_less_to_be_named() -> None:
    panoramic = ViewProbabilities(shares=((View.PANORAMIC, 0.6), (View.CEPHALOMETRIC, 0.4)), strangeness=0)
    periapical = ViewProbabilities(shares=((View.PERIAPICAL, 0.6), (View.PANORAMIC, 0.4)), strangeness=0)
    torn = ViewProbabilities(shares=((View.PANORAMIC, 0.7), (View.PERIAPICAL, 0.3)), strangeness=0)
    demands = {"probability_least": 0.8, "other_probability_least": 0.6, "strangeness_most": 1.0}
    assert panoramic.likeliest(**demands) is View.PANORAMIC
    assert periapical.likeliest(**demands) is torn.likeliest(**demands) is View.UNKNOWN
    assert panoramic.likeliest(probability_least=0.8, strangeness_most=1) is View.UNKNOWN


def test_a_strange_picture_is_unknown_however_sure_the_model_is() -> None:
    assert SAID.likeliest(probability_least=0.5, strangeness_most=0.7) is View.PERIAPICAL
    assert SAID.likeliest(probability_least=0.5, strangeness_most=0.69) is View.UNKNOWN
