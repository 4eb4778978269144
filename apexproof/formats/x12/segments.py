"""Segments: the bytes of an interchange, cut where its own ISA segment says.

An ISA segment names the four delimiters of what follows it (X12.5, ISA11 and ISA16; the terminator is the character
behind ISA16), and the next interchange of a file may name others. Binary segments (BIN, BDS) state their length, since
what they hold may contain any delimiter.

A file is read in pieces: what is held at a time is one piece and one segment, whatever the size of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from apexproof.errors import ClaimUnusable

LARGEST_SEGMENT = 1024**2
LARGEST_BINARY = 64 * 1024**2
"""Bytes of a BIN or BDS segment; HL7's attachment guides allow 64 MB."""
_PIECE = 32 * 1024
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ISA_SEPARATORS = 16
_ISA_MOST = 200  # bytes; with its padding it has 106
_BINARY = {b"BIN": 1, b"BDS": 2}
"""The element that states the length of a binary segment."""
_REPETITION_ELEMENT, _VERSION_ELEMENT = 11, 12
_REPETITION_SINCE = b"00402"  # before, ISA11 named the body that set the standard ("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """What ends an element, a component, a repetition and a segment; `repetition` is empty before version 00402."""

    element: bytes
    component: bytes
    repetition: bytes
    terminator: bytes


class Segment(NamedTuple):
    """One segment: where it stands in the file (from 1), its elements (the first is its name), its delimiters."""

    position: int
    elements: list[bytes]
    delimiters: Delimiters

    def text(self, index: int) -> str:
        """An element as text, without space around it; empty when it is not there."""
        try:
            return self.elements[index].decode().strip()
        except IndexError:
            return ""
        except UnicodeDecodeError:
            return as_text(self.elements[index])

    def components(self, index: int) -> list[str]:
        """The components of an element as text."""
        if index >= len(self.elements):
            return []
        return [as_text(part) for part in self.elements[index].split(self.delimiters.component)]


def as_text(octets: bytes, *, strip: bool = True) -> str:
    """Text of an element: UTF-8, or Latin-1 where it is not that (X12's extended character set names neither)."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    return text.strip() if strip else text


def is_interchange(start: bytes) -> bool:
    """Whether a file that begins like this is an interchange."""
    return start.removeprefix(_BOM).lstrip(_SPACE).startswith(b"ISA")


def read_segments(stream: BinaryIO, *, origin: str) -> Iterator[Segment]:
    """Cut a file into its segments.

    Raises:
        ClaimUnusable: it does not begin with an ISA segment, or a segment does not end.
    """
    source = _Source(stream, origin)
    position = 0
    while source.begins_interchange(position):
        delimiters = _delimiters(source.buffer, origin, position + 1)
        for elements in source.interchange(delimiters, position):
            position += 1
            yield Segment(position, elements, delimiters)


class _Source:
    """The file, as far as it is in memory."""

    def __init__(self, stream: BinaryIO, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self.buffer = b""

    def begins_interchange(self, position: int) -> bool:
        """Whether an interchange follows; False at the end of the file."""
        while True:
            self.buffer = self.buffer.removeprefix(_BOM).lstrip(_SPACE)
            if len(self.buffer) >= _ISA_MOST or not self._more():
                break
        if not self.buffer:
            if not position:
                raise self._fault(1, "it is empty")
            return False
        if not self.buffer.startswith(b"ISA"):
            reason = (
                "an interchange begins with ISA" if not position else "something that is no interchange follows IEA"
            )
            raise self._fault(position + 1, reason)
        return True

    def interchange(self, delimiters: Delimiters, position: int) -> Iterator[list[bytes]]:
        """The segments of one interchange, as elements; what follows its IEA stays in the buffer."""
        separator, terminator = delimiters.element, delimiters.terminator
        while True:
            binary = _binary_segment_at(self.buffer, delimiters)
            whole, behind = (self.buffer, b"") if binary is None else (self.buffer[:binary], self.buffer[binary:])
            pieces = whole.split(terminator)
            rest = pieces.pop()
            for index, piece in enumerate(pieces):
                elements = piece.lstrip(_SPACE).split(separator)
                if elements == [b""]:
                    continue
                position += 1
                yield elements
                if elements[0] == b"IEA":
                    self.buffer = terminator.join([*pieces[index + 1 :], rest]) + behind
                    return
            self.buffer = rest + behind
            if behind:
                position += 1
                yield self._take_binary(delimiters, position)
            elif len(self.buffer) > LARGEST_SEGMENT:
                raise self._fault(position + 1, f"no segment ends within {LARGEST_SEGMENT} bytes")
            elif not self._more():
                if self.buffer.strip(_SPACE):
                    raise self._fault(position + 1, "the file breaks off in the middle of a segment")
                return

    def _take_binary(self, delimiters: Delimiters, position: int) -> list[bytes]:
        """Take a binary segment off the buffer by the length that it states."""
        self.buffer = self.buffer.lstrip(_SPACE)
        name = self.buffer[:3]
        until = _BINARY[name] + 1
        while self.buffer.count(delimiters.element) < until and len(self.buffer) < _ISA_MOST and self._more():
            pass
        head = self.buffer.split(delimiters.element, until)[:until]
        stated = head[-1].strip()
        if len(head) < until or not stated.isdigit() or int(stated) > LARGEST_BINARY:
            raise self._fault(position, f"it states no length of at most {LARGEST_BINARY} bytes")
        begin = sum(len(element) + 1 for element in head)
        end = begin + int(stated)
        parts, held = [self.buffer], len(self.buffer)
        while held <= end and (piece := self._stream.read(_PIECE)):
            parts.append(piece)
            held += len(piece)
        self.buffer = b"".join(parts)
        if self.buffer[end : end + 1] != delimiters.terminator:
            raise self._fault(position, "its content does not end where its length says")
        content, self.buffer = self.buffer[begin:end], self.buffer[end + 1 :]
        return [*head, content]

    def _more(self) -> bool:
        piece = self._stream.read(_PIECE)
        self.buffer += piece
        return bool(piece)

    def _fault(self, position: int, reason: str) -> ClaimUnusable:
        return ClaimUnusable(origin=self._origin, place=f"segment {position}", reason=reason)


def _binary_segment_at(buffer: bytes, delimiters: Delimiters) -> int | None:
    """Where the first binary segment begins in a buffer that begins with a segment; None when it holds none."""
    if not any(name + delimiters.element in buffer for name in _BINARY):
        return None
    end, separator = re.escape(delimiters.terminator), re.escape(delimiters.element)
    begin = rb"(?:\A|%b)([%b]*(?:%b)%b)" % (end, _SPACE, b"|".join(_BINARY), separator)
    found = re.search(begin, buffer)
    return found.start(1) if found else None


def _delimiters(start: bytes, origin: str, position: int) -> Delimiters:
    head = start[:_ISA_MOST]
    elements = head.split(head[3:4], _ISA_SEPARATORS) if len(head) > len(b"ISA") else []
    if len(elements) <= _ISA_SEPARATORS or len(elements[-1]) < 2:  # noqa: PLR2004 - component separator and terminator
        reason = "its ISA segment has not 16 elements, so its delimiters are unknown"
        raise ClaimUnusable(origin=origin, place=f"segment {position}", reason=reason)
    repetition = elements[_REPETITION_ELEMENT]
    names_one = elements[_VERSION_ELEMENT] >= _REPETITION_SINCE and len(repetition) == 1 and not repetition.isalnum()
    return Delimiters(
        element=head[3:4],
        component=elements[-1][:1],
        repetition=repetition if names_one else b"",
        terminator=elements[-1][1:2],
    )
