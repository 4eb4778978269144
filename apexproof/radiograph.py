"""Radiograph: what reading found in one picture, each aspect as observations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from apexproof.exposure import DateOrder, ExposureInterval
from apexproof.observation import Observation
from apexproof.person import PersonName
from apexproof.tooth import NumberingSystem, Tooth
from apexproof.view import ViewStatement

T = TypeVar("T")


class TeethReading(Struct, frozen=True, kw_only=True):
    """One way to read what was written: these teeth, in that system."""

    system: NumberingSystem | None
    teeth: tuple[Tooth, ...]


class TeethStatement(Struct, frozen=True, kw_only=True):
    """What was written about teeth and every way to read it; settled when there is but one.

    `11` is the maxillary left canine in the Universal system and the maxillary right central incisor in FDI.
    """

    written: str
    readings: tuple[TeethReading, ...]

    @property
    def settled(self) -> tuple[Tooth, ...] | None:
        """The teeth when there is one reading, else None."""
        return self.readings[0].teeth if len(self.readings) == 1 else None


class BirthReadings(Struct, frozen=True, kw_only=True):
    """A birth date whose day and month may be exchanged, in either order: `04/03/2017`."""

    month_first: date
    day_first: date


class PatientStatement(Struct, frozen=True, kw_only=True):
    """Who the picture is of, as far as a place in the file says; None where it does not.

    A birth date that can be read in two ways is in `birth_readings` until something settles it.
    """

    name: PersonName | None = None
    birth_date: date | None = None
    birth_readings: BirthReadings | None = None
    chart_number: str | None = None

    @property
    def possible_births(self) -> tuple[date, ...]:
        """Every birth date that it can mean."""
        if self.birth_date is not None:
            return (self.birth_date,)
        return (self.birth_readings.month_first, self.birth_readings.day_first) if self.birth_readings else ()

    def in_order(self, order: DateOrder) -> PatientStatement:
        """The statement with its birth date read in that order, where there are two readings."""
        if self.birth_readings is None or order is DateOrder.UNKNOWN:
            return self
        of_order = self.birth_readings.month_first if order is DateOrder.MONTH_FIRST else self.birth_readings.day_first
        return replace(self, birth_date=of_order, birth_readings=None)


class Legibility(Struct, frozen=True, kw_only=True):
    """Measures of the pixels, on their native bit depth. They say how much can be seen, not what.

    Attributes:
        width: columns in pixels.
        height: rows in pixels.
        bits: significant bits of a sample as stored.
        contrast: spread between the 1st and the 99th percentile of the structure, grain averaged out, as a share (0-1)
            of the full scale.
        sharpness: fine over coarse structure at a common scale; about 2 is an ideal edge, 0 a mere blur or a blank.
        dark: share (0-1) of the film, without a border around it, at the bottom of the scale.
        bright: share (0-1) of the film, without a border around it, at the top of the scale.
    """

    width: int
    height: int
    bits: int
    contrast: float
    sharpness: float
    dark: float
    bright: float


class Fingerprint(Struct, frozen=True, kw_only=True):
    """Two hashes of a picture.

    Attributes:
        pixel_sha256: SHA-256 over shape, depth and decoded samples: the same for the same picture in another file.
        perceptual: hex digits (see `perceptual`); survives re-encoding, resizing, turning, mirroring, cropping.
    """

    pixel_sha256: str
    perceptual: str


class Towards(StrEnum):
    """A side of a picture."""

    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"


class Crowns(Struct, frozen=True, kw_only=True):
    """The side of a periapical at which its crowns seem to be, with the probability (0-1) of that by the pixels."""

    towards: Towards
    probability: float


class InMount(Struct, frozen=True, kw_only=True):
    """Where a film lies in the mount, page or screen that it was cut out of.

    Attributes:
        whole: the place of the mount in its file; empty when the mount is the file.
        number: of the film, counted from 1, row by row.
        of: how many films the mount has.
        left: first column of the film in the mount, in pixels.
        top: first row.
        right: the column behind the last.
        bottom: the row behind the last.
    """

    whole: str
    number: int
    of: int
    left: int
    top: int
    right: int
    bottom: int


class Radiograph(Struct, frozen=True, kw_only=True):
    """One picture of one file, or one film that was cut out of such a picture (`in_mount`).

    `place` says where in the file (`frame 2`, `page 1, image 3`, `film 3 of 18, row 2 left`), and is empty when the
    picture is the file. Within an aspect the reader puts observations in its order of precedence.
    """

    place: str = ""
    view: tuple[Observation[ViewStatement], ...] = ()
    teeth: tuple[Observation[TeethStatement], ...] = ()
    exposure: tuple[Observation[ExposureInterval], ...] = ()
    patient: tuple[Observation[PatientStatement], ...] = ()
    legibility: tuple[Observation[Legibility], ...] = ()
    fingerprint: tuple[Observation[Fingerprint], ...] = ()
    mirrored: tuple[Observation[bool], ...] = ()
    crowns: tuple[Observation[Crowns], ...] = ()
    in_mount: InMount | None = None


class ReadingFault(Struct, frozen=True, kw_only=True):
    """Something in a file that could not be read, or that a reader should know of.

    `fault` is a stable word (`truncated`, `too_large`, `missing_uid`); `fatal` when it cost a picture.
    """

    fault: str
    message: str
    place: str = ""
    fatal: bool = True


class FileReading(Struct, frozen=True, kw_only=True):
    """All that reading found in one file. It depends on nothing but the bytes and the reader's version."""

    sha256: str
    size: int
    kind: str
    radiographs: tuple[Radiograph, ...] = ()
    faults: tuple[ReadingFault, ...] = field(default=())


def strongest(observations: Iterable[Observation[T]]) -> Observation[T] | None:
    """The usable observation of the greatest strength; among equals the one that the reader put first."""
    usable = [observation for observation in observations if observation.value is not None]
    return max(usable, key=lambda observation: observation.strength, default=None)
