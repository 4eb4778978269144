"""Read 275: attachments of claims out of interchanges, one after the other.

Read are 005010X210 and 006020X314 (claims; prior authorisation has guides of its own), and 004050X151 with what it has.
Which segment means what was taken from public sources, for the guides are licensed: HL7 Da Vinci CDex (its mapping to
the 6020 guide), the companion guides of CMS esMD and UnitedHealthcare as open-source builders quote them, and one
4050 sample. Not held against the guides themselves.

    BGN                 01 is 11 in answer to a request (277), 02 without one
    NM1*1P              the provider, by NPI (XX)
    REF*X1, REF*EJ      the provider's own number of the claim, CLM01 in the 837D
    LX, TRN             02: the attachment control number, PWK06 of the claim or TRN02 of the request
    STC                 01: what it is, in LOINC; 10: the service line
    BIN, BDS            the body (see `enclosed`)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from apexproof.formats.x12.enclosed import BodyUnusable, EnclosedFile, enclosed_files
from apexproof.formats.x12.envelope import ATTACHMENTS, ENVELOPE, Envelope, Fault
from apexproof.formats.x12.segments import Segment, read_segments

GUIDES = ("005010X210", "006020X314", "004050X151")
_ANSWERS = "11"
_LINE_MOST = 50
_CONTROL_NUMBER_MOST = 79  # one less than what is kept, so that a mark can stand before it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAttachment:
    """The files of one body, and what links them to a claim and to a line of it.

    Attributes:
        position: of its BIN or BDS segment, from 1.
        claim_number: as the provider numbers the claim; None when it is not said.
        is_solicited: it answers a request of the payer.
    """

    position: int
    control_number: str | None
    claim_number: str | None
    provider: str | None
    line: str | None
    code: str | None
    is_solicited: bool
    files: tuple[EnclosedFile, ...]


def read_attachments(stream: BinaryIO, *, origin: str) -> Iterator[ReadAttachment | Fault]:
    """Read the attachments of a file of interchanges, and what is wrong with it, in the order in which they end.

    Raises:
        ClaimUnusable: it is no interchange, or it cannot be cut into segments any further.
    """
    envelope = Envelope()
    walk = _Walk()
    position = 0
    for segment in read_segments(stream, origin=origin):
        name = segment.elements[0]
        if name in ENVELOPE:
            position = segment.position
            yield from envelope.see_only(ATTACHMENTS, segment)
            walk = _Walk()
            if name == b"ST" and envelope.kind == ATTACHMENTS and not envelope.version.startswith(GUIDES):
                reason = f"this is no attachment of a claim ({', '.join(GUIDES)}), so it was left out"
                yield Fault(position=position, reason=reason)
                envelope.kind = ""
        elif envelope.kind == ATTACHMENTS:
            if name in _BODIES:
                yield walk.body(segment)
            elif name in _STEPS:
                _STEPS[name](walk, segment)
    yield from envelope.end(position)


class _Walk:
    """The walk through one transaction set."""

    def __init__(self) -> None:
        self._is_solicited = False
        self._provider: str | None = None
        self._numbers: dict[str, str] = {}
        self._control_number: str | None = None
        self._line: str | None = None
        self._code: str | None = None

    def begin(self, segment: Segment) -> None:
        """BGN."""
        self._is_solicited = segment.text(1) == _ANSWERS

    def name(self, segment: Segment) -> None:
        """NM1: the provider is the one whose name has an NPI."""
        if segment.text(1) == "1P" and segment.text(8) == "XX":
            self._provider = segment.text(9) or None

    def reference(self, segment: Segment) -> None:
        """REF: the claim's number."""
        if segment.text(1) in {"X1", "EJ"}:
            self._numbers[segment.text(1)] = segment.text(2)

    def assigned(self, _segment: Segment) -> None:
        """LX: the next attachment; what was said of the one before is not said of this one."""
        self._control_number = self._line = self._code = None

    def trace(self, segment: Segment) -> None:
        """TRN: the control number."""
        self._control_number = segment.text(2) or None

    def status(self, segment: Segment) -> None:
        """STC: what it is, and of which line; a 4050 set writes the code as an element of its own."""
        coded = [*segment.components(1), *segment.components(2)]
        self._code = next((word for word in coded if "-" in word), None)
        self._line = segment.text(10)[:_LINE_MOST] or None

    def body(self, segment: Segment) -> ReadAttachment | Fault:
        """BIN, BDS: the body, with all that was said before it."""
        claim_number = self._numbers.get("X1") or self._numbers.get("EJ") or None
        if self._control_number is None and claim_number is None:
            reason = "this attachment has neither a control number (TRN02) nor a claim's number (REF*X1, REF*EJ)"
            return Fault(position=segment.position, reason=reason)
        for number in (self._control_number, claim_number):
            if number is not None and (len(number) > _CONTROL_NUMBER_MOST or not number.isprintable()):
                reason = "the number of this attachment or of its claim is too long, or has control characters"
                return Fault(position=segment.position, reason=reason)
        try:
            coding = segment.text(1) if segment.elements[0] == b"BDS" else ""
            files = enclosed_files(segment.elements[-1], coding)
        except BodyUnusable as error:
            return Fault(position=segment.position, reason=f"this attachment was left out: {error}")
        return ReadAttachment(
            position=segment.position,
            control_number=self._control_number,
            claim_number=claim_number,
            provider=self._provider,
            line=self._line,
            code=self._code,
            is_solicited=self._is_solicited,
            files=files,
        )


_BODIES = frozenset({b"BIN", b"BDS"})
_STEPS: Mapping[bytes, Callable[[_Walk, Segment], None]] = {
    b"BGN": _Walk.begin,
    b"NM1": _Walk.name,
    b"REF": _Walk.reference,
    b"LX": _Walk.assigned,
    b"TRN": _Walk.trace,
    b"STC": _Walk.status,
}
