"""Tooth readings: how ambiguous statements about teeth are settled by the patient's age and by each other."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from apexproof.checks.case import Case
from apexproof.checks.exposures import best_dated, on_clock, possible_exposures
from apexproof.claim import Exhibit
from apexproof.development import shedding_ages
from apexproof.observation import Observation
from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import Tooth

# Two years after most children have shed it a milk tooth counts as gone (the engine's own margin, no published limit).
_LATE_SHEDDING = 2

TeethObservation = Observation[TeethStatement]


def settled_teeth(case: Case, exhibit: Exhibit) -> tuple[TeethObservation, ...]:
    """The tooth observations of a picture, each with the readings that remain.

    A reading falls when it names only milk teeth that the patient must long have shed, or when another statement on
    the same picture excludes it. A statement that needed another one is only as strong as the weaker of the two.
    """
    usable = [observation for observation in exhibit.radiograph.teeth if observation.value is not None]
    if all(len(_readings(observation)) == 1 for observation in usable):
        return tuple(usable)
    age = _age_when_taken(case, exhibit)
    aged = [_without_shed_teeth(observation, age) for observation in usable]
    return tuple(_narrowed(observation, [other for other in aged if other is not observation]) for observation in aged)


def _readings(observation: TeethObservation) -> tuple[TeethReading, ...]:
    return observation.value.readings if observation.value is not None else ()


def _without_shed_teeth(observation: TeethObservation, age: int | None) -> TeethObservation:
    if age is None:
        return observation
    kept = tuple(r for r in _readings(observation) if not all(_long_shed(tooth, age) for tooth in r.teeth))
    return _with_readings(observation, kept, settled_by=f"the patient's age of {age}")


def _age_when_taken(case: Case, exhibit: Exhibit) -> int | None:
    """The patient's age when the picture was taken at the earliest; on the day of the visit when nobody knows."""
    taken = best_dated(possible_exposures(case, exhibit))
    local = on_clock(taken.value, case.claim.zone) if taken and taken.value else None
    day: date | None = local.earliest.date() if local and local.earliest else case.line.first_day
    return case.claim.patient.age_on(day) if day else None


def _long_shed(tooth: Tooth, age: int) -> bool:
    shed = shedding_ages(tooth)
    return shed is not None and age >= shed.latest + _LATE_SHEDDING


def _narrowed(observation: TeethObservation, others: list[TeethObservation]) -> TeethObservation:
    for other in sorted(others, key=lambda other: -other.strength):
        possible = {tooth for reading in _readings(other) for tooth in reading.teeth}
        kept = tuple(reading for reading in _readings(observation) if possible.intersection(reading.teeth))
        narrowed = _with_readings(observation, kept, settled_by=other.source)
        if narrowed is not observation:
            observation = replace(narrowed, strength=min(observation.strength, other.strength))
    return observation


def _with_readings(
    observation: TeethObservation, kept: tuple[TeethReading, ...], *, settled_by: str
) -> TeethObservation:
    if observation.value is None or not kept or len(kept) == len(observation.value.readings):
        return observation
    return replace(
        observation,
        value=replace(observation.value, readings=kept),
        source=f"{observation.source}, read by {settled_by}",
    )
