"""Dates as imaging programs write them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.exposure import DateOrder
from apexproof.reading.burned_in.dates import find_dates, settled


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/25/2026", date(2026, 2, 25)),
        ("25/02/2026", date(2026, 2, 25)),
        ("2/25/2026", date(2026, 2, 25)),
        ("25.02.2026", date(2026, 2, 25)),
        ("02-25-2026", date(2026, 2, 25)),
        ("02/25/26", date(2026, 2, 25)),
        ("2026-02-25", date(2026, 2, 25)),
        ("2026/02/25", date(2026, 2, 25)),
        ("2026.2.25", date(2026, 2, 25)),
        ("25 Feb 2026", date(2026, 2, 25)),
        ("25-Feb-2026", date(2026, 2, 25)),
        ("Feb 25, 2026", date(2026, 2, 25)),
        ("February 25, 2026", date(2026, 2, 25)),
        ("03/03/2017", date(2017, 3, 3)),
        ("12/31/99", date(1999, 12, 31)),
        ("Taken:02/25/2026", date(2026, 2, 25)),
        ("DOB02/25/2017", date(2017, 2, 25)),
    ],
)
def test_date_with_one_reading_is_that_day(text: str, day: date) -> None:
    assert [written.day for written in find_dates(text)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "13/13/2026",
        "2026-02-30",
        "31/06/2026",
        "555-10-2026",
        "123-45-6789",
        "1.2.26",
        "v10.0.2",
        "192.168.10.26",
        "12/2026",
        "0/0/2026",
        "120/80/26",
        "#8 PA",
        "10:02:2026",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert find_dates(text) == ()


def test_day_and_month_that_may_be_exchanged_keep_both_readings() -> None:
    (written,) = find_dates("10/02/2026")
    assert written.day is None
    interval = written.interval()
    assert interval.earliest == datetime.combine(date(2026, 2, 10), time.min)
    assert interval.latest == datetime.combine(date(2026, 10, 2), time.max)
    assert interval.in_order(DateOrder.MONTH_FIRST).one_day == date(2026, 10, 2)
    assert interval.in_order(DateOrder.DAY_FIRST).one_day == date(2026, 2, 10)
    assert interval.in_order(DateOrder.UNKNOWN) == interval


def test_another_date_shows_the_order() -> None:
    month_first = settled(find_dates("10/02/2026 and 12/25/2025"))
    day_first = settled(find_dates("10/02/2026 and 25/12/2025"))
    assert [written.day for written in month_first] == [date(2026, 10, 2), date(2025, 12, 25)]
    assert [written.day for written in day_first] == [date(2026, 2, 10), date(2025, 12, 25)]


def test_dates_that_show_both_orders_settle_nothing() -> None:
    written = settled(find_dates("10/02/2026, 12/25/2025, 25/12/2025"))
    assert written[0].day is None


def test_the_same_number_twice_shows_no_order() -> None:
    written = settled(find_dates("10/02/2026, 03/03/2017"))
    assert written[0].day is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02-10 14:32", time(14, 32), time(14, 32, 59, 999999)),
        ("2026-02-10T14:32:07", time(14, 32, 7), time(14, 32, 7, 999999)),
        ("2026-02-10 2:32 PM", time(14, 32), time(14, 32, 59, 999999)),
        ("2026-02-10 12:05AM", time(0, 5), time(0, 5, 59, 999999)),
        ("2026-02-10 2:32 p.m.", time(14, 32), time(14, 32, 59, 999999)),
        ("14:32 2026-02-10", time(14, 32), time(14, 32, 59, 999999)),
        ("2026-02-1014:32", time(14, 32), time(14, 32, 59, 999999)),
        ("02/25/202614:32", time(14, 32), time(14, 32, 59, 999999)),
        ("2026-02-10 14:32 PA #8", time(14, 32), time(14, 32, 59, 999999)),
    ],
)
def test_clock_beside_a_date_narrows_it(text: str, first: time, last: time) -> None:
    (written,) = find_dates(text)
    assert written.times == (first, last)


@pytest.mark.parametrize("text", ["2026-02-10 2:32", "2026-02-10 2:32 P", "2026-02-10 25:00", "2026-02-10 13:10 PM"])
def test_clock_that_is_not_certain_leaves_the_whole_day(text: str) -> None:
    (written,) = find_dates(text)
    assert written.times is None
    assert written.interval().one_day == date(2026, 2, 10)


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for written in find_dates(text):
        assert 0 <= written.start < written.end <= len(text)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31)), st.sampled_from("/-."))
def test_a_written_day_is_always_among_its_readings(day: date, sign: str) -> None:
    for form in (f"%m{sign}%d{sign}%Y", f"%d{sign}%m{sign}%Y", f"%Y{sign}%m{sign}%d", "%d %b %Y", "%B %d, %Y"):
        (written,) = find_dates(f"{day:{form}}")
        assert day in {possible for _, possible in written.days}
