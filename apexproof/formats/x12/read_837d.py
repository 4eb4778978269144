"""Read 837D: dental claims out of interchanges, one after the other, whatever the size of the file.

Read are 005010X224 with its errata, and 004010X097 with what it has. Which segment means what was taken from public
rule tables and samples, for the guides are licensed: moov-io/x12 (Apache-2.0), pyx12 (BSD), Open Dental's claim writer.

    2000A billing provider (HL 20)      NM1*85
    2000B subscriber (HL 22)            NM1*IL, DMG, NM1*PR
    2000C patient (HL 23)               NM1*QC, DMG; absent when the subscriber is the patient
    2300 claim                          CLM, DTP*472, DN2, PWK, NTE, NM1*82
    2320 another payer's view (SBR)     nothing of it is about this claim
    2400 line                           LX, SV3, TOO, DTP*472, REF*6R

A claim that cannot be used is a fault with its place; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, BinaryIO

from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import CLAIMS, ENVELOPE, Envelope, Fault
from apexproof.formats.x12.gathered import (
    GatheredClaim,
    GatheredLine,
    day_of,
    days_of,
    payer_of,
    person_of,
    procedure_of,
    provider_of,
)
from apexproof.formats.x12.segments import Segment, as_text, read_segments

DENTAL = ("005010X224", "004010X097")
_PREDETERMINATION = "PB"
_SERVICE_DATE = "472"
_ON_REQUEST = "AA"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClaim:
    """A claim, where it came from, and what of it was left out.

    Attributes:
        position: of its CLM segment, from 1.
        line_control_numbers: REF*6R of each line that has one, by line number; a remittance echoes it.
        left_out: what the document cannot hold, in words.
    """

    document: ClaimDocument
    position: int
    interchange: str
    group: str
    transaction_set: str
    line_control_numbers: Mapping[int, str]
    left_out: tuple[str, ...]


class _Loop(Enum):
    HEADER = auto()
    BILLING = auto()
    SUBSCRIBER = auto()
    PATIENT = auto()
    CLAIM = auto()
    OTHER_PAYER = auto()
    LINE = auto()


_LEVELS = {"20": _Loop.BILLING, "22": _Loop.SUBSCRIBER, "23": _Loop.PATIENT}


def read_claims(stream: BinaryIO, *, origin: str) -> Iterator[ReadClaim | Fault]:
    """Read the dental claims of a file of interchanges, and what is wrong with it, in the order in which they end.

    Raises:
        ClaimUnusable: it is no interchange, or it cannot be cut into segments any further.
    """
    envelope = Envelope()
    walk = _Walk(envelope)
    position = 0
    for segment in read_segments(stream, origin=origin):
        name = segment.elements[0]
        if name in _STEPS:
            if envelope.kind == CLAIMS:
                _STEPS[name](walk, segment)
        elif name in _TURNS:
            if envelope.kind == CLAIMS:
                yield from _TURNS[name](walk, segment)
        elif name in ENVELOPE:
            position = segment.position
            yield from walk.finished()
            walk = _Walk(envelope)
            yield from envelope.see_only(CLAIMS, segment)
    yield from walk.finished()
    yield from envelope.end(position)


class _Walk:
    """The walk through one transaction set."""

    def __init__(self, envelope: Envelope) -> None:
        self._envelope = envelope
        self._levels: set[str] = set()
        self._loop = _Loop.HEADER
        self._billing: dict[str, Any] = {}
        self._payer: dict[str, Any] = {}
        self._subscriber: dict[str, Any] = {}
        self._patient: dict[str, Any] = {}
        self._claim: GatheredClaim | None = None
        self._refused = False
        self._birth_unread = False

    def finished(self) -> Iterator[ReadClaim | Fault]:
        """The claim that was being read, or why it cannot be used."""
        claim, self._claim = self._claim, None
        if claim is None:
            return
        document = claim.document()
        if document is None:
            yield from claim.faults
            return
        yield ReadClaim(
            document=document,
            position=claim.position,
            interchange=self._envelope.interchange,
            group=self._envelope.group,
            transaction_set=self._envelope.transaction_set,
            line_control_numbers={line.number: line.control_number for line in claim.lines if line.control_number},
            left_out=tuple(claim.left_out),
        )

    def level(self, segment: Segment) -> Iterator[ReadClaim | Fault]:
        """HL: another billing provider, subscriber or patient."""
        yield from self.finished()
        number, parent = segment.text(1), segment.text(2)
        if number in self._levels or (parent and parent not in self._levels):
            yield Fault(position=segment.position, reason="HL names a parent that did not come, or a number twice")
        self._levels.add(number)
        self._loop = _LEVELS.get(segment.text(3), _Loop.HEADER)
        self._patient, self._birth_unread = {}, False
        if self._loop is not _Loop.PATIENT:
            self._subscriber, self._payer = {}, {}
        if self._loop is _Loop.BILLING:
            self._billing = {}

    def claim(self, segment: Segment) -> Iterator[ReadClaim | Fault]:
        """CLM: a claim begins."""
        yield from self.finished()
        if not self._envelope.version.startswith(DENTAL):
            if not self._refused:
                reason = f"its transaction set is no dental claim ({' or '.join(DENTAL)}), so its claims were left out"
                yield Fault(position=segment.position, reason=reason)
            self._refused = True
            return
        self._loop = _Loop.CLAIM
        _, _, frequency, *_ = (*segment.components(5), "", "", "")
        self._claim = GatheredClaim(
            position=segment.position,
            number=segment.text(1),
            kind="predetermination" if segment.text(19) == _PREDETERMINATION else "claim",
            frequency=frequency,
            payer=self._payer,
            billing=self._billing,
            subscriber=self._subscriber,
            patient=self._patient,
            left_out=["the patient's birth date, which is written as no day (DMG)"] if self._birth_unread else [],
        )

    def reference(self, segment: Segment) -> None:
        """REF: the guide of a 4010 set (87), the control number of a line (6R)."""
        qualifier = segment.text(1)
        if qualifier == "87" and self._loop is _Loop.HEADER:
            self._envelope.version = segment.text(2)
        elif qualifier == "6R" and self._claim and self._loop is _Loop.LINE:
            self._claim.lines[-1].control_number = segment.text(2)

    def name(self, segment: Segment) -> None:
        """NM1."""
        loop, entity = self._loop, segment.elements[1:2]
        if loop is _Loop.BILLING and entity == [b"85"]:
            self._billing = provider_of(segment)
        elif loop is _Loop.SUBSCRIBER and entity == [b"IL"]:
            self._subscriber |= person_of(segment)
        elif entity == [b"PR"] and loop in {_Loop.SUBSCRIBER, _Loop.PATIENT}:
            self._payer = payer_of(segment)
        elif loop is _Loop.PATIENT and entity == [b"QC"]:
            self._patient |= person_of(segment)
        elif loop is _Loop.CLAIM and entity == [b"82"] and self._claim:
            self._claim.treating = provider_of(segment)

    def demography(self, segment: Segment) -> None:
        """DMG: a birth date."""
        born = day_of(segment.text(2)) if segment.text(1) == "D8" else None
        self._birth_unread = born is None and bool(segment.text(2))
        if self._loop is _Loop.SUBSCRIBER:
            self._subscriber["birth_date"] = born
        elif self._loop is _Loop.PATIENT:
            self._patient["birth_date"] = born

    def dates(self, segment: Segment) -> None:
        """DTP*472: when the service was, of a line or of the whole claim."""
        claim = self._claim
        if claim is None or segment.text(1) != _SERVICE_DATE or self._loop is _Loop.OTHER_PAYER:
            return
        days = days_of(segment)
        if days is None:
            claim.fault(segment.position, "DTP*472 holds neither a day (D8) nor a range of days (RD8)")
        elif self._loop is _Loop.LINE:
            claim.lines[-1].days = days
        else:
            claim.days = days

    def tooth_status(self, segment: Segment) -> None:
        """DN2: M is a tooth that is missing; one that is to be extracted (E) is there still."""
        if self._claim and self._loop is _Loop.CLAIM and segment.text(2) == "M":
            self._claim.missing_teeth.append(segment.text(1))

    def paperwork(self, segment: Segment) -> None:
        """PWK: an attachment is announced."""
        if self._claim is None or self._loop is not _Loop.CLAIM:
            return
        if segment.text(2) == _ON_REQUEST:
            self._claim.left_out.append("an attachment that its sender keeps until it is asked for (PWK02 is AA)")
        else:
            self._claim.control_numbers.append(segment.text(6))

    def note(self, segment: Segment) -> None:
        """NTE; a space at its end counts, for a long note is cut wherever it is full."""
        if self._claim and self._loop is _Loop.CLAIM:
            self._claim.notes += [as_text(text, strip=False) for text in segment.elements[2:3]]

    def other_payer(self, _segment: Segment) -> None:
        """SBR within a claim: what another payer said of it."""
        if self._claim:
            self._loop = _Loop.OTHER_PAYER

    def line(self, segment: Segment) -> None:
        """LX: a line begins."""
        if self._claim:
            self._loop = _Loop.LINE
            number = segment.text(1)
            if not number.isdecimal():
                self._claim.fault(segment.position, "LX states no number")
            self._claim.lines.append(GatheredLine(number=int(number) if number.isdecimal() else 0))

    def service(self, segment: Segment) -> None:
        """SV3: what was done."""
        if self._claim and self._loop is _Loop.LINE:
            line, procedure = self._claim.lines[-1], procedure_of(segment)
            if procedure is None:
                self._claim.left_out.append(f"line {line.number}, whose procedure is no CDT code")
            line.procedure = procedure or ""

    def tooth(self, segment: Segment) -> None:
        """TOO: a tooth of the line, in the Universal system (JP), the only one that 837D knows."""
        if self._claim and self._loop is _Loop.LINE and segment.text(2):
            self._claim.lines[-1].teeth.append(segment.text(2))


_TURNS: Mapping[bytes, Callable[[_Walk, Segment], Iterator[ReadClaim | Fault]]] = {
    b"HL": _Walk.level,
    b"CLM": _Walk.claim,
}
"""The segments with which a claim may end."""
_STEPS: Mapping[bytes, Callable[[_Walk, Segment], None]] = {
    b"REF": _Walk.reference,
    b"NM1": _Walk.name,
    b"DMG": _Walk.demography,
    b"DTP": _Walk.dates,
    b"DN2": _Walk.tooth_status,
    b"PWK": _Walk.paperwork,
    b"NTE": _Walk.note,
    b"SBR": _Walk.other_payer,
    b"LX": _Walk.line,
    b"SV3": _Walk.service,
    b"TOO": _Walk.tooth,
}
