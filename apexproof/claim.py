"""Claim: what the sender claims, and what the sender says of the attachments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from apexproof.exposure import ExposureInterval
from apexproof.narrative import Narrative
from apexproof.person import PersonName
from apexproof.radiograph import FileReading, Radiograph, TeethStatement
from apexproof.tooth import NumberingSystem, Tooth
from apexproof.view import ViewStatement

INITIAL_VISIT = "D3351"
INTERIM_VISIT = "D3352"
FINAL_VISIT = "D3353"
_DAY = timedelta(days=1)


class ClaimKind(StrEnum):
    """A claim asks for payment of what was done; a predetermination asks before it is done (X12 CLM19 = PB)."""

    CLAIM = "claim"
    PREDETERMINATION = "predetermination"


class ClaimedTooth(Struct, frozen=True, kw_only=True):
    """The tooth of a service line as the sender wrote it; `tooth` is None when the system has no such tooth."""

    written: str
    system: NumberingSystem
    tooth: Tooth | None


class ServiceLine(Struct, frozen=True, kw_only=True):
    """One service. First and last day differ when the sender stated a period (X12 DTP*472*RD8)."""

    number: int
    procedure: str
    tooth: ClaimedTooth | None = None
    first_day: date | None = None
    last_day: date | None = None
    start_time: time | None = None

    def __post_init__(self) -> None:
        """Refuse days that are no period.

        Raises:
            ValueError: one of the two is missing, or the last lies before the first.
        """
        if (self.first_day is None) != (self.last_day is None):
            msg = "a service has a first and a last day, or neither"
            raise ValueError(msg)
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            msg = "a service cannot end before it begins"
            raise ValueError(msg)

    @property
    def begins(self) -> datetime | None:
        """The first moment at which the visit can have begun, on the practice's clock."""
        if self.first_day is None:
            return None
        at = self.start_time if self.start_time and self.first_day == self.last_day else time.min
        return datetime.combine(self.first_day, at)

    @property
    def begins_by(self) -> datetime | None:
        """The moment by which the visit must have begun: its time when that is known, else the end of its last day."""
        if self.last_day is None:
            return None
        if self.start_time and self.first_day == self.last_day:
            return datetime.combine(self.last_day, self.start_time)
        return datetime.combine(self.last_day, time.min) + _DAY


class Patient(Struct, frozen=True, kw_only=True):
    """The patient as the claim names them."""

    name: PersonName
    birth_date: date | None = None
    member_id: str | None = None
    chart_number: str | None = None
    missing_teeth: tuple[Tooth, ...] = ()

    def age_on(self, day: date) -> int | None:
        """Whole years lived on that day; None without a birth date."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Party(Struct, frozen=True, kw_only=True):
    """A payer or a provider: its identifier (payer id, NPI) and name."""

    identifier: str | None = None
    name: str | None = None


class DeclaredAttachment(Struct, frozen=True, kw_only=True):
    """What the sender says of one attachment: it is evidence of the weakest kind that still names something."""

    file_name: str | None = None
    sha256: str | None = None
    view: ViewStatement | None = None
    taken: ExposureInterval | None = None
    teeth: TeethStatement | None = None
    mirrored: bool | None = None
    control_number: str | None = None
    lines: tuple[int, ...] = ()
    """The numbers of the service lines that it is for."""

    @property
    def label(self) -> str:
        """How to name it to a person."""
        return self.file_name or (f"sha256 {self.sha256[:12]}" if self.sha256 else "an attachment without a name")


class EarlierService(Struct, frozen=True, kw_only=True):
    """A service that was billed for this patient before, on any claim."""

    procedure: str
    tooth: Tooth | None = None
    service_date: date | None = None
    claim_number: str | None = None
    patient_doubted: bool = False
    """It was perhaps another patient: then it opens a question and answers none."""


class EarlierImage(Struct, frozen=True, kw_only=True):
    """An image that came with another claim; `patient` is None when the history does not say whose."""

    claim_number: str
    sha256: str | None = None
    pixel_sha256: str | None = None
    perceptual: str | None = None
    patient_name: PersonName | None = None
    patient_birth_date: date | None = None
    patient_member_id: str | None = None


class History(Struct, frozen=True, kw_only=True):
    """What is known from before: services of this patient, images of any claim."""

    services: tuple[EarlierService, ...] = ()
    images: tuple[EarlierImage, ...] = ()


class Claim(Struct, frozen=True, kw_only=True):
    """One dental claim, as far as its radiographs need it. Amounts are not here."""

    number: str
    kind: ClaimKind = ClaimKind.CLAIM
    received: date | None = None
    zone: ZoneInfo | None = None
    patient: Patient
    payer: Party = field(default_factory=Party)
    billing_provider: Party = field(default_factory=Party)
    treating_provider: Party = field(default_factory=Party)
    lines: tuple[ServiceLine, ...] = ()
    narrative: Narrative = field(default_factory=Narrative)
    attachments: tuple[DeclaredAttachment, ...] = ()
    history: History = field(default_factory=History)

    def initial_visits(self) -> Iterator[ServiceLine]:
        """The D3351 lines, in the claim's order."""
        return (line for line in self.lines if line.procedure == INITIAL_VISIT)


@lru_cache(maxsize=256)  # each name of a claim is compared with every other
def last_step(path: str) -> str:
    """The name of a file without its folders, in letters of one case: what two programs call it alike."""
    return PurePosixPath(path.replace("\\", "/")).name.casefold()


class AttachedFile(Struct, frozen=True, kw_only=True):
    """A file that came with the claim: its name as the sender knows it, what reading found, what was declared of it."""

    name: str
    reading: FileReading
    declared: DeclaredAttachment | None = None


class Exhibit(Struct, frozen=True, kw_only=True):
    """One radiograph of an attached file, with the sender's word already among its observations."""

    file: AttachedFile
    radiograph: Radiograph

    @property
    def label(self) -> str:
        """The file, and the place in it when it holds more than one picture."""
        return f"{self.file.name} ({self.radiograph.place})" if self.radiograph.place else self.file.name
