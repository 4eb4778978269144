"""Builders: a sound claim, and small ways to spoil it. Marigold Quill is nobody."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, TypeVar

from msgspec.structs import replace

from apexproof.checks.case import Answer, Case, Result
from apexproof.claim import (
    AttachedFile,
    Claim,
    ClaimedTooth,
    DeclaredAttachment,
    EarlierImage,
    EarlierService,
    Exhibit,
    History,
    Patient,
    ServiceLine,
)
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.person import PersonName
from apexproof.policy import load_policy
from apexproof.radiograph import (
    FileReading,
    Fingerprint,
    Legibility,
    PatientStatement,
    Radiograph,
    ReadingFault,
    TeethReading,
    TeethStatement,
)
from apexproof.tooth import NumberingSystem, Tooth, parse_tooth
from apexproof.view import View, ViewStatement
from apexproof.words.narrative import read_narrative

T = TypeVar("T")

MARIGOLD = Patient(
    name=PersonName(family="Quill", given="Marigold"),
    birth_date=date(2017, 3, 3),
    member_id="M-100",
    chart_number="1001",
)
VISIT = date(2026, 2, 3)
NARRATIVE = (
    "Tooth #8, trauma in a fall, necrotic pulp. Immature root with open apex. Canal accessed and irrigated,"
    " calcium hydroxide placed. Patient returns in 3 months to replace the medicament."
)


def universal(number: str) -> Tooth:
    """A tooth by its Universal number."""
    return parse_tooth(number, NumberingSystem.UNIVERSAL)


def said(
    value: T | None,
    *,
    source: str = "DICOM attribute",
    strength: Strength = Strength.ATTRIBUTE,
    note: str | None = None,
) -> Observation[T]:
    """One observation."""
    return Observation(value=value, source=source, strength=strength, note=note)


def views(*possible: View) -> ViewStatement:
    """A statement that leaves these views possible."""
    return ViewStatement(possible=frozenset(possible))


def teeth(*numbers: str) -> TeethStatement:
    """A statement with one reading: these Universal numbers."""
    reading = TeethReading(system=NumberingSystem.UNIVERSAL, teeth=tuple(universal(number) for number in numbers))
    return TeethStatement(written=", ".join(numbers), readings=(reading,))


def either(written: str, *alternatives: Tooth, systems: tuple[NumberingSystem | None, ...] = ()) -> TeethStatement:
    """A statement that means one of several teeth."""
    known = systems or (None,) * len(alternatives)
    readings = (TeethReading(system=s, teeth=(t,)) for s, t in zip(known, alternatives, strict=True))
    return TeethStatement(written=written, readings=tuple(readings))


def at(moment: str) -> ExposureInterval:
    """An exposure on a day (`2026-02-02`), or at a moment (`2026-02-02 09:30`)."""
    if len(moment) == len("2026-02-02"):
        return ExposureInterval.on_day(date.fromisoformat(moment))
    return ExposureInterval.at(datetime.fromisoformat(moment))


def by(moment: str) -> ExposureInterval:
    """An exposure not later than a day or a moment."""
    return at(moment).as_upper_bound()


def picture_of(number: str = "8", **changes: Any) -> Radiograph:  # noqa: ANN401 - any field of a radiograph
    """A radiograph that proves the case: periapical, of that tooth, of Marigold, of the day before, legible."""
    sound = Radiograph(
        view=(said(views(View.PERIAPICAL)),),
        teeth=(said(teeth(number), strength=Strength.CODED),),
        exposure=(said(at("2026-02-02 09:30")),),
        patient=(said(PatientStatement(name=MARIGOLD.name, birth_date=MARIGOLD.birth_date)),),
        legibility=(said(legibility()),),
        fingerprint=(said(fingerprint("a")),),
    )
    return replace(sound, **changes)


def legibility(**changes: Any) -> Legibility:  # noqa: ANN401 - any field of it
    """Measures of a good radiograph."""
    good = Legibility(width=1300, height=1700, bits=12, contrast=0.8, sharpness=0.8, dark=0.02, bright=0.01)
    return replace(good, **changes)


def fingerprint(digit: str, *, perceptual: str | None = None) -> Fingerprint:
    """Hashes made of one hex digit."""
    return Fingerprint(pixel_sha256=digit * 64, perceptual=perceptual or unlike(digit))


def unlike(digit: str) -> str:
    """A perceptual hash that is far from those of other digits: every cell stands out, and there are 64 marks."""
    state, words = int(digit, 16) + 1, []
    for _ in range(64 + 2 * 64):
        state = state * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
        words.append(f"{state >> 32:08x}")
    return "c0ff" + "f" * 256 + "".join(words[:32] + words[64:])


def nearly(perceptual: str, *, cells: int) -> str:
    """The same hash with so many other cells, of 1024."""
    brighter = int(perceptual[260:516], 16) ^ ((1 << cells) - 1)
    return f"{perceptual[:260]}{brighter:0256x}{perceptual[516:]}"


def attached(
    *pictures: Radiograph,
    name: str = "pa8.dcm",
    sha256: str | None = None,
    faults: tuple[ReadingFault, ...] = (),
    declared: DeclaredAttachment | None = None,
) -> AttachedFile:
    """A file with these pictures in it."""
    reading = FileReading(
        sha256=sha256 or name.encode().hex().ljust(64, "0")[:64],
        size=1,
        kind="dicom",
        radiographs=pictures,
        faults=faults,
    )
    return AttachedFile(name=name, reading=reading, declared=declared)


def d3351(**changes: Any) -> ServiceLine:  # noqa: ANN401 - any field of a line
    """The D3351 line for tooth #8."""
    return replace(service("D3351", "8"), **changes)


def service(procedure: str, number: str | None, *, day: date | None = VISIT, line: int = 1) -> ServiceLine:
    """A line of the claim."""
    tooth = ClaimedTooth(written=number, system=NumberingSystem.UNIVERSAL, tooth=universal(number)) if number else None
    return ServiceLine(number=line, procedure=procedure, tooth=tooth, first_day=day, last_day=day)


def claim(*lines: ServiceLine, narrative: str = NARRATIVE, **changes: Any) -> Claim:  # noqa: ANN401 - any field of a claim
    """A claim with that line and others."""
    sound = Claim(
        number="C-1",
        received=date(2026, 2, 10),
        patient=MARIGOLD,
        lines=lines or (d3351(),),
        narrative=read_narrative(narrative),
    )
    return replace(sound, **changes)


def case(*files: AttachedFile, of: Claim | None = None, policy: str = "payer", **changes: Any) -> Case:  # noqa: ANN401
    """The case of the claim's first D3351 line."""
    made = of or claim()
    exhibits = tuple(Exhibit(file=file, radiograph=picture) for file in files for picture in file.reading.radiographs)
    sound = Case(
        claim=made,
        line=next(made.initial_visits()),
        files=files,
        exhibits=exhibits,
        history=made.history,
        policy=load_policy(policy),
    )
    return replace(sound, **changes)


def earlier(*services: EarlierService, images: tuple[EarlierImage, ...] = ()) -> History:
    """What is known from before."""
    return History(services=services, images=images)


def at_time(hour: int, minute: int = 0) -> ServiceLine:
    """The D3351 line with the time at which the visit began."""
    return d3351(start_time=time(hour, minute))


def judged(result: Answer) -> Result:
    """The result of an answer, after seeing that it can stand before a clerk: a sentence, and a way out of a fault."""
    assert result.message.endswith(".")
    assert (result.remedy is not None) == (result.result in (Result.FAIL, Result.UNSURE))
    return result.result
