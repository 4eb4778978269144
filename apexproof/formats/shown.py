"""How the nouns of a radiograph look in JSON: one shape, for inspections and verifications alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.radiograph import (
    Crowns,
    Fingerprint,
    InMount,
    Legibility,
    PatientStatement,
    Radiograph,
    TeethStatement,
    Towards,
    strongest,
)
from apexproof.tooth import NumberingSystem, Tooth
from apexproof.view import View, ViewStatement, narrowed_view

T = TypeVar("T")
Value = TypeVar("Value")
Answer = TypeVar("Answer")


# What stands in an answer a hundred times is a plain dict with a type; no caller hands it in.
STRICT = ConfigDict(extra="forbid")
_VIEWS = tuple(View)


class ShownDocument(BaseModel):
    """The base of every document that apexproof writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@with_config(STRICT)
class ShownTooth(TypedDict):
    """One tooth in both numbering systems."""

    universal: str
    fdi: str


@with_config(STRICT)
class ShownTeethReading(TypedDict):
    """One way to read what was written."""

    system: NumberingSystem | None
    teeth: list[ShownTooth]


@with_config(STRICT)
class ShownTeeth(TypedDict):
    """What was written about teeth; with several readings until something settles them."""

    written: str
    readings: list[ShownTeethReading]


@with_config(STRICT)
class ShownView(TypedDict):
    """The view, and those that remain possible when it is not one.

    What the pixels say comes with the calibrated probability of each view, and with how far the picture lies from all
    that was learnt from (1 is the edge of it). What the colours say comes with how far they go beyond one tint (0-1).
    """

    view: View
    possible: list[View]
    probabilities: dict[View, float] | None
    strangeness: float | None
    colourfulness: float | None


@with_config(STRICT)
class ShownSpan(TypedDict):
    """ISO 8601 moments, both inclusive; with an offset when the file states one; null leaves that end open."""

    earliest: str | None
    latest: str | None


@with_config(STRICT)
class ShownExposure(ShownSpan):
    """When the picture was taken; where day and month may be exchanged it spans both readings, and each stands here."""

    month_first: ShownSpan | None
    day_first: ShownSpan | None


@with_config(STRICT)
class ShownBirthReadings(TypedDict):
    """A birth date whose day and month may be exchanged, in either order."""

    month_first: date
    day_first: date


@with_config(STRICT)
class ShownPatient(TypedDict):
    """Who the picture is of, as the file says; a birth date with two readings is in `birth_readings`."""

    name: str | None
    birth_date: date | None
    birth_readings: ShownBirthReadings | None
    chart_number: str | None


@with_config(STRICT)
class ShownLegibility(TypedDict):
    """Measures of the pixels; see docs/checks.md, APX502."""

    width: int
    height: int
    bits: int
    contrast: float
    sharpness: float
    dark: float
    bright: float


@with_config(STRICT)
class ShownFingerprint(TypedDict):
    """SHA-256 of the file, hash of the decoded pixels, perceptual hash."""

    sha256: str
    pixel_sha256: str
    perceptual: str


@with_config(STRICT)
class ShownCrowns(TypedDict):
    """The side of the picture at which the crowns of a periapical seem to be, and how likely that is by the pixels."""

    towards: Towards
    probability: float


@with_config(STRICT)
class ShownObservation(TypedDict, Generic[Value]):
    """A value, where it was found, and how strong that is; `note` says why a value cannot be used."""

    value: Value | None
    source: str
    strength: Annotated[str, Field(examples=[strength.label for strength in reversed(Strength)])]
    note: str | None


@with_config(STRICT)
class Aspect(TypedDict, Generic[Answer, Value]):
    """One aspect of a radiograph: what follows from its observations, null when nothing does, and all of them."""

    value: Answer | None
    observations: list[ShownObservation[Value]]


@with_config(STRICT)
class ShownMountPlace(TypedDict):
    """Where a film lies in the picture that it was cut out of: that one's place, its number, its edges in pixels."""

    whole: str
    number: int
    of: int
    left: int
    top: int
    right: int
    bottom: int


@with_config(STRICT)
class ShownRadiograph(TypedDict):
    """One picture; `place` says where in the file, and is empty when it is the file.

    A film that was cut out of a mount, a page or a screen says so in `in_mount`; the whole is an entry of its own.
    """

    place: str
    in_mount: ShownMountPlace | None
    view: Aspect[View, ShownView]
    teeth: Aspect[list[ShownTooth], ShownTeeth]
    exposure: Aspect[ShownExposure, ShownExposure]
    patient: Aspect[ShownPatient, ShownPatient]
    legibility: Aspect[ShownLegibility, ShownLegibility]
    fingerprint: Aspect[ShownFingerprint, ShownFingerprint]
    mirrored: Aspect[bool, bool]
    crowns: Aspect[ShownCrowns, ShownCrowns]


def shown_radiograph(radiograph: Radiograph, *, sha256: str) -> ShownRadiograph:
    """Show a radiograph of the file with that hash."""
    patients = _observations(radiograph.patient, _patient)
    legibility = _observations(radiograph.legibility, _legibility)
    fingerprints = _observations(radiograph.fingerprint, partial(_fingerprint, sha256))
    mirrored = _observations(radiograph.mirrored, bool)
    crowns = _observations(radiograph.crowns, _crowns)
    return {
        "place": radiograph.place,
        "in_mount": _mount_place(radiograph.in_mount),
        "view": {"value": narrowed_view(radiograph.view), "observations": _observations(radiograph.view, _view)},
        "teeth": {"value": _settled(radiograph.teeth), "observations": _observations(radiograph.teeth, _teeth)},
        "exposure": {
            "value": _first_usable(sorted(radiograph.exposure, key=_most_telling), _exposure),
            "observations": _observations(radiograph.exposure, _exposure),
        },
        "patient": {"value": _strongest(radiograph.patient, _patient), "observations": patients},
        "legibility": {"value": _first(legibility), "observations": legibility},
        "fingerprint": {"value": _first(fingerprints), "observations": fingerprints},
        "mirrored": {"value": _strongest(radiograph.mirrored, bool), "observations": mirrored},
        "crowns": {"value": _first(crowns), "observations": crowns},
    }


def _mount_place(place: InMount | None) -> ShownMountPlace | None:
    if place is None:
        return None
    return {
        "whole": place.whole,
        "number": place.number,
        "of": place.of,
        "left": place.left,
        "top": place.top,
        "right": place.right,
        "bottom": place.bottom,
    }


def _observations(observations: Iterable[Observation[T]], shown: Callable[[T], Value]) -> list[ShownObservation[Value]]:
    return [
        {
            "value": shown(observation.value) if observation.value is not None else None,
            "source": observation.source,
            "strength": observation.strength.label,
            "note": observation.note,
        }
        for observation in observations
    ]


def _first(observations: Iterable[ShownObservation[Value]]) -> Value | None:
    return next((observation["value"] for observation in observations if observation["value"] is not None), None)


def _first_usable(observations: Iterable[Observation[T]], shown: Callable[[T], Value]) -> Value | None:
    return next((shown(one.value) for one in observations if one.value is not None), None)


def _strongest(observations: Iterable[Observation[T]], shown: Callable[[T], Value]) -> Value | None:
    best = strongest(observations)
    return shown(best.value) if best is not None and best.value is not None else None


def _most_telling(observation: Observation[ExposureInterval]) -> tuple[bool, int]:
    """A date with both ends before a mere bound, unless it is a guess; then the strongest."""
    interval = observation.value
    bounded = interval is not None and interval.earliest is not None and interval.latest is not None
    return not (bounded and observation.strength > Strength.BOUND), -observation.strength


def _view(statement: ViewStatement) -> ShownView:
    measured = statement.probabilities
    return {
        "view": statement.view,
        "possible": [view for view in _VIEWS if view in statement.possible],
        "probabilities": dict(measured.shares) if measured else None,
        "strangeness": measured.strangeness if measured else None,
        "colourfulness": statement.colourfulness,
    }


def _crowns(crowns: Crowns) -> ShownCrowns:
    return {"towards": crowns.towards, "probability": crowns.probability}


def _teeth(statement: TeethStatement) -> ShownTeeth:
    return {
        "written": statement.written,
        "readings": [
            {"system": reading.system, "teeth": [_tooth(tooth) for tooth in reading.teeth]}
            for reading in statement.readings
        ],
    }


def _tooth(tooth: Tooth) -> ShownTooth:
    return {"universal": tooth.universal, "fdi": str(tooth.fdi)}


def _settled(observations: Iterable[Observation[TeethStatement]]) -> list[ShownTooth] | None:
    best = strongest(o for o in observations if o.value is not None and o.value.settled is not None)
    teeth = best.value.settled if best is not None and best.value is not None else None
    return [_tooth(tooth) for tooth in teeth] if teeth is not None else None


def _exposure(interval: ExposureInterval) -> ShownExposure:
    span = _span(interval)
    return {
        "earliest": span["earliest"],
        "latest": span["latest"],
        "month_first": _span(interval.month_first) if interval.month_first else None,
        "day_first": _span(interval.day_first) if interval.day_first else None,
    }


def _span(interval: ExposureInterval) -> ShownSpan:
    return {
        "earliest": interval.earliest.isoformat(timespec="seconds") if interval.earliest else None,
        "latest": interval.latest.isoformat(timespec="seconds") if interval.latest else None,
    }


def _patient(statement: PatientStatement) -> ShownPatient:
    readings = statement.birth_readings
    return {
        "name": str(statement.name) if statement.name else None,
        "birth_date": statement.birth_date,
        "birth_readings": {"month_first": readings.month_first, "day_first": readings.day_first} if readings else None,
        "chart_number": statement.chart_number,
    }


def _legibility(measures: Legibility) -> ShownLegibility:
    return {
        "width": measures.width,
        "height": measures.height,
        "bits": measures.bits,
        "contrast": measures.contrast,
        "sharpness": measures.sharpness,
        "dark": measures.dark,
        "bright": measures.bright,
    }


def _fingerprint(sha256: str, hashes: Fingerprint) -> ShownFingerprint:
    return {"sha256": sha256, "pixel_sha256": hashes.pixel_sha256, "perceptual": hashes.perceptual}
