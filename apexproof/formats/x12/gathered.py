"""Gathered: a dental claim as its segments said it, and the native document that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.segments import Segment

NOTE_WIDTH = 80
"""Characters of an NTE segment; a longer note is cut there and goes on in the next."""
_VOID = "8"
_CDT = re.compile(r"D[0-9]{4}")
_NPI = re.compile(r"[0-9]{10}")
_NEA = re.compile(r"^\s*NEA\s*#?\s*:?\s*([A-Z0-9]{5,30})\b[\s,;:-]*", re.IGNORECASE)
"""An attachment number that a practice system put before the note (Open Dental does; its shape varies)."""


@dataclass(slots=True, kw_only=True)
class GatheredLine:
    """A service line (loop 2400). The dates are those of the claim where the line has none of its own."""

    number: int
    procedure: str = ""
    teeth: list[str] = field(default_factory=list)
    days: tuple[date, date] | None = None
    control_number: str = ""


@dataclass(slots=True, kw_only=True)
class GatheredClaim:
    """A claim (loop 2300), with the persons of the levels above it; `faults` make it unusable."""

    position: int
    number: str
    kind: str
    frequency: str
    payer: dict[str, Any]
    billing: dict[str, Any]
    subscriber: dict[str, Any]
    patient: dict[str, Any]
    treating: dict[str, Any] = field(default_factory=dict)
    days: tuple[date, date] | None = None
    notes: list[str] = field(default_factory=list)
    control_numbers: list[str] = field(default_factory=list)
    missing_teeth: list[str] = field(default_factory=list)
    lines: list[GatheredLine] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, position: int, reason: str) -> None:
        """Note why it cannot be used."""
        self.faults.append(Fault(position=position, reason=reason, claim=self.number))

    def document(self) -> ClaimDocument | None:
        """The native document; None when the claim cannot be used, and `faults` say why."""
        from_notes, narrative = _narrative(self.notes)
        announced = [*self.control_numbers, *(number for number in from_notes if number not in self.control_numbers)]
        if self.frequency == _VOID:
            self.left_out.append("that the claim takes an earlier one back (CLM05-3 is 8)")
        said = {
            "claim_number": self.number,
            "kind": self.kind,
            "payer": self.payer,
            "billing_provider": self.billing,
            "treating_provider": self.treating,
            "patient": self._whose(),
            "lines": [self._line(line) for line in self.lines if line.procedure],
            "narrative": narrative,
            "attachments": [{"control_number": number or None} for number in announced],
        }
        if not self.faults:
            try:
                return ClaimDocument.model_validate(said, strict=False)
            except ValidationError as error:
                for one in error.errors(include_url=False, include_input=False, include_context=False):
                    place = ".".join(str(step) for step in one["loc"]) or "claim"
                    self.fault(self.position, f"the claim's {place} cannot be used: {one['msg']}")
        return None

    def _whose(self) -> dict[str, Any]:
        """The patient; the member id is the subscriber's, for a patient who is not the subscriber has none."""
        patient = self.patient or self.subscriber
        return {
            **patient,
            "member_id": patient.get("member_id") or self.subscriber.get("member_id"),
            "missing_teeth": [{"number": tooth, "system": "universal"} for tooth in self.missing_teeth if tooth],
        }

    def _line(self, line: GatheredLine) -> dict[str, Any]:
        said: dict[str, Any] = {"line": line.number, "procedure": line.procedure}
        if line.teeth:  # several teeth are no tooth, and the check of the tooth says so
            said["tooth"] = {"number": ", ".join(line.teeth)[:20], "system": "universal"}
        days = line.days or self.days
        if days and days[0] == days[1]:
            said["service_date"] = days[0]
        elif days:
            said["service_period"] = {"start": days[0], "end": days[1]}
        return said


def days_of(segment: Segment) -> tuple[date, date] | None:
    """First and last day of a DTP segment: D8 is a day, RD8 a range; None when it holds neither."""
    form, text = segment.text(2), segment.text(3)
    first, _, last = text.partition("-") if form == "RD8" else (text, "", text)
    if form not in {"D8", "RD8"}:
        return None
    begin, end = day_of(first), day_of(last)
    return (begin, end) if begin and end else None


def day_of(text: str) -> date | None:
    """A day written CCYYMMDD; None when it is none."""
    if len(text) != len("CCYYMMDD") or not text.isdecimal():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def procedure_of(segment: Segment) -> str | None:
    """The CDT code of an SV3 segment; None when it has none."""
    qualifier, *codes = segment.components(1) or [""]
    code = codes[0].upper() if codes else ""
    return code if qualifier == "AD" and _CDT.fullmatch(code) else None


def person_of(segment: Segment) -> dict[str, Any]:
    """The person of an NM1 segment: name, and member id when its qualifier is MI."""
    said = {"family": segment.text(3), "given": segment.text(4), "middle": segment.text(5), "suffix": segment.text(7)}
    return {"name": said, "member_id": (segment.text(9) or None) if segment.text(8) == "MI" else None}


def provider_of(segment: Segment) -> dict[str, Any]:
    """The provider of an NM1 segment; an identifier other than an NPI (XX) is not used."""
    name = ", ".join(filter(None, (segment.text(3), segment.text(4))))
    npi = segment.text(9) if segment.text(8) == "XX" else ""
    return {"name": name or None, "npi": npi if _NPI.fullmatch(npi) else None}


def payer_of(segment: Segment) -> dict[str, Any]:
    """The payer of an NM1 segment."""
    return {"id": segment.text(9) or None, "name": segment.text(3) or None}


def _narrative(notes: Sequence[str]) -> tuple[list[str], str]:
    """Attachment numbers that stand before the note, and the note itself."""
    numbers = []
    told = "".join(_joined(notes))
    while found := _NEA.match(told):
        numbers.append(found[1])
        told = told[found.end() :]
    return numbers, told.strip()


def _joined(notes: Sequence[str]) -> Iterator[str]:
    """The notes one behind the other; one that is not full was not cut in the middle of a word."""
    for note in notes:
        yield note if len(note) >= NOTE_WIDTH else f"{note} "
