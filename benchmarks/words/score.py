"""Score: what was read in an overlay, against what its words say."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from apexproof.exposure import DateOrder, ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.person import NameAgreement, PersonName, compare_names
from apexproof.radiograph import Radiograph, TeethStatement
from fixtures.overlays import Told


class Read(StrEnum):
    """What became of one thing that the words say."""

    RIGHT = "right"
    UNREAD = "unread"
    WRONG = "wrong"


def score(radiograph: Radiograph, told: Told, manner: str) -> Iterator[tuple[str, Read]]:
    """Date, tooth and, where the manner writes them, name and birth date."""
    yield "date", _date(radiograph.exposure, told)
    yield "tooth", _tooth(radiograph.teeth, told)
    if manner in {"corners", "bar", "footer", "exported", "stacked"}:
        name = PersonName(family=told.family, given=told.given)
        names = [o.value.name for o in radiograph.patient if o.value and o.value.name]
        yield "name", _of([compare_names(one, name) is not NameAgreement.DIFFERENT for one in names])
    said = [o.value.in_order(DateOrder.MONTH_FIRST) for o in radiograph.patient if o.value]
    births = [statement.birth_date for statement in said if statement.birth_date]
    if manner in {"corners", "bar", "footer", "stacked"}:
        yield "birth date", _of([birth == told.birth for birth in births])
    elif births:
        yield "birth date", Read.WRONG


def _date(observations: tuple[Observation[ExposureInterval], ...], told: Told) -> Read:
    """Right when the day is known as the one day, and the clock time, where there is one, as the time.

    The overlays write the month first, and so does the default policy read them.
    """
    verdicts = []
    for observation in observations:
        if observation.value is None or observation.strength is not Strength.BURNED_IN:
            continue
        interval = observation.value.in_order(DateOrder.MONTH_FIRST)
        if not _possible(interval, told):
            return Read.WRONG
        if interval.one_day == told.taken.date():
            verdicts.append(True)
    return _of(verdicts)


def _possible(interval: ExposureInterval, told: Told) -> bool:
    """Whether the exposure, written to the minute or the second, lies in the interval."""
    minute = told.taken.replace(second=0)
    too_early = interval.latest is not None and interval.latest < minute
    too_late = interval.earliest is not None and interval.earliest > told.taken
    return not (too_early or too_late)


def _tooth(observations: tuple[Observation[TeethStatement], ...], told: Told) -> Read:
    return _of(
        [
            any(told.tooth in reading.teeth for reading in observation.value.readings)
            for observation in observations
            if observation.value is not None and observation.strength is Strength.BURNED_IN
        ]
    )


def _of(verdicts: list[bool]) -> Read:
    if not verdicts:
        return Read.UNREAD
    return Read.RIGHT if all(verdicts) else Read.WRONG
