"""The native documents as they are written: their keys, their limits, their JSON Schema (docs/schema/)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from apexproof.claim import ClaimKind
from apexproof.person import PersonName
from apexproof.tooth import NumberingSystem, Tooth, parse_tooth


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be a time zone of the IANA list, such as America/Chicago") from None
    return name


def _plausible_day(day: date) -> date:
    if not 1900 <= day.year <= 2200:  # noqa: PLR2004 - a typing error, not a rule
        raise ValueError("the year is not between 1900 and 2200")
    return day


def _plain(text: str) -> str:
    if _CONTROL_CHARACTER.search(text):
        raise ValueError("it holds a control character, such as a line break; type it anew")
    return text


_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_Plain = Annotated[str, AfterValidator(_plain), Field(json_schema_extra={"pattern": r"^[^\u0000-\u001f\u007f]*$"})]
Short = Annotated[_Plain, Field(min_length=1, max_length=200)]
Number = Annotated[_Plain, Field(min_length=1, max_length=80)]
Day = Annotated[date, AfterValidator(_plausible_day)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal, lower case")]
Procedure = Annotated[str, Field(pattern=r"^D[0-9]{4}$", description="CDT procedure code", examples=["D3351"])]

LineNumber = Annotated[int, Field(ge=1, le=9999)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NamedPerson(_Document):
    """A person's name in parts."""

    family: Short
    given: Annotated[str, Field(max_length=200)] = ""
    middle: Annotated[str, Field(max_length=200)] = ""
    suffix: Annotated[str, Field(max_length=20)] = ""

    def as_name(self) -> PersonName:
        """The noun for it."""
        return PersonName(family=self.family, given=self.given, middle=self.middle, suffix=self.suffix)


class WrittenTooth(_Document):
    """A tooth with the system it is written in: Universal 8 and FDI 11 are the same tooth, 11 and 11 are not."""

    number: Annotated[str, Field(min_length=1, max_length=20, examples=["8"])]
    system: Annotated[NumberingSystem, Field(strict=False)]

    def parsed(self) -> Tooth | None:
        """The tooth, or None when the system has no such tooth."""
        try:
            return parse_tooth(self.number, self.system)
        except ValueError:
            return None


class DeclaredTooth(_Document):
    """A tooth as the sender typed it for an attachment; without a system it means whatever it can mean."""

    number: Annotated[str, Field(min_length=1, max_length=40, examples=["8"])]
    system: Annotated[NumberingSystem | None, Field(strict=False)] = None


class PayerDocument(_Document):
    """The payer."""

    id: Short | None = None
    name: Short | None = None


class ProviderDocument(_Document):
    """A billing or treating provider."""

    npi: Annotated[str, Field(pattern=r"^[0-9]{10}$", description="National Provider Identifier")] | None = None
    name: Short | None = None


class PatientDocument(_Document):
    """The patient, as the claim names them."""

    name: NamedPerson
    birth_date: Day | None = None
    member_id: Short | None = None
    chart_number: Annotated[str, Field(min_length=1, max_length=64, description="the practice's own number")] | None = (
        None
    )
    missing_teeth: Annotated[list[WrittenTooth], Field(max_length=64)] = []


class PeriodDocument(_Document):
    """First and last day of a service when the sender states a range."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self) -> PeriodDocument:
        if self.end < self.start:
            raise ValueError("the period ends before it starts")
        return self


class LineDocument(_Document):
    """One service line."""

    line: LineNumber
    procedure: Procedure
    tooth: WrittenTooth | None = None
    service_date: Day | None = None
    service_period: PeriodDocument | None = None
    service_time: Annotated[time | None, Field(description="when the visit began, on the practice's clock")] = None

    @model_validator(mode="after")
    def _one_date(self) -> LineDocument:
        if self.service_date and self.service_period:
            raise ValueError("state either service_date or service_period, not both")
        if self.service_time and self.service_time.tzinfo:
            raise ValueError("service_time is on the practice's clock and has no offset; name the claim's time_zone")
        return self


class AttachmentDocument(_Document):
    """What the sender declares of one attachment; the file is found by its SHA-256 or its name."""

    file_name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    sha256: Sha256 | None = None
    image_type: Annotated[
        str | None,
        Field(max_length=100, description="a view of apexproof, or the sender's own words", examples=["periapical"]),
    ] = None
    date_taken: Annotated[
        date | datetime | None, Field(union_mode="left_to_right", description="a date, or a date with a time")
    ] = None
    teeth: Annotated[list[DeclaredTooth], Field(max_length=64)] = []
    mirrored: Annotated[bool | None, Field(description="the image shows left and right swapped")] = None
    control_number: Annotated[Number, Field(description="attachment control number")] | None = None
    lines: Annotated[
        list[LineNumber], Field(max_length=999, description="the service lines that it is for: their teeth are in it")
    ] = []


class EarlierServiceDocument(_Document):
    """A service billed for this patient before."""

    procedure: Procedure
    tooth: WrittenTooth | None = None
    service_date: Day | None = None
    claim_number: Number | None = None
    patient_doubted: Annotated[
        bool, Field(description="it was perhaps another patient: then it opens a question and answers none")
    ] = False


class ClaimDocument(_Document):
    """A dental claim, as far as its radiographs need it."""

    claim_number: Number
    kind: Annotated[ClaimKind, Field(strict=False)] = ClaimKind.CLAIM
    received_date: Annotated[Day | None, Field(description="when it came in; nothing can have been exposed later")] = (
        None
    )
    time_zone: Annotated[str, AfterValidator(_known_zone), Field(examples=["America/Chicago"])] | None = None
    payer: PayerDocument = PayerDocument()
    billing_provider: ProviderDocument = ProviderDocument()
    treating_provider: ProviderDocument = ProviderDocument()
    patient: PatientDocument
    lines: Annotated[list[LineDocument], Field(max_length=999)]
    narrative: Annotated[str, Field(max_length=20_000)] = ""
    attachments: Annotated[list[AttachmentDocument], Field(max_length=1000)] = []
    history: Annotated[list[EarlierServiceDocument], Field(max_length=10_000)] = []

    @model_validator(mode="after")
    def _distinct_lines(self) -> ClaimDocument:
        numbers = [line.line for line in self.lines]
        if len(set(numbers)) < len(numbers):
            raise ValueError("two service lines have the same line number")
        return self


class ClaimsDocument(_Document):
    """Several claims in one document."""

    claims: Annotated[list[ClaimDocument], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _distinct_numbers(self) -> ClaimsDocument:
        numbers = [claim.claim_number for claim in self.claims]
        if len(set(numbers)) < len(numbers):
            raise ValueError("two claims have the same claim_number")
        return self


class EarlierPatientDocument(_Document):
    """Whose image it was."""

    name: NamedPerson | None = None
    birth_date: Day | None = None
    member_id: Short | None = None


class EarlierImageDocument(_Document):
    """An image that came with another claim; hashes as `apexproof inspect --format json` prints them."""

    claim_number: Number
    sha256: Sha256 | None = None
    pixel_sha256: Sha256 | None = None
    perceptual: Annotated[str, Field(pattern=r"^[0-9a-f]{516}([0-9a-f]{16}){0,64}$")] | None = None
    patient: EarlierPatientDocument = EarlierPatientDocument()


class HistoryDocument(_Document):
    """What is known from before: services of this patient, images of any claim."""

    services: Annotated[list[EarlierServiceDocument], Field(max_length=100_000)] = []
    images: Annotated[list[EarlierImageDocument], Field(max_length=100_000)] = []
