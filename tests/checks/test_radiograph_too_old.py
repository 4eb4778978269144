"""APX402."""

from __future__ import annotations

from datetime import timedelta

from apexproof.checks.case import Answer, Result
from apexproof.checks.radiograph_too_old import radiograph_too_old
from apexproof.claim import ClaimKind
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from tests.builders import VISIT, at, by, claim, d3351, judged, picture_of, said
from tests.checks.exhibits import ask


def taken(*exposures: Observation[ExposureInterval]) -> Answer:
    return ask(radiograph_too_old, picture_of(exposure=exposures))


def days_before(days: int) -> Observation[ExposureInterval]:
    return said(ExposureInterval.on_day(VISIT - timedelta(days=days)))


def test_image_of_366_days_before_is_too_old() -> None:
    answer = taken(days_before(366))
    assert (radiograph_too_old.id, judged(answer)) == ("APX402", Result.FAIL)
    assert (answer.measured, answer.limit) == (366, 365)


def test_image_of_365_days_before_passes() -> None:
    answer = taken(days_before(365))
    assert (judged(answer), answer.measured, answer.limit) == (Result.PASS, 365, 365)


def test_a_guess_is_enough_for_the_age() -> None:
    guess = said(at("2026-01-20"), strength=Strength.BOUND)
    answer = taken(said(by("2026-02-01")), guess)
    assert (judged(answer), answer.measured) == (Result.PASS, 14)


def test_upper_bound_alone_does_not_say_how_old() -> None:
    assert judged(taken(said(by("2026-02-01")))) is Result.UNSURE
    assert judged(taken()) is Result.UNSURE


def test_upper_bound_that_is_too_old_itself_is_enough() -> None:
    answer = taken(said(by("2024-02-03")))
    assert (judged(answer), answer.measured) == (Result.FAIL, 731)
    older = said(by("2024-02-01"), source="EXIF")
    for bounds in ((said(by("2024-02-03")), older), (older, said(by("2024-02-03")))):
        answer = taken(*bounds)
        assert (answer.measured, answer.limit) == (733, 365)
        assert answer.message == ("film-0.dcm is at least 733 days old at the visit (EXIF), and 365 are allowed.")
    assert judged(taken(said(by("2025-02-02")))) is Result.FAIL
    assert judged(taken(said(by("2025-02-03")))) is Result.UNSURE  # 365 days are allowed


def test_interval_across_the_limit_is_left_to_a_person() -> None:
    earliest, latest = at("2024-06-01").earliest, at("2025-06-01").latest
    answer = taken(said(ExposureInterval(earliest=earliest, latest=latest)))
    assert (judged(answer), answer.measured, answer.limit) == (Result.UNSURE, 612, 365)
    at_the_limit = ExposureInterval(earliest=earliest, latest=at("2025-02-03").latest)
    assert judged(taken(said(at_the_limit))) is Result.UNSURE


def test_image_after_the_visit_is_the_matter_of_another_check() -> None:
    assert judged(taken(said(at("2026-02-05")))) is Result.PASS


def test_without_a_visit_the_question_does_not_arise() -> None:
    undated = claim(d3351(first_day=None, last_day=None))
    assert judged(ask(radiograph_too_old, picture_of(), of=undated)) is Result.NOT_APPLICABLE


def test_law_an_older_image_is_never_better() -> None:
    rank = [Result.PASS, Result.UNSURE, Result.FAIL]
    ranks = [rank.index(judged(taken(days_before(days)))) for days in range(0, 730, 5)]
    assert ranks == sorted(ranks)


def test_an_image_of_the_day_itself_is_before_the_visit() -> None:
    assert "0 days before the visit" in taken(days_before(0)).message


def test_what_was_read_and_cannot_be_is_shown_all_the_same() -> None:
    answer = taken(said(at("2031-01-01")))
    assert judged(answer) is Result.UNSURE
    assert any("2031" in evidence.value for evidence in answer.evidence)


def test_a_predetermination_has_no_visit_even_with_a_date() -> None:
    asked = claim(kind=ClaimKind.PREDETERMINATION)
    answer = ask(radiograph_too_old, picture_of(exposure=(days_before(9),)), of=asked)
    assert judged(answer) is Result.NOT_APPLICABLE
