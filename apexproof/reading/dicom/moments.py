"""Moments: DICOM dates and times as intervals as wide as what was written (PS3.5 section 6.2: DA, TM, DT)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from apexproof.exposure import ExposureInterval

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LEGACY_DATE = re.compile(r"(\d{4})[.-](\d{2})[.-](\d{2})")  # ACR-NEMA wrote points; careless programs write hyphens
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?")
_DATETIME = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_FIRST_RADIOGRAPH = 1896  # Roentgen's rays were told of at the end of 1895; earlier years are placeholders
_PLACEHOLDERS = frozenset({date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1)})
_QUOTABLE = re.compile(r"[\d.:+\-/ ]{1,26}")
_MICROSECOND = timedelta(microseconds=1)
_MIDNIGHT, _LAST_MOMENT = time.min, time.max


class NoMoment(ValueError):
    """What was written is no date or time; the message says so."""


def parse_day(text: str) -> date:
    """Read a DA.

    Raises:
        NoMoment: it is no date, or one that stands for an unknown one.
    """
    match = _DATE.fullmatch(text) or _LEGACY_DATE.fullmatch(text)
    if match is None:
        raise NoMoment(_quoted(text, "is not a date"))
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        raise NoMoment(_quoted(text, "is not a date")) from None
    if day.year < _FIRST_RADIOGRAPH or day in _PLACEHOLDERS:
        raise NoMoment(_quoted(text, "stands for an unknown date"))
    return day


def is_legacy(text: str) -> bool:
    """Whether a date is written with points or hyphens, as before DICOM."""
    return _LEGACY_DATE.fullmatch(text) is not None


def parse_time(text: str) -> tuple[time, time]:
    """Read a TM as its first and its last moment: `09` is that whole hour.

    Raises:
        NoMoment: it is no time of day.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise NoMoment(_quoted(text, "is not a time of day"))
    hour, minute, second, fraction = match.groups()
    try:
        first = _moment(date(2000, 1, 1), hour, minute, second, fraction)
    except ValueError:
        raise NoMoment(_quoted(text, "is not a time of day")) from None
    last = min(first + _precision(hour, minute, second, fraction), datetime(2000, 1, 2)) - _MICROSECOND  # noqa: DTZ001 - a time of day has no zone
    return first.time(), last.time()


def span(day: date, times: tuple[time, time] | None, zone: tzinfo | None) -> ExposureInterval:
    """Some moment of a day, within the times where there are any."""
    first, last = times or (_MIDNIGHT, _LAST_MOMENT)
    return ExposureInterval(earliest=datetime.combine(day, first, zone), latest=datetime.combine(day, last, zone))


def parse_moment(text: str, zone: tzinfo | None) -> ExposureInterval:
    """Read a DT: `202602` is that month, and an offset of its own wins over `zone`.

    Raises:
        NoMoment: it is no moment, or stands for an unknown one.
    """
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise NoMoment(_quoted(text, "is not a date and time"))
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        first_day = date(int(year), int(month or 1), int(day or 1))
        first = _moment(first_day, hour, minute, second, fraction)
        end = first + _precision(hour, minute, second, fraction) if hour else _end_of(first, month, day)
        zone = parse_zone(offset) if offset else zone
    except (ValueError, OverflowError):
        raise NoMoment(_quoted(text, "is not a date and time")) from None
    if first_day.year < _FIRST_RADIOGRAPH or first_day in _PLACEHOLDERS:
        raise NoMoment(_quoted(text, "stands for an unknown date"))
    return ExposureInterval(earliest=first.replace(tzinfo=zone), latest=(end - _MICROSECOND).replace(tzinfo=zone))


def parse_zone(text: str) -> tzinfo:
    """Read an offset from UTC such as `-0500`.

    Raises:
        ValueError: it is none between -1200 and +1400 (PS3.5 section 6.2).
    """
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[3]) > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError("not an offset from UTC")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3])) * (-1 if match[1] == "-" else 1)
    if not timedelta(hours=-12) <= offset <= timedelta(hours=14):
        raise ValueError("not an offset from UTC")
    return timezone(offset)


def _moment(day: date, hour: str | None, minute: str | None, second: str | None, fraction: str | None) -> datetime:
    """The first moment of what was written; a leap second counts as the second before it."""
    seconds = min(int(second or 0), 59) if second != "60" else 59
    if second is not None and int(second) > 60:  # noqa: PLR2004 - a leap second is 60 (PS3.5 section 6.2)
        raise ValueError("more than a minute has seconds")
    return datetime(  # noqa: DTZ001 - the zone is added by the caller, who knows it
        day.year, day.month, day.day, int(hour or 0), int(minute or 0), seconds, int((fraction or "0").ljust(6, "0"))
    )


def _precision(hour: str | None, minute: str | None, second: str | None, fraction: str | None) -> timedelta:
    if fraction:
        return timedelta(microseconds=10 ** (6 - len(fraction)))
    if second:
        return timedelta(seconds=1)
    if minute:
        return timedelta(minutes=1)
    return timedelta(hours=1) if hour else timedelta(days=1)


def _end_of(first: datetime, month: str | None, day: str | None) -> datetime:
    if day:
        return first + timedelta(days=1)
    if month:
        return (first + timedelta(days=32)).replace(day=1)
    return first.replace(year=first.year + 1)


def _quoted(text: str, what: str) -> str:
    """The fault with what was written, when that is digits and nothing that could be somebody's name."""
    return f"{text} {what}" if _QUOTABLE.fullmatch(text) else what
