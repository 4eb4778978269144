"""APX704."""

from __future__ import annotations

from datetime import date

from apexproof.checks.billed_image_disagrees import billed_image_disagrees
from apexproof.checks.case import Result
from apexproof.claim import AttachedFile
from apexproof.exposure import ExposureInterval
from apexproof.view import View
from tests.builders import at, attached, by, case, claim, d3351, judged, picture_of, said, service, views

THE_DAY_BEFORE = date(2026, 2, 2)


def billed(*files: AttachedFile, day: date | None = THE_DAY_BEFORE) -> Result:
    return judged(
        billed_image_disagrees.function(case(*files, of=claim(d3351(), service("D0220", None, day=day, line=2))))
    )


def test_billed_image_that_did_not_come_is_missed() -> None:
    panoramic = attached(picture_of(view=(said(views(View.PANORAMIC)),)))
    assert (billed_image_disagrees.id, billed(), billed(panoramic)) == ("APX704", Result.FAIL, Result.FAIL)
    lines = (service("D0220", None, line=2), service("D0230", None, line=3))
    answer = billed_image_disagrees.function(case(of=claim(d3351(), *lines)))
    assert (answer.measured, answer.limit) == (0, 2)


def test_image_of_another_day_disagrees() -> None:
    made = claim(d3351(), service("D0220", None, day=date(2026, 1, 12), line=2))
    answer = billed_image_disagrees.function(case(attached(picture_of()), of=made))
    assert (judged(answer), answer.measured, answer.limit) == (Result.FAIL, "2026-02-02", "2026-01-12")
    days = ExposureInterval(earliest=at("2026-02-01").earliest, latest=at("2026-02-02").latest)
    of_days = billed_image_disagrees.function(case(attached(picture_of(exposure=(said(days),))), of=made))
    assert of_days.measured == "2026-02-01 to 2026-02-02"


def test_days_that_hold_the_billed_one_may_be_that_day() -> None:
    for first, last in (("2026-02-01", "2026-02-03"), ("2026-02-02", "2026-02-09"), ("2026-01-01", "2026-02-02")):
        span = ExposureInterval(earliest=at(first).earliest, latest=at(last).latest)
        assert billed(attached(picture_of(exposure=(said(span),)))) is Result.PASS


def test_every_picture_counts_though_their_files_have_one_name() -> None:
    other = attached(picture_of(exposure=(said(at("2026-01-01")),)), sha256="e" * 64)
    assert billed(attached(picture_of()), other) is billed(other, attached(picture_of())) is Result.PASS


def test_image_of_the_billed_day_passes() -> None:
    assert billed(attached(picture_of())) is Result.PASS


def test_image_without_a_date_leaves_it_open() -> None:
    assert billed(attached(picture_of(exposure=()))) is Result.UNSURE
    assert billed(attached(picture_of(exposure=(said(by("2026-02-02")),)))) is Result.UNSURE
    assert billed(attached(picture_of()), day=None) is Result.UNSURE


def test_nothing_billed_nothing_asked() -> None:
    assert judged(billed_image_disagrees.function(case(attached(picture_of())))) is Result.NOT_APPLICABLE


def test_law_an_image_of_another_day_never_undoes_the_agreement() -> None:
    other = attached(picture_of(exposure=(said(at("2026-01-01")),)), name="other.dcm")
    assert billed(attached(picture_of()), other) is billed(other, attached(picture_of())) is Result.PASS
