"""An exposure date is an interval on a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.exposure import ExposureInterval

DAY = date(2026, 2, 10)
VISIT = datetime(2026, 2, 11)  # noqa: DTZ001 - the practice's own clock
START = datetime(2026, 2, 5)  # noqa: DTZ001 - likewise
END = datetime(2026, 2, 7, 23, 59, 59, 999_999)  # noqa: DTZ001 - likewise
CHICAGO = ZoneInfo("America/Chicago")


def test_a_day_is_every_moment_of_it() -> None:
    interval = ExposureInterval.on_day(DAY)
    assert interval.before(VISIT)
    assert not interval.before(VISIT - timedelta(microseconds=1))
    assert interval.one_day == DAY
    assert str(interval) == "2026-02-10"


def test_a_moment_is_true_to_its_precision() -> None:
    minute = ExposureInterval.at(VISIT - timedelta(minutes=1), precision=timedelta(minutes=1))
    assert minute.before(VISIT)
    assert not minute.before(VISIT - timedelta(seconds=1))
    assert str(minute) == "2026-02-10 23:59"


def test_an_upper_bound_before_the_visit_is_before_it_and_a_late_one_is_neither() -> None:
    early = ExposureInterval.on_day(DAY).as_upper_bound()
    late = ExposureInterval.on_day(DAY + timedelta(days=9)).as_upper_bound()
    assert early.before(VISIT)
    assert not late.before(VISIT)
    assert not late.not_before(VISIT)
    assert str(early) == "not later than 2026-02-10"


def test_an_offset_is_converted_to_the_clock_of_the_practice() -> None:
    taken = ExposureInterval.at(datetime(2026, 2, 11, 2, 30, tzinfo=UTC))
    assert taken.on_clock(CHICAGO).one_day == DAY
    assert taken.on_clock(CHICAGO).before(VISIT)


def test_utc_without_the_zone_of_the_practice_is_widened_to_every_clock() -> None:
    taken = ExposureInterval.at(datetime(2026, 2, 11, 2, 30, tzinfo=UTC)).on_clock(None)
    assert not taken.before(VISIT)
    assert not taken.not_before(VISIT)


def test_a_local_offset_is_the_clock_of_the_practice() -> None:
    local = datetime(2026, 2, 10, 20, 30, tzinfo=timezone(timedelta(hours=-6)))
    assert ExposureInterval.at(local).on_clock(None).one_day == DAY


def test_an_interval_cannot_run_backwards_nor_be_on_two_clocks() -> None:
    with pytest.raises(ValueError, match="end before it begins"):
        ExposureInterval(earliest=VISIT, latest=VISIT - timedelta(days=1))
    with pytest.raises(ValueError, match="one clock"):
        ExposureInterval(earliest=VISIT, latest=VISIT.replace(tzinfo=UTC))


MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001 - naive on purpose
OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(MOMENTS, OFFSETS, OFFSETS)
def test_widening_holds_the_truth_whatever_the_zone(moment: datetime, written: timezone, practice: timezone) -> None:
    instant = moment.replace(tzinfo=written).astimezone(UTC)
    truth = instant.astimezone(practice).replace(tzinfo=None)
    widened = ExposureInterval.at(instant).on_clock(None)
    assert widened.earliest is not None
    assert widened.latest is not None
    assert widened.earliest <= truth <= widened.latest


@given(MOMENTS, MOMENTS)
def test_no_interval_lies_on_both_sides(one: datetime, visit: datetime) -> None:
    for interval in (ExposureInterval.at(one), ExposureInterval.on_day(one.date())):
        assert not (interval.before(visit) and interval.not_before(visit))


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (ExposureInterval(earliest=START, latest=END), "2026-02-05 to 2026-02-07"),
        (ExposureInterval(earliest=START, latest=None), "not earlier than 2026-02-05"),
        (ExposureInterval(earliest=None, latest=END), "not later than 2026-02-07"),
        (ExposureInterval(earliest=START, latest=VISIT), "2026-02-05 00:00 to 2026-02-11 00:00"),
    ],
)
def test_whole_days_are_told_without_a_time(interval: ExposureInterval, said: str) -> None:
    assert str(interval) == said
