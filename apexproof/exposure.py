"""ExposureInterval: when a radiograph can have been exposed.

A date without a time is a whole day, an upper bound has no beginning. An interval that lies wholly before the visit
proves the order; one that overlaps it proves nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct

_LAST_MOMENT = time(23, 59, 59, 999999)
_ONE_MINUTE = timedelta(minutes=1)
# Civil clocks run from UTC-12 to UTC+14; a moment in UTC falls on one of these local times.
_BEHIND_UTC, _AHEAD_OF_UTC = timedelta(hours=12), timedelta(hours=14)


class DateOrder(StrEnum):
    """Which of two numbers in a date is the month: `10/02/2026`."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The order in words, as in `month first`."""
        return self.value.replace("_", " ")

    @property
    def other(self) -> DateOrder:
        """The order that it is not; unknown has none."""
        return {DateOrder.MONTH_FIRST: DateOrder.DAY_FIRST, DateOrder.DAY_FIRST: DateOrder.MONTH_FIRST}.get(self, self)


class ExposureInterval(Struct, frozen=True, kw_only=True):
    """From `earliest` to `latest`, both inclusive; None leaves that end open.

    Ends without an offset are on the clock of the place where the image was made. Where day and month may be exchanged,
    the interval covers both readings, and `month_first` and `day_first` hold each of them.
    """

    earliest: datetime | None
    latest: datetime | None
    month_first: ExposureInterval | None = None
    day_first: ExposureInterval | None = None

    def __post_init__(self) -> None:
        """Refuse an interval that runs backwards.

        Raises:
            ValueError: the end lies before the beginning, or only one end has an offset.
        """
        if self.earliest is not None and self.latest is not None:
            if (self.earliest.tzinfo is None) != (self.latest.tzinfo is None):
                msg = "both ends of an interval are on one clock"
                raise ValueError(msg)
            if self.latest < self.earliest:
                msg = "an exposure cannot end before it begins"
                raise ValueError(msg)

    @classmethod
    def on_day(cls, day: date, *, zone: tzinfo | None = None) -> ExposureInterval:
        """Some moment of that day."""
        return cls(earliest=datetime.combine(day, time.min, zone), latest=datetime.combine(day, _LAST_MOMENT, zone))

    @classmethod
    def at(cls, moment: datetime, *, precision: timedelta = timedelta(seconds=1)) -> ExposureInterval:
        """A stated moment, true to `precision` (a minute when no seconds were written)."""
        return cls(earliest=moment, latest=moment + precision - timedelta(microseconds=1))

    def as_upper_bound(self) -> ExposureInterval:
        """The same end with the beginning left open: not later than this."""
        return ExposureInterval(
            earliest=None,
            latest=self.latest,
            month_first=self.month_first.as_upper_bound() if self.month_first else None,
            day_first=self.day_first.as_upper_bound() if self.day_first else None,
        )

    def in_order(self, order: DateOrder) -> ExposureInterval:
        """The reading of that order where there are two, else the interval itself."""
        readings = {DateOrder.MONTH_FIRST: self.month_first, DateOrder.DAY_FIRST: self.day_first}
        return readings.get(order) or self

    def on_clock(self, zone: tzinfo | None) -> ExposureInterval:
        """The interval on the practice's clock, without offsets.

        An offset is converted when the practice's zone is known. When it is not, a local offset is taken as the
        practice's own clock, and a moment in UTC is widened to every civil clock on which it can fall.
        """
        return ExposureInterval(
            earliest=_on_clock(self.earliest, zone, -_BEHIND_UTC),
            latest=_on_clock(self.latest, zone, _AHEAD_OF_UTC),
        )

    def before(self, moment: datetime) -> bool:
        """Whether every moment of it lies before `moment`."""
        return self.latest is not None and self.latest < moment

    def not_before(self, moment: datetime) -> bool:
        """Whether no moment of it lies before `moment`."""
        return self.earliest is not None and self.earliest >= moment

    @property
    def one_day(self) -> date | None:
        """The one calendar day that it lies in, or None."""
        if self.earliest is None or self.latest is None or self.earliest.date() != self.latest.date():
            return None
        return self.earliest.date()

    def __str__(self) -> str:
        """The interval in words: `2026-01-05`, `2026-01-05 to 2026-01-07`, `not later than 2026-01-05 09:30`."""
        if self.earliest is not None and self.latest is not None:
            if self.latest - self.earliest <= _ONE_MINUTE:
                return _in_words(self.earliest)
            if self.latest.time() == _LAST_MOMENT and self.earliest.time() == time.min:
                first, last = _day(self.earliest), _day(self.latest)
                return first if first == last else f"{first} to {last}"
            return f"{_in_words(self.earliest)} to {_in_words(self.latest)}"
        if self.latest is not None:
            return f"not later than {_in_words(self.latest)}"
        if self.earliest is not None:
            begins = self.earliest.time() == time.min
            return f"not earlier than {_day(self.earliest) if begins else _in_words(self.earliest)}"
        return "unknown"


def _on_clock(moment: datetime | None, zone: tzinfo | None, widening: timedelta) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return moment
    if zone is not None:
        return moment.astimezone(zone).replace(tzinfo=None)
    if moment.utcoffset() == timedelta(0):
        return moment.astimezone(UTC).replace(tzinfo=None) + widening
    return moment.replace(tzinfo=None)


def _in_words(moment: datetime) -> str:
    if moment.time() == _LAST_MOMENT:
        return _day(moment)
    if moment.tzinfo is None:
        return moment.isoformat(" ", "minutes")
    return moment.replace(tzinfo=None).isoformat(" ", "minutes") + _offset(moment)


def _day(moment: datetime) -> str:
    return moment.date().isoformat() + _offset(moment)


def _offset(moment: datetime) -> str:
    return f" {moment:%z}" if moment.tzinfo is not None else ""
