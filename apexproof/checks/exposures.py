"""Exposures: which statements of when a radiograph was taken can be true at all."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from apexproof.checks.case import Case
from apexproof.claim import Exhibit
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation


def why_impossible(case: Case, interval: ExposureInterval) -> str | None:
    """Why nothing can have been exposed then: after the claim was received, or not after the patient's birth."""
    local = on_clock(interval, case.claim.zone)
    received, born = case.claim.received, case.claim.patient.birth_date
    if received is not None and local.earliest is not None and local.earliest.date() > received:
        return f"lies after the claim was received ({received})"
    if born is not None and local.latest is not None and local.latest.date() <= born:
        return "is not after the patient's birth"
    return None


def possible_exposures(case: Case, exhibit: Exhibit) -> tuple[Observation[ExposureInterval], ...]:
    """The exposure observations that can be true; an impossible date proves nothing, not even that it is wrong."""
    return tuple(
        [
            observation
            for observation in exhibit.radiograph.exposure
            if observation.value is not None and why_impossible(case, observation.value) is None
        ]
    )


def best_dated(observations: Iterable[Observation[ExposureInterval]]) -> Observation[ExposureInterval] | None:
    """The strongest observation that says from when to when, guesses included; among equals the reader's first."""
    dated = [o for o in observations if o.value is not None and o.value.earliest and o.value.latest]
    return max(dated, key=lambda observation: observation.strength, default=None)


def on_clock(interval: ExposureInterval, zone: ZoneInfo | None) -> ExposureInterval:
    """The interval on the practice's clock; most have no offset and are there already."""
    end = interval.latest or interval.earliest
    return interval if end is None or end.tzinfo is None else interval.on_clock(zone)
