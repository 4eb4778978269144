"""APX502."""

from __future__ import annotations

from typing import Any

import pytest

from apexproof.checks.case import Answer, Result
from apexproof.checks.radiograph_illegible import radiograph_illegible
from tests.builders import judged, legibility, picture_of, said
from tests.checks.exhibits import ask


def measured(**changes: Any) -> Answer:  # noqa: ANN401 - any measure
    return ask(radiograph_illegible, picture_of(legibility=(said(legibility(**changes)),)))


@pytest.mark.parametrize(
    ("changes", "number", "limit"),
    [
        ({"width": 60}, 60, 150),
        ({"contrast": 0.05}, 0.05, 0.12),
        ({"sharpness": 0.3}, 0.3, 0.45),
        ({"dark": 0.9}, 0.9, 0.6),
        ({"bright": 0.9}, 0.9, 0.6),
    ],
)
def test_picture_beyond_a_limit_is_refused(changes: dict[str, float], number: float, limit: float) -> None:
    answer = measured(**changes)
    assert (radiograph_illegible.id, judged(answer)) == ("APX502", Result.FAIL)
    assert (answer.measured, answer.limit) == (number, limit)


@pytest.mark.parametrize(
    ("changes", "limit"),
    [({"height": 200}, 300), ({"contrast": 0.2}, 0.25), ({"sharpness": 0.5}, 0.56), ({"bright": 0.4}, 0.3)],
)
def test_picture_between_the_limits_is_left_to_a_person(changes: dict[str, float], limit: float) -> None:
    answer = measured(**changes)
    assert (judged(answer), answer.limit) == (Result.UNSURE, limit)


def test_good_picture_passes() -> None:
    assert judged(measured()) is Result.PASS


def test_every_fault_is_named() -> None:
    message = measured(width=60, contrast=0.05).message
    assert "short side has 60 pixels" in message
    assert "contrast is 0.05" in message


def test_unmeasured_picture_is_not_legible() -> None:
    assert judged(ask(radiograph_illegible, picture_of(legibility=()))) is Result.UNSURE
    assert judged(measured(sharpness=float("nan"))) is Result.FAIL


def test_law_blurring_never_clears_it() -> None:
    rank = [Result.PASS, Result.UNSURE, Result.FAIL]
    ranks = [rank.index(judged(measured(sharpness=sharpness / 40))) for sharpness in range(40, 0, -1)]
    assert ranks == sorted(ranks)


def test_a_picture_at_the_limit_is_good_enough() -> None:
    for changes in ({"height": 300, "width": 400}, {"contrast": 0.25}, {"sharpness": 0.56}, {"bright": 0.3}):
        assert judged(measured(**changes)) is Result.PASS


def test_what_is_clipped_is_named_by_its_end() -> None:
    assert "fully black" in measured(dark=0.9).message
    assert "fully white" in measured(bright=0.9).message


def test_a_picture_at_the_limit_of_refusal_is_left_to_a_person() -> None:
    for changes in ({"height": 150, "width": 400}, {"contrast": 0.12}, {"sharpness": 0.45}, {"dark": 0.6}):
        assert judged(measured(**changes)) is Result.UNSURE
