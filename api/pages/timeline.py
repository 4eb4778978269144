"""Timeline: when pictures of a tooth can have been taken, and what was done to it, laid out to scale.

Places are percentages of the width, so that the drawing fits a desk, a phone and paper with its words unscaled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from apexproof.formats.inspection_json import FileDocument
from apexproof.formats.shown import ShownExposure, ShownRadiograph
from apexproof.formats.verification_json import LineVerificationDocument
from api.pages.letters import Picture, in_words, pictures_of
from api.pages.taken import Visit, moment_of, span_in_words, verdict, visit_in_words, visit_of
from api.pages.words import STRENGTHS, day

ROWS_MOST = 12
_MARGIN = 0.06
_NARROWEST = timedelta(days=14)
_TICKS_MOST = 6
_STEPS = (1, 2, 7, 14, 30, 61, 91, 182, 365, 730, 1826, 3652, 18262)
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What was or is to be done on the tooth, on which day, and on which claim if not on this one."""

    procedure: str
    day: date
    claim: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment with its label; `level` keeps labels that lie close apart."""

    at: float
    label: str
    level: int = 0

    @property
    def anchor(self) -> str:
        """Which end of the label stands at the moment, so that it stays within the drawing."""
        if self.at < 12:  # noqa: PLR2004 - per cent
            return "start"
        return "end" if self.at > 88 else "middle"  # noqa: PLR2004


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One statement of when a picture was taken: where it begins and ends, and whether an end is open."""

    start: float
    width: float
    opens_left: bool
    opens_right: bool
    words: str
    source: str
    strength: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One picture: the statement that counts first, then the others."""

    letter: str
    name: str
    bars: tuple[Bar, ...]
    verdict: str
    is_proof: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing."""

    visit: Mark | None
    visit_width: float
    window: tuple[float, float] | None
    services: tuple[Mark, ...]
    rows: tuple[Row, ...]
    left_out: int
    ticks: tuple[Mark, ...]
    in_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    first: datetime
    last: datetime

    def at(self, moment: datetime) -> float:
        """Where a moment lies, in per cent of the width; what lies outside is at the edge."""
        share = (moment - self.first) / (self.last - self.first)
        return round(100 * min(max(share, 0.0), 1.0), 3)


def timeline(
    line: LineVerificationDocument,
    files: Sequence[FileDocument],
    services: Iterable[Service],
    *,
    window_days: int | None,
) -> Timeline | None:
    """Lay it out; None when nothing has a date."""
    first, last = visit = visit_of(line)
    pictures = sorted(
        pictures_of(files),
        key=lambda one: (not one.is_named(line["proof"]), one.radiograph["exposure"]["value"] is None),
    )
    shown = pictures[:ROWS_MOST]
    services = sorted(services, key=lambda service: (service.day, service.procedure))
    opens = (
        first - timedelta(days=window_days)
        if first and window_days is not None and first.toordinal() > window_days
        else None
    )
    moments = [moment for picture in shown for moment in _ends(picture.radiograph)]
    moments += [_start(one.day) for one in services]
    moments += [_start(known) for known in (first, last) if known]
    if not moments:
        return None
    scale = _scale(moments)
    marks = [
        Mark(
            at=scale.at(_noon(one.day)), label=f"{one.procedure} {day(one.day)}{f' ({one.claim})' if one.claim else ''}"
        )
        for one in services
    ]
    window = (scale.at(_start(opens)), scale.at(_start(first))) if opens and first else None
    return Timeline(
        visit=Mark(at=scale.at(_start(first)), label=f"Visit {visit_in_words(first, last)}") if first else None,
        visit_width=_width(scale, first, last),
        window=window,
        services=_apart(marks),
        rows=tuple(_row(scale, visit, picture, is_proof=picture.is_named(line["proof"])) for picture in shown),
        left_out=len(pictures) - len(shown),
        ticks=_ticks(scale),
        in_words=" ".join(_in_words(visit, pictures, marks, has_window=window is not None)),
    )


def _in_words(
    visit: Visit, pictures: Sequence[Picture], services: Sequence[Mark], *, has_window: bool
) -> Iterator[str]:
    """What the drawing shows, for who cannot see it; pictures of which the same is to be said are named together."""
    if visit[0]:
        yield f"Visit: {visit_in_words(*visit)}."
    alike: dict[str, list[Picture]] = {}
    for picture in pictures:
        alike.setdefault(verdict(picture.radiograph["exposure"]["value"], visit), []).append(picture)
    for said, those in alike.items():
        yield f"{in_words(sorted(those, key=lambda one: one.index))}: {said}."
    yield from (f"{mark.label}." for mark in services)
    if has_window:
        yield "Shaded: the time that the payer's policy accepts."


def _row(scale: _Scale, visit: Visit, picture: Picture, *, is_proof: bool) -> Row:
    exposure = picture.radiograph["exposure"]
    counts = exposure["value"]
    said = [one for one in exposure["observations"] if one["value"] is not None and one["value"] != counts]
    of_value = [one for one in exposure["observations"] if one["value"] == counts and counts is not None]
    bars = [
        _bar(scale, one["value"], one["source"], one["strength"])
        for one in (*of_value[:1], *said)
        if one["value"] is not None
    ]
    return Row(
        letter=picture.letter,
        name=picture.name,
        bars=tuple(bars),
        verdict=verdict(counts, visit),
        is_proof=is_proof,
    )


def _bar(scale: _Scale, exposure: ShownExposure, source: str, strength: str) -> Bar:
    earliest, latest = moment_of(exposure["earliest"]), moment_of(exposure["latest"])
    start = scale.at(earliest) if earliest else 0.0
    end = scale.at(latest) if latest else 100.0
    return Bar(
        start=start,
        width=round(end - start, 3),
        opens_left=earliest is None,
        opens_right=latest is None,
        words=span_in_words(earliest, latest),
        source=source,
        strength=STRENGTHS[strength],
    )


def _width(scale: _Scale, first: date | None, last: date | None) -> float:
    if first is None or last is None:
        return 0.0
    return round(scale.at(_end(last)) - scale.at(_start(first)), 3)


def _ends(picture: ShownRadiograph) -> list[datetime]:
    said = [one["value"] for one in picture["exposure"]["observations"] if one["value"] is not None]
    return [moment for value in said for end in (value["earliest"], value["latest"]) if (moment := moment_of(end))]


def _scale(moments: Sequence[datetime]) -> _Scale:
    first, last = min(moments), max(moments)
    room = max((last - first) * _MARGIN, (_NARROWEST - (last - first)) / 2, timedelta(days=1))
    lowest, highest = first - _start(date.min), _end(date.max) - last  # the calendar ends
    return _Scale(first=first - min(room, lowest), last=last + min(room, highest))


def _ticks(scale: _Scale) -> tuple[Mark, ...]:
    """Round days, as many as there is room for."""
    days = (scale.last - scale.first).total_seconds() / _DAY_SECONDS
    step = next((step for step in _STEPS if days / step <= _TICKS_MOST), ceil(days / _TICKS_MOST))
    first = scale.first.toordinal() + 1
    begin = first + -first % step
    last = scale.last.toordinal()
    return tuple(
        Mark(at=scale.at(_start(date.fromordinal(ordinal))), label=day(date.fromordinal(ordinal)))
        for ordinal in range(begin, last + 1, step)
    )


def _apart(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The same marks, each on the lowest level on which its label has room."""
    ends: list[float] = []
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda one: one.at):
        level = next((level for level, end in enumerate(ends) if mark.at - end > _LABEL), len(ends))
        ends[level : level + 1] = [mark.at]
        placed.append(Mark(at=mark.at, label=mark.label, level=level))
    return tuple(placed)


_LABEL = 40.0
"""The width of a label, in per cent, on the narrowest screen."""


def _start(of: date) -> datetime:
    return datetime(of.year, of.month, of.day)  # noqa: DTZ001 - on the wall's clock


def _noon(of: date) -> datetime:
    return _start(of) + timedelta(hours=12)


def _end(of: date) -> datetime:
    return _start(of) + timedelta(days=1, microseconds=-1)
