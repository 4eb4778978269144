"""APX404."""

from __future__ import annotations

from apexproof.checks.case import Answer, Result
from apexproof.checks.impossible_date import impossible_date
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation
from tests.builders import at, by, judged, picture_of, said
from tests.checks.exhibits import ask


def dated(*exposures: Observation[ExposureInterval]) -> Answer:
    return ask(impossible_date, picture_of(exposure=exposures))


def test_date_after_the_receipt_of_the_claim_is_impossible() -> None:
    answer = dated(said(at("2026-02-11")), said(at("2026-02-02")))
    assert (impossible_date.id, judged(answer), answer.measured, answer.limit) == ("APX404", Result.FAIL, 1, 0)
    assert "2026-02-11 lies after the claim was received (2026-02-10)" in answer.message


def test_date_of_birth_and_before_is_impossible() -> None:
    assert judged(dated(said(at("2017-03-03")))) is Result.FAIL
    assert judged(dated(said(by("1970-01-01")))) is Result.FAIL


def test_further_impossible_dates_are_counted() -> None:
    wrong = said(at("2026-02-11"))
    assert "so with" not in dated(wrong).message
    assert dated(wrong, wrong, wrong).message.endswith("; so with 2 more.")
    assert "; so with 1 more." in dated(wrong, wrong).message


def test_unusable_date_says_what_it_was() -> None:
    answer = dated(said(None, note="'20260230' is no date"))
    assert judged(answer) is Result.FAIL
    assert "'20260230' is no date" in answer.message


def test_possible_dates_pass_and_no_date_is_no_question() -> None:
    assert judged(dated(said(at("2026-02-10")), said(by("2026-05-01")))) is Result.PASS
    assert judged(dated()) is Result.NOT_APPLICABLE


def test_law_a_possible_date_never_hides_an_impossible_one() -> None:
    wrong, right = said(at("2031-01-01")), said(at("2026-02-02"))
    for exposures in ((wrong,), (wrong, right), (right, wrong)):
        assert dated(*exposures).measured == 1
