"""Exposure: when a data set says that its picture was exposed, as intervals with their sources.

PS3.3 C.7.10.1 (acquisition), C.7.6.1 (content), C.12.1 (instance creation), C.8.6.2 (secondary capture), C.4.14
(procedure step), PS3.15 annex E (dates changed by de-identification). No order of precedence is fixed by the standard:
the one here trusts what the acquiring device writes itself above what an importing program may fill in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from msgspec.structs import replace

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.reading.dicom.attributes import Attributes, codes, source
from apexproof.reading.dicom.moments import (
    NoMoment,
    is_legacy,
    parse_day,
    parse_moment,
    parse_time,
    parse_zone,
    span,
)
from apexproof.reading.dicom.objects import is_projection, is_secondary_capture

ExposureObservation = Observation[ExposureInterval]
_SHIFTED_DATES = "113107"  # PS3.16 CID 7050: dates were kept in their order, and changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How the dates of one data set are to be taken."""

    attributes: Attributes
    zone: tzinfo | None
    birth: date | None
    secondary: bool
    acquired: bool
    """Written by the device that made the exposure: ORIGINAL, of a projection X-ray class, no secondary capture."""
    original: bool
    """ORIGINAL\\PRIMARY and no secondary capture, of whatever class."""


def read_exposure(
    attributes: Attributes, sop_class: str, frame: Sequence[Attributes] = ()
) -> tuple[ExposureObservation, ...]:
    """Every date that bears on the exposure, in order of precedence; `frame` holds what is said of one frame alone."""
    clock = _clock(attributes, sop_class)
    found = [
        *(one for item in frame for one in _acquisition_of_frame(item, clock)),
        *_acquisition(clock),
        *_procedure_step(clock),
        *_series(clock),
        *_content(clock),
        *_study(clock),
        *_bounds(clock),
    ]
    return tuple(_distrusted(found, attributes))


def _clock(attributes: Attributes, sop_class: str) -> _Clock:
    image_type = [word.upper() for word in attributes.texts("ImageType")[:2]]
    secondary = is_secondary_capture(attributes, sop_class)
    original = image_type[:1] == ["ORIGINAL"] and not secondary
    return _Clock(
        attributes=attributes,
        zone=_zone(attributes),
        birth=_birth(attributes),
        secondary=secondary,
        acquired=original and is_projection(attributes, sop_class),
        original=original and image_type[1:] in (["PRIMARY"], []),
    )


def _zone(attributes: Attributes) -> tzinfo | None:
    try:
        return parse_zone(attributes.text("TimezoneOffsetFromUTC"))
    except ValueError:
        return None


def _birth(attributes: Attributes) -> date | None:
    try:
        return parse_day(attributes.text("PatientBirthDate"))
    except NoMoment:
        return None


def _acquisition_of_frame(item: Attributes, clock: _Clock) -> Iterator[ExposureObservation]:
    text = item.text("FrameAcquisitionDateTime")
    if text:
        yield _moment(text, source("FrameAcquisitionDateTime"), _typed_or_acquired(clock), clock)


def _acquisition(clock: _Clock) -> Iterator[ExposureObservation]:
    """The start of the acquisition: strong from the device itself; elsewhere somebody may have typed it."""
    strength = _typed_or_acquired(clock)
    text = clock.attributes.text("AcquisitionDateTime")
    if text:
        yield _moment(text, source("AcquisitionDateTime"), strength, clock)
    if observation := _dated("AcquisitionDate", "AcquisitionTime", strength, clock):
        yield observation


def _typed_or_acquired(clock: _Clock) -> Strength:
    return Strength.ATTRIBUTE if clock.acquired else Strength.FREE_TEXT


def _procedure_step(clock: _Clock) -> Iterator[ExposureObservation]:
    """The day on which the procedure step began; its minute is that of the worklist, not of the exposure."""
    strength = Strength.ATTRIBUTE if clock.original else Strength.BOUND
    if observation := _dated("PerformedProcedureStepStartDate", None, strength, clock):
        yield observation


def _series(clock: _Clock) -> Iterator[ExposureObservation]:
    """The day of the series: trusted when the study or the pixels agree with it, else a guess."""
    observation = _dated("SeriesDate", None, Strength.BOUND, clock)
    if observation is None:
        return
    if clock.original and observation.value is not None and _series_is_borne_out(clock.attributes):
        observation = replace(observation, strength=Strength.ATTRIBUTE)
    yield _as_guess(observation, clock)


def _series_is_borne_out(attributes: Attributes) -> bool:
    try:
        series = parse_day(attributes.text("SeriesDate"))
    except NoMoment:
        return False
    if attributes.text("StudyDate") == attributes.text("SeriesDate"):
        return True
    try:
        return abs(series - parse_day(attributes.text("ContentDate"))) <= timedelta(days=1)
    except NoMoment:
        return False


def _content(clock: _Clock) -> Iterator[ExposureObservation]:
    """When the pixels came to be: with a sensor at the exposure, with a plate hours later, and never before."""
    observation = _dated("ContentDate", "ContentTime", Strength.ATTRIBUTE, clock)
    if observation is None or observation.value is None:
        yield from [observation] if observation else []
    elif clock.original:
        value = observation.value
        begins = value.latest.replace(hour=0, minute=0, second=0, microsecond=0) if value.latest else None
        yield replace(observation, value=replace(value, earliest=begins))
    else:
        strength = Strength.BOUND if clock.secondary else Strength.ATTRIBUTE
        yield replace(observation, value=observation.value.as_upper_bound(), strength=strength)


def _study(clock: _Clock) -> Iterator[ExposureObservation]:
    if observation := _dated("StudyDate", None, Strength.BOUND, clock):
        yield _as_guess(observation, clock)


def _bounds(clock: _Clock) -> Iterator[ExposureObservation]:
    """What cannot come before the exposure: the object, and the capture of the picture from something else."""
    pairs = (
        ("InstanceCreationDate", "InstanceCreationTime"),
        ("DateOfSecondaryCapture", "TimeOfSecondaryCapture"),
    )
    for day, time in pairs:
        observation = _dated(day, time, Strength.ATTRIBUTE, clock)
        if observation is not None:
            value = observation.value.as_upper_bound() if observation.value else None
            yield replace(observation, value=value)


def _as_guess(observation: ExposureObservation, clock: _Clock) -> ExposureObservation:
    """Of a secondary capture the study is as a rule the day of the import: not later than that, and no more."""
    if observation.value is None or not clock.secondary:
        return observation
    return replace(observation, value=observation.value.as_upper_bound(), strength=Strength.BOUND)


def _dated(day: str, time: str | None, strength: Strength, clock: _Clock) -> ExposureObservation | None:
    """The interval of a date and its time; a time that cannot be read leaves the whole day."""
    text = clock.attributes.text(day)
    if not text:
        return None
    where, note, times = source(day), None, None
    try:
        parsed = parse_day(text)
    except NoMoment as error:
        return Observation(value=None, source=where, strength=strength, note=str(error))
    if is_legacy(text):
        note = "written in the form from before DICOM"
    written = clock.attributes.text(time) if time else ""
    if time and written:
        try:
            times = parse_time(written)
            where = source(day, time)
        except NoMoment as error:
            note = f"the whole day, because its time {error}"
    return _of_the_living(span(parsed, times, clock.zone), where, strength, note, clock)


def _moment(text: str, where: str, strength: Strength, clock: _Clock) -> ExposureObservation:
    try:
        interval = parse_moment(text, clock.zone)
    except NoMoment as error:
        return Observation(value=None, source=where, strength=strength, note=str(error))
    return _of_the_living(interval, where, strength, None, clock)


def _of_the_living(
    interval: ExposureInterval, where: str, strength: Strength, note: str | None, clock: _Clock
) -> ExposureObservation:
    """The observation, unless it lies before or on the birth date that stands in the same file."""
    if clock.birth is not None and interval.latest is not None and interval.latest.date() <= clock.birth:
        on = "is the birth date" if interval.latest.date() == clock.birth else "lies before the birth date"
        return Observation(value=None, source=where, strength=strength, note=f"{on} in the same file")
    return Observation(value=interval, source=where, strength=strength, note=note)


def _distrusted(found: list[ExposureObservation], attributes: Attributes) -> list[ExposureObservation]:
    """What is left of dates that an anonymiser may have changed (PS3.15 E.3.6; PS3.3 C.12.1.1.8 for the marks)."""
    marked = attributes.word("LongitudinalTemporalInformationModified")
    methods = {code.value for code in codes(attributes, "DeidentificationMethodCodeSequence")}
    if marked in ("MODIFIED", "REMOVED") or _SHIFTED_DATES in methods:
        note = "the file says that its dates were changed when it was anonymised"
        return [replace(one, value=None, note=one.note or note) for one in found]
    if attributes.word("PatientIdentityRemoved") == "YES" and marked != "UNMODIFIED":
        note = "the file was anonymised and does not say that its dates are the true ones"
        return [replace(one, strength=Strength.BOUND, note=one.note or note) for one in found]
    return found
