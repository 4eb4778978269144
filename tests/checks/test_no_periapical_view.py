"""APX201."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.checks.case import Answer, Result
from apexproof.checks.no_periapical_view import no_periapical_view
from apexproof.observation import Observation, Strength
from apexproof.view import View, ViewProbabilities, ViewStatement
from tests.builders import judged, picture_of, said, views
from tests.checks.exhibits import ask

PERIAPICAL = said(views(View.PERIAPICAL), source="ImageComments", strength=Strength.FREE_TEXT)
SENDER = said(views(View.PERIAPICAL), source="claim", strength=Strength.DECLARED)


def seen(*observations: Observation[ViewStatement], policy: str = "payer") -> Answer:
    return ask(no_periapical_view, picture_of(view=observations), policy=policy)


@pytest.mark.parametrize(
    "view",
    [
        View.PANORAMIC,
        View.BITEWING,
        View.OCCLUSAL,
        View.CEPHALOMETRIC,
        View.CBCT,
        View.PHOTOGRAPH,
        View.DOCUMENT,
        View.OTHER_RADIOGRAPH,
    ],
)
def test_no_other_view_stands_in_for_periapical(view: View) -> None:
    answer = seen(said(views(view)))
    assert (no_periapical_view.id, judged(answer)) == ("APX201", Result.FAIL)
    assert (answer.measured, answer.limit) == (view.label, "periapical")


def test_periapical_passes() -> None:
    answer = seen(PERIAPICAL)
    assert (judged(answer), answer.measured) == (Result.PASS, "periapical")
    assert "ImageComments" in answer.message


def test_full_mouth_series_is_left_to_a_person() -> None:
    answer = seen(said(views(View.FULL_MOUTH_SERIES)))
    assert (judged(answer), answer.measured) == (Result.UNSURE, "full mouth series")
    assert [piece.value for piece in answer.evidence] == ["full mouth series"]


def test_word_of_the_sender_does_not_make_a_full_mouth_series_periapical() -> None:
    series = said(views(View.FULL_MOUTH_SERIES), strength=Strength.FREE_TEXT)
    assert judged(seen(series, SENDER, policy="practice")) is Result.UNSURE


def test_word_of_the_sender_is_enough_for_the_practice_only() -> None:
    assert judged(seen(SENDER)) is Result.UNSURE
    assert judged(seen(SENDER, policy="practice")) is Result.PASS


def test_admission_of_the_sender_is_enough_for_the_payer() -> None:
    assert judged(seen(said(views(View.PANORAMIC), strength=Strength.DECLARED))) is Result.FAIL


def test_size_of_the_film_alone_does_not_tell_periapical_from_bitewing() -> None:
    answer = seen(said(views(View.PERIAPICAL, View.BITEWING)))
    assert judged(answer) is Result.UNSURE
    assert [piece.value for piece in answer.evidence] == ["periapical or bitewing"]


def test_film_too_large_for_a_mouth_and_pixels_that_see_a_periapical_are_left_to_a_person() -> None:
    within = {View.PERIAPICAL, View.BITEWING, View.OCCLUSAL, View.UNKNOWN}
    too_large = views(*(view for view in View if view not in within))
    answer = seen(pixels(View.PERIAPICAL, 0.99), said(too_large, source="Imager Pixel Spacing"))
    assert judged(answer) is Result.UNSURE
    assert "by Imager Pixel Spacing" in answer.message
    guess = said(too_large, source="Pixel Spacing", strength=Strength.BOUND)
    assert judged(seen(pixels(View.PERIAPICAL, 0.99), guess)) is Result.PASS
    assert judged(seen(said(too_large))) is Result.UNSURE


@pytest.mark.parametrize("possible", [{View.BITEWING}, {View.OCCLUSAL}])
def test_size_of_another_film_never_overrides_the_pixels(possible: set[View]) -> None:
    answer = seen(pixels(View.PERIAPICAL, 0.99), said(views(*possible), source="Imager Pixel Spacing"))
    assert judged(answer) is Result.UNSURE
    assert "by Imager Pixel Spacing" in answer.message


def test_guess_refutes_nothing() -> None:
    assert judged(seen(said(views(View.PANORAMIC), strength=Strength.BOUND))) is Result.UNSURE


def test_sources_of_equal_weight_that_disagree_are_left_to_a_person() -> None:
    answer = seen(PERIAPICAL, said(views(View.PANORAMIC), source="Modality"))
    assert judged(answer) is Result.UNSURE
    assert "ImageComments" in answer.message
    assert "Modality" in answer.message


def test_silence_is_no_view() -> None:
    assert judged(seen()) is Result.UNSURE
    for silent in (said(views(View.UNKNOWN)), said(None, note="view 'PX'")):
        answer = seen(silent)
        assert (judged(answer), answer.measured) == (Result.UNSURE, None)
        assert answer.message == "Nothing says that film-0.dcm is a periapical view."


def test_law_narrowing_statements_never_change_the_answer() -> None:
    narrowing = said(views(View.PERIAPICAL, View.BITEWING, View.OCCLUSAL))
    for stated in ((PERIAPICAL,), (SENDER,), (said(views(View.PANORAMIC)),), ()):
        assert judged(seen(*stated)) is judged(seen(*stated, narrowing))


def pixels(view: View, share: float, *, strangeness: float = 0.5) -> Observation[ViewStatement]:
    """What the pixels say: one view with that probability, the rest shared by an occlusal."""
    shares = tuple(sorted(((view, share), (View.OCCLUSAL, round(1 - share, 4))), key=lambda pair: -pair[1]))
    measured = ViewProbabilities(shares=shares, strangeness=strangeness)
    return said(ViewStatement(possible=frozenset(View), probabilities=measured), source="pixels")


def test_pixels_prove_the_view_from_the_probability_of_the_policy_on() -> None:
    answer = seen(pixels(View.PERIAPICAL, 0.83))
    assert (judged(answer), answer.measured) == (Result.PASS, "periapical with a probability of 83%")
    assert judged(seen(pixels(View.PERIAPICAL, 0.79))) is Result.UNSURE


def test_strange_picture_is_left_to_a_person_however_sure_the_pixels_are() -> None:
    assert judged(seen(pixels(View.PERIAPICAL, 0.99, strangeness=1.01))) is Result.UNSURE
    assert judged(seen(pixels(View.PANORAMIC, 0.99, strangeness=1.01))) is Result.UNSURE


def test_pixels_alone_show_that_it_is_none() -> None:
    assert judged(seen(pixels(View.PANORAMIC, 0.97))) is Result.FAIL


def test_pixels_need_less_to_show_that_it_is_none_than_to_prove_it() -> None:
    assert judged(seen(pixels(View.PANORAMIC, 0.51))) is Result.FAIL
    assert judged(seen(pixels(View.PERIAPICAL, 0.51))) is Result.UNSURE
    shares = ((View.PANORAMIC, 0.49), (View.BITEWING, 0.26), (View.OCCLUSAL, 0.25))
    undecided = ViewProbabilities(shares=shares, strangeness=0.5)
    assert judged(seen(said(ViewStatement(possible=frozenset(View), probabilities=undecided)))) is Result.UNSURE


def test_pixels_that_object_to_somebodys_periapical_are_for_a_person_to_look_at() -> None:
    answer = seen(pixels(View.PANORAMIC, 0.97), SENDER)
    assert (judged(answer), answer.measured) == (Result.UNSURE, "panoramic with a probability of 97%")
    modality = said(views(View.PANORAMIC), source="Modality")
    assert judged(seen(pixels(View.PANORAMIC, 0.97), modality, SENDER)) is Result.FAIL
    assert judged(seen(pixels(View.PANORAMIC, 0.97), SENDER, policy="practice")) is Result.UNSURE
    assert judged(seen(pixels(View.PANORAMIC, 0.97), PERIAPICAL)) is Result.UNSURE


def test_undecided_pixels_leave_the_words_their_weight() -> None:
    assert judged(seen(pixels(View.PERIAPICAL, 0.6), PERIAPICAL)) is Result.PASS
    assert judged(seen(pixels(View.PANORAMIC, 0.6), SENDER)) is Result.UNSURE


def test_mount_seen_by_the_pixels_needs_a_person() -> None:
    assert judged(seen(pixels(View.FULL_MOUTH_SERIES, 0.99), SENDER)) is Result.UNSURE


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 5))
def test_law_more_probability_never_takes_the_proof_away(one: float, other: float, strangeness: float) -> None:
    less, more = sorted((round(one, 4), round(other, 4)))
    if judged(seen(pixels(View.PERIAPICAL, less, strangeness=strangeness))) is Result.PASS:
        assert judged(seen(pixels(View.PERIAPICAL, more, strangeness=strangeness))) is Result.PASS


def test_a_mount_that_looks_periapical_is_for_a_person() -> None:
    frames = said(views(View.FULL_MOUTH_SERIES, View.DOCUMENT), source="pixels")
    answer = seen(said(views(View.PERIAPICAL)), frames)
    assert judged(answer) is Result.UNSURE


def colours(beyond: float) -> Observation[ViewStatement]:
    return said(ViewStatement(possible=frozenset(View), colourfulness=beyond), source="colours")


@pytest.mark.parametrize("word", [pixels(View.PERIAPICAL, 0.99), PERIAPICAL])
def test_colour_leaves_what_is_called_periapical_to_a_person(word: Observation[ViewStatement]) -> None:
    answer = seen(word, colours(0.05))
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 0.05, 0.03)
    assert "in colour" in answer.message
    assert [piece.source for piece in answer.evidence] == [word.source, "colours"]


def test_a_series_and_another_view_say_more_than_colours_do() -> None:
    series = seen(said(views(View.FULL_MOUTH_SERIES)), colours(0.05))
    assert (judged(series), series.measured, series.limit) == (Result.UNSURE, "full mouth series", "periapical")
    answer = seen(PERIAPICAL, said(views(View.PANORAMIC), source="Modality"), colours(0.05))
    assert judged(answer) is Result.UNSURE
    assert answer.message == "film-0.dcm is periapical by ImageComments, but panoramic by Modality."


def test_tint_of_a_scan_takes_nothing_from_a_periapical() -> None:
    assert judged(seen(pixels(View.PERIAPICAL, 0.99), colours(0.03))) is Result.PASS


@given(st.floats(0, 1) | st.just(float("nan")), st.floats(0, 1))
def test_law_colour_refutes_nothing_and_proves_nothing(beyond: float, share: float) -> None:
    assert judged(seen(colours(beyond))) is Result.UNSURE
    for said_of_it in ((), (SENDER,), (said(views(View.PANORAMIC), strength=Strength.BOUND),)):
        assert judged(seen(*said_of_it, colours(beyond), policy="strict")) is Result.UNSURE
    without = judged(seen(pixels(View.PANORAMIC, share)))
    assert judged(seen(pixels(View.PANORAMIC, share), colours(beyond))) is without
