"""Dates on the practice's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apexproof.checks.exposures import on_clock
from apexproof.exposure import ExposureInterval

EVENING = datetime(2026, 2, 3, 1, 30, tzinfo=UTC)


def test_an_interval_with_one_end_comes_to_the_practices_clock_as_well() -> None:
    for stated in (ExposureInterval(earliest=EVENING, latest=None), ExposureInterval(earliest=None, latest=EVENING)):
        local = on_clock(stated, ZoneInfo("America/Chicago"))
        assert (local.earliest or local.latest) == datetime(2026, 2, 2, 19, 30)  # noqa: DTZ001 - the practice's clock


def test_an_interval_without_ends_has_no_clock() -> None:
    nothing = ExposureInterval(earliest=None, latest=None)
    assert on_clock(nothing, ZoneInfo("America/Chicago")) == nothing
