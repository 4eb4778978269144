"""Envelope: interchange, functional group and transaction set, and everything that is wrong with them.

Control numbers and counts are checked as X12.5 and X12.6 state them: IEA and ISA, GE and GS, SE and ST. A fault is
collected and the reading goes on: a wrong count in a trailer says that something was lost or added on the way, and does
not unmake the claims before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from apexproof.formats.x12.segments import Segment

CLAIMS, ATTACHMENTS = "837", "275"
"""The kinds of transaction set that are read (ST01)."""
_OTHERS = {
    CLAIMS: "this transaction set holds claims (837) and was left out; the service takes them at /v1/claims",
    ATTACHMENTS: "this transaction set holds attachments (275) and was left out; the service takes them at "
    "/v1/attachments/x12",
}
_ISA_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
"""Of the elements of ISA up to ISA15, its name first; an interchange header has fixed widths (X12.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong at a segment; `claim` is the number of the claim that cannot be used for it, if any."""

    position: int
    reason: str
    claim: str | None = None

    def __str__(self) -> str:
        """As a sentence for a person."""
        left_out = f" Claim {self.claim} was left out." if self.claim else ""
        return f"Segment {self.position}: {self.reason}.{left_out}"


@dataclass(slots=True, kw_only=True)
class _Level:
    """One open level: its header, its trailer's name, and how many of the level below it held."""

    noun: str
    trailer: str
    control_number: str
    began_at: int
    held: int = 0


@dataclass(slots=True, kw_only=True)
class Envelope:
    """Where in the envelope the reading is."""

    interchange: str = ""
    group: str = ""
    group_version: str = ""
    transaction_set: str = ""
    kind: str = ""
    version: str = ""
    _open: list[_Level] = field(default_factory=list)

    def see(self, segment: Segment) -> Iterator[Fault]:
        """Go on to an envelope segment, and say what is wrong with it."""
        yield from _SEEN[segment.elements[0]](self, segment)

    def see_only(self, kind: str, segment: Segment) -> Iterator[Fault]:
        """The same, where only transaction sets of that kind are read: others are left out, and not in silence."""
        yield from self.see(segment)
        if segment.elements[0] == b"ST" and self.kind != kind:
            reason = _OTHERS.get(self.kind, f"this transaction set is none of the kind {kind} and was left out")
            yield Fault(position=segment.position, reason=reason)

    def end(self, position: int) -> Iterator[Fault]:
        """Say what was never closed."""
        yield from self._close_above(0, position)

    def interchange_begins(self, segment: Segment) -> Iterator[Fault]:
        """ISA."""
        yield from self._close_above(0, segment.position)
        self.interchange = segment.text(13)
        if tuple(map(len, segment.elements[:-1])) != _ISA_WIDTHS:
            yield Fault(position=segment.position, reason="the elements of ISA have not their fixed widths")
        self._begin("interchange", "IEA", self.interchange, segment)

    def group_begins(self, segment: Segment) -> Iterator[Fault]:
        """GS."""
        yield from self._close_above(1, segment.position)
        if not self._open:
            yield Fault(position=segment.position, reason="a group (GS) stands outside of any interchange")
            return
        self.group, self.group_version = segment.text(6), segment.text(8)
        self._begin("group", "GE", self.group, segment)

    def set_begins(self, segment: Segment) -> Iterator[Fault]:
        """ST."""
        yield from self._close_above(2, segment.position)
        self.kind, self.transaction_set = segment.text(1), segment.text(2)
        self.version = segment.text(3) or self.group_version
        if len(self._open) < 2:  # noqa: PLR2004 - an interchange and a group
            yield Fault(position=segment.position, reason="a transaction set (ST) stands outside of any group")
            return
        self._begin("transaction set", "SE", self.transaction_set, segment)

    def set_ends(self, segment: Segment) -> Iterator[Fault]:
        """SE."""
        self.kind = ""
        open_level = self._open[-1] if self._open else None
        counted = segment.position - open_level.began_at + 1 if open_level else 0
        yield from self._close(segment, level=3, counted=counted, what="segments")

    def group_ends(self, segment: Segment) -> Iterator[Fault]:
        """GE."""
        yield from self._close_above(2, segment.position)
        counted = self._open[-1].held if self._open else 0
        yield from self._close(segment, level=2, counted=counted, what="transaction sets")

    def interchange_ends(self, segment: Segment) -> Iterator[Fault]:
        """IEA."""
        yield from self._close_above(1, segment.position)
        counted = self._open[-1].held if self._open else 0
        yield from self._close(segment, level=1, counted=counted, what="groups")

    def _begin(self, noun: str, trailer: str, control_number: str, segment: Segment) -> None:
        if self._open:
            self._open[-1].held += 1
        self._open.append(_Level(noun=noun, trailer=trailer, control_number=control_number, began_at=segment.position))

    def _close(self, segment: Segment, *, level: int, counted: int, what: str) -> Iterator[Fault]:
        name = segment.elements[0].decode("ascii")
        if len(self._open) != level:
            yield Fault(position=segment.position, reason=f"{name} closes what was never opened")
            return
        closed = self._open.pop()
        stated = segment.text(1)
        if not stated.isdecimal() or int(stated) != counted:
            reason = (
                f"{name} counts {stated or 'nothing'} and {counted} {what} came: some were lost or added on the way"
            )
            yield Fault(position=segment.position, reason=reason)
        if segment.text(2) != closed.control_number:
            reason = f"{name} has another control number than the {closed.noun} that it closes"
            yield Fault(position=segment.position, reason=reason)

    def _close_above(self, level: int, position: int) -> Iterator[Fault]:
        """Close what is still open above a level, each with its fault."""
        while len(self._open) > level:
            left = self._open.pop()
            reason = f"the {left.noun} that began at segment {left.began_at} has no {left.trailer}"
            yield Fault(position=position, reason=reason)
        if level < 3:  # noqa: PLR2004 - a transaction set
            self.kind = ""


_SEEN: Mapping[bytes, Callable[[Envelope, Segment], Iterator[Fault]]] = {
    b"ISA": Envelope.interchange_begins,
    b"GS": Envelope.group_begins,
    b"ST": Envelope.set_begins,
    b"SE": Envelope.set_ends,
    b"GE": Envelope.group_ends,
    b"IEA": Envelope.interchange_ends,
}
ENVELOPE = frozenset(_SEEN)
"""The names of the segments of the envelope."""
