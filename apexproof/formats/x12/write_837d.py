"""Write 837D: claims as an interchange of version 005010X224A2, with what verification knows of them.

It says everything of a claim that the format and `read_837d` share. It is no claim to be paid by: charges, addresses
and the submitter's contacts are not known here, and CLM02 is 0. `not_carried` lists what the format has no place for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apexproof.claim import ClaimKind
from apexproof.formats.native_documents import (
    AttachmentDocument,
    ClaimDocument,
    LineDocument,
    NamedPerson,
    WrittenTooth,
)
from apexproof.formats.x12.gathered import NOTE_WIDTH
from apexproof.tooth import NumberingSystem

VERSION = "005010X224A2"
_NOTES_MOST = 20
_NUMBER_MOST = 38
_ELEMENT, _COMPONENT, _REPETITION, _TERMINATOR = "*:^~"
_BY_HAND = ("file_name", "sha256", "image_type", "date_taken", "teeth", "mirrored", "lines")
_DELIMITERS = str.maketrans(dict.fromkeys(_ELEMENT + _COMPONENT + _REPETITION + _TERMINATOR + "\r\n", " "))
Elements = Sequence[str | tuple[str, ...]]
"""A segment: its name, then its elements; a tuple is a composite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """From whom to whom an interchange goes, when, and under which control number (1 to 999999999)."""

    sender: str
    receiver: str
    control_number: int
    made_at: datetime


def write_claims(documents: Iterable[ClaimDocument], sending: Sending) -> bytes:
    """An interchange with one transaction set that holds the claims."""
    segments = [segment for document in documents for segment in _claim(document)]
    control, day, minute = f"{sending.control_number:09d}", f"{sending.made_at:%Y%m%d}", f"{sending.made_at:%H%M}"
    body: list[Elements] = [
        ["BHT", "0019", "00", control, day, minute, "CH"],
        ["NM1", "41", "2", sending.sender, "", "", "", "", "46", sending.sender],
        ["NM1", "40", "2", sending.receiver, "", "", "", "", "46", sending.receiver],
        *_with_levels(segments),
    ]
    return interchange_of("HC", "837", VERSION, body, sending)


def interchange_of(group: str, kind: str, version: str, body: Sequence[Elements], sending: Sending) -> bytes:
    """An interchange around the body of one transaction set of that kind."""
    control, stamp = f"{sending.control_number:09d}", sending.made_at
    day, minute = f"{stamp:%Y%m%d}", f"{stamp:%H%M}"
    parties = f"ZZ*{_plain(sending.sender):<15.15}*ZZ*{_plain(sending.receiver):<15.15}"
    blank, release = " " * 10, version[:5]
    isa = f"ISA*00*{blank}*00*{blank}*{parties}*{day[2:]}*{minute}*{_REPETITION}*{release}*{control}*0*P*{_COMPONENT}~"
    number = str(sending.control_number)
    segments: list[Elements] = [
        ["GS", group, sending.sender, sending.receiver, day, minute, number, "X", version],
        ["ST", kind, "0001", version],
        *body,
        ["SE", str(len(body) + 2), "0001"],
        ["GE", "1", number],
        ["IEA", "1", control],
    ]
    return isa.encode() + b"".join(map(_written, segments))


def not_carried(document: ClaimDocument) -> list[str]:
    """What of a claim has no place in an 837D, as places of the claim document."""
    return list(_not_carried(document))


def _not_carried(document: ClaimDocument) -> Iterator[str]:
    for place in ("received_date", "time_zone", "history"):
        if getattr(document, place):
            yield place
    if document.patient.chart_number:
        yield "patient.chart_number"
    if len(document.claim_number) > _NUMBER_MOST:
        yield f"claim_number behind its {_NUMBER_MOST}th character"
    if len(document.narrative) > NOTE_WIDTH * _NOTES_MOST:
        yield f"narrative behind its {NOTE_WIDTH * _NOTES_MOST}th character"
    yield from _not_carried_of_parts(document)


def _not_carried_of_parts(document: ClaimDocument) -> Iterator[str]:
    for index, tooth in enumerate(document.patient.missing_teeth):
        if _universal(tooth) is None:
            yield f"patient.missing_teeth[{index}]"
    for index, attachment in enumerate(document.attachments):
        yield from (
            f"attachments[{index}].{place}" for place in _BY_HAND if getattr(attachment, place) not in (None, [])
        )
    for index, line in enumerate(document.lines):
        if line.service_time:
            yield f"lines[{index}].service_time"
        if line.tooth and line.tooth.system is not NumberingSystem.UNIVERSAL:
            yield f"lines[{index}].tooth.system (it is written in the Universal system)"


def _claim(document: ClaimDocument) -> Iterator[Elements]:
    patient, payer = document.patient, document.payer
    yield ["HL", "20"]
    yield ["NM1", "85", "2", document.billing_provider.name or "", *_identified("XX", document.billing_provider.npi)]
    yield ["HL", "22"]
    yield ["SBR", "P", "18", "", "", "", "", "", "", "CI"]
    yield _person("IL", patient.name, patient.member_id)
    if patient.birth_date:
        yield ["DMG", "D8", _day(patient.birth_date)]
    if payer.id or payer.name:
        yield ["NM1", "PR", "2", payer.name or "", *_identified("PI", payer.id)]
    kind = "PB" if document.kind is ClaimKind.PREDETERMINATION else ""
    number = document.claim_number[:_NUMBER_MOST]
    yield ["CLM", number, "0", "", "", ("11", "B", "1"), "Y", "A", "Y", "Y", *[""] * 9, kind]
    for tooth in patient.missing_teeth:
        if universal := _universal(tooth):
            yield ["DN2", universal, "M"]
    for attachment in document.attachments:
        yield _paperwork(attachment)
    for begin in range(0, min(len(document.narrative), NOTE_WIDTH * _NOTES_MOST), NOTE_WIDTH):
        yield ["NTE", "ADD", document.narrative[begin : begin + NOTE_WIDTH]]
    treating = document.treating_provider
    if treating.name or treating.npi:
        yield ["NM1", "82", "1", treating.name or "", *_identified("XX", treating.npi)]
    for line in document.lines:
        yield from _line(line)


def _line(line: LineDocument) -> Iterator[Elements]:
    yield ["LX", str(line.line)]
    yield ["SV3", ("AD", line.procedure), "0", "", "", "", "1"]
    if line.tooth:
        yield ["TOO", "JP", _universal(line.tooth) or line.tooth.number]
    if line.service_date:
        yield ["DTP", "472", "D8", _day(line.service_date)]
    if line.service_period:
        period = line.service_period
        yield ["DTP", "472", "RD8", f"{_day(period.start)}-{_day(period.end)}"]


def _paperwork(attachment: AttachmentDocument) -> Elements:
    return ["PWK", "RB", "EL", "", "", "AC", attachment.control_number or ""]


def _person(entity: str, name: NamedPerson, member_id: str | None) -> Elements:
    return [
        "NM1",
        entity,
        "1",
        name.family,
        name.given,
        name.middle,
        "",
        name.suffix,
        *(("MI", member_id) if member_id else ()),
    ]


def _identified(qualifier: str, identifier: str | None) -> Elements:
    return ["", "", "", "", qualifier, identifier] if identifier else []


def _universal(tooth: WrittenTooth) -> str | None:
    parsed = tooth.parsed()
    return parsed.universal if parsed else None


def _with_levels(segments: Iterable[Elements]) -> Iterator[Elements]:
    """The segments with their HL numbered: each billing provider has one subscriber below it."""
    number = 0
    for segment in segments:
        if segment[0] != "HL":
            yield segment
            continue
        number += 1
        is_billing = segment[1] == "20"
        yield ["HL", str(number), "" if is_billing else str(number - 1), segment[1], "1" if is_billing else "0"]


def _written(segment: Elements) -> bytes:
    """A segment, without empty elements at its end."""
    written = [_plain(one) if isinstance(one, str) else _COMPONENT.join(map(_plain, one)) for one in segment]
    while not written[-1]:
        written.pop()
    return (_ELEMENT.join(written) + _TERMINATOR).encode()


def _plain(text: str) -> str:
    """Text without delimiters: X12 escapes none, so a space stands for each."""
    return text.translate(_DELIMITERS)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
