"""WrittenDate: a date as imaging programs write it, with every day that it can mean.

`10/02/2026` is October 2 to an American program and 10 February to a European one. Another date in the same picture
that can be read in one way only shows the order of both: one program wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from apexproof.exposure import DateOrder, ExposureInterval

_I = re.IGNORECASE
_FIRST_YEAR = 1896  # there is no radiograph before Röntgen
_CENTURY_TURN = 70  # two-digit years from here on are of the twentieth century
_NOON = 12
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_END = r"(?![\d/-]|\.\d)"
_CLOCK_FOLLOWS = r"(?=\d{1,2}:\d\d)"  # the space between date and time got lost
_BEGIN = r"(?<![\d/.-])(?<!\d:)"
_SIGN, _AGAIN = r"\s?(?P<sign>[-/.])\s?", r"\s?(?P=sign)\s?"
_PATTERNS = tuple(
    re.compile(pattern, _I)
    for pattern in (
        rf"{_BEGIN}{_YEAR}{_SIGN}(?P<month>\d\d?){_AGAIN}(?P<day>\d\d?)(?:{_END}|(?<=\d\d){_CLOCK_FOLLOWS})",
        rf"{_BEGIN}(?P<one>\d\d?)\s?(?P<sign>[-/.])\s?(?P<other>\d\d?)\s?(?P=sign)\s?{_YEAR}(?:{_END}|{_CLOCK_FOLLOWS})",
        rf"{_BEGIN}(?P<one>\d\d?)(?P<sign>[-/])(?P<other>\d\d?)(?P=sign)(?P<short>\d\d)(?:{_END})(?!:)",
        rf"{_BEGIN}(?P<day>\d\d?)[ -]?{_MONTH},?[ -]?{_YEAR}(?!\d)",
        rf"(?<![a-z]){_MONTH}\s?(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s?{_YEAR}(?!\d)",
    )
)
_CLOCK = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?![\d:])"
    r"\s?(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<cut>[ap])(?!\w))?"
)
_CLOCK_AFTER = re.compile(rf"[ ,T@-]{{0,3}}(?:at )?{_CLOCK}", _I)
_CLOCK_BEFORE = re.compile(rf"(?<![\d:]){_CLOCK}[ ,@-]{{1,3}}(?:on )?$", _I)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A date in a text, from `start` to `end`, its clock time included.

    Attributes:
        day_start: where the day itself begins.
        day_end: where it ends.
        days: every day that it can mean, by the order of its numbers; None as the order when it has but one.
        times: first and last moment of the time of day, both on the minute or second as written.
        numeric: whether it is written in numbers whose order could be either.
        short_year: whether its century is not written.
    """

    start: int
    end: int
    day_start: int
    day_end: int
    days: tuple[tuple[DateOrder | None, date], ...]
    times: tuple[time, time] | None = None
    numeric: bool = False
    short_year: bool = False

    @property
    def day(self) -> date | None:
        """The day, when there is but one."""
        return self.days[0][1] if len({day for _, day in self.days}) == 1 else None

    def interval(self) -> ExposureInterval:
        """From the earliest to the latest moment that it can mean."""
        readings = {order: self._on(day) for order, day in self.days}
        if self.day is not None:
            return self._on(self.day)
        return ExposureInterval(
            earliest=min(reading.earliest for reading in readings.values() if reading.earliest),
            latest=max(reading.latest for reading in readings.values() if reading.latest),
            month_first=readings[DateOrder.MONTH_FIRST],
            day_first=readings[DateOrder.DAY_FIRST],
        )

    def without_clock(self) -> WrittenDate:
        """The day alone."""
        return replace(self, start=self.day_start, end=self.day_end, times=None)

    def _on(self, day: date) -> ExposureInterval:
        first, last = self.times or (time.min, time.max)
        return ExposureInterval(earliest=datetime.combine(day, first), latest=datetime.combine(day, last))


def find_dates(text: str) -> tuple[WrittenDate, ...]:
    """Every date in a text, from left to right."""
    found: list[WrittenDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            overlaps = any(match.start() < known.end and known.start < match.end() for known in found)
            if not overlaps and (days := tuple(_days(match))):
                found.append(_with_clock(text, match, days))
    return tuple(sorted(found, key=lambda written: written.start))


def settled(dates: Iterable[WrittenDate]) -> tuple[WrittenDate, ...]:
    """The dates of one picture, ambiguous ones settled by the order that the others show, when they agree on one."""
    written = tuple(dates)
    orders = {one.days[0][0] for one in written if one.numeric and one.day is not None and one.days[0][0] is not None}
    if len(orders) != 1:
        return written
    (order,) = orders
    return tuple(one if one.day is not None else _in_order(one, order) for one in written)


def _in_order(written: WrittenDate, order: DateOrder | None) -> WrittenDate:
    return replace(written, days=tuple(pair for pair in written.days if pair[0] is order))


def _days(match: re.Match[str]) -> Iterator[tuple[DateOrder | None, date]]:
    groups = match.groupdict()
    if groups.get("short"):
        short = int(groups["short"])
        year = short + (1900 if short >= _CENTURY_TURN else 2000)
    else:
        year = int(groups["year"])
    if groups.get("one"):
        one, other = int(groups["one"]), int(groups["other"])
        month_first, day_first = _day(year, one, other), _day(year, other, one)
        if month_first:
            # The same number twice shows no order.
            yield (None if one == other else DateOrder.MONTH_FIRST), month_first
        if day_first and day_first != month_first:
            yield DateOrder.DAY_FIRST, day_first
        return
    month = int(groups["month"]) if groups.get("month") else _MONTHS.index(groups["name"].lower()) + 1
    if day := _day(year, month, int(groups["day"])):
        yield None, day


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= _FIRST_YEAR else None
    except ValueError:
        return None


def _with_clock(text: str, match: re.Match[str], days: tuple[tuple[DateOrder | None, date], ...]) -> WrittenDate:
    after = _CLOCK_AFTER.match(text, match.end())
    before = None if after else _CLOCK_BEFORE.search(text[: match.start()])
    clock = after or before
    return WrittenDate(
        start=before.start() if before else match.start(),
        end=after.end() if after else match.end(),
        day_start=match.start(),
        day_end=match.end(),
        days=days,
        times=_times(clock) if clock else None,
        numeric=bool(match.groupdict().get("one")),
        short_year=bool(match.groupdict().get("short")),
    )


def _times(clock: re.Match[str]) -> tuple[time, time] | None:
    """The first and the last moment of a clock time; None when it is none, or when its half of the day is cut off."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), clock["second"]
    if clock["cut"]:
        return None
    if clock["half"]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if clock["half"].lower() == "p" else 0)
    elif len(clock["hour"]) == 1:
        return None  # `2:32` alone may be the afternoon; programs with 24 hours write `02:32`
    try:
        first = time(hour, minute, int(second or 0))
    except ValueError:
        return None
    step = timedelta(seconds=1) if second else timedelta(minutes=1)
    last = datetime.combine(date(2000, 1, 1), first) + step - timedelta(microseconds=1)
    return first, last.time()
