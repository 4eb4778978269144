"""Taken: when a picture was taken, against the visit, in words."""

from __future__ import annotations

from datetime import date, datetime

from apexproof.formats.shown import ShownExposure
from apexproof.formats.verification_json import LineVerificationDocument
from api.pages.headline import days_in_words
from api.pages.words import day

Visit = tuple[date | None, date | None]
"""Its first and its last day."""


def visit_of(line: LineVerificationDocument) -> Visit:
    """The first and the last day on which the visit can have been."""
    if line["service_period"] is not None:
        return line["service_period"]["start"], line["service_period"]["end"]
    return line["service_date"], line["service_date"]


def verdict(exposure: ShownExposure | None, visit: Visit) -> str:
    """When a picture was taken, against the visit, in words."""
    first, last = visit
    earliest, latest = (moment_of(exposure["earliest"]), moment_of(exposure["latest"])) if exposure else (None, None)
    if earliest is None and latest is None:
        return "nothing says when it was taken"
    if first is None or last is None:
        return f"taken {span_in_words(earliest, latest)}"
    if latest is not None and latest.date() < first:
        return f"taken {_at('latest', earliest, latest)}{days_in_words((latest.date() - first).days)}"
    if earliest is not None and earliest.date() > last:
        return f"taken {_at('earliest', earliest, latest)}{days_in_words((earliest.date() - last).days)}"
    within = earliest is not None and latest is not None and first <= earliest.date() <= latest.date() <= last
    if within and first == last:
        return f"taken {days_in_words(0)}"
    return f"taken {span_in_words(earliest, latest)}: {'within the visit' if within else 'before or after the visit'}"


def _at(end: str, earliest: datetime | None, latest: datetime | None) -> str:
    """Nothing of a picture whose day is known; else that this is one end of what is known."""
    is_one_day = earliest is not None and latest is not None and earliest.date() == latest.date()
    return "" if is_one_day else f"at the {end} "


def span_in_words(earliest: datetime | None, latest: datetime | None) -> str:
    """What is known of a moment."""
    if earliest is None or latest is None:
        known = earliest or latest
        if known is None:
            return "at a time that is not known"
        return f"{'not before' if earliest else 'not later than'} {day(known)}, {known:%H:%M}"
    if earliest == latest:
        return f"{day(earliest)}, {earliest:%H:%M}"
    if earliest.date() == latest.date():
        return f"on {day(earliest)}"
    return f"between {day(earliest)} and {day(latest)}"


def visit_in_words(first: date | None, last: date | None) -> str:
    """Its day, or its first and last."""
    return day(first) if last in {None, first} else f"{day(first)} to {day(last)}"


def moment_of(written: str | None) -> datetime | None:
    """A moment on the wall's clock: an offset moves no bar by a visible width."""
    return datetime.fromisoformat(written).replace(tzinfo=None) if written else None
