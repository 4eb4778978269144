"""Read the Parameters of $submit-attachment (Da Vinci CDex 2.1.0): attachments that come apart from their claim.

    TrackingId                   the attachment control number
    AttachTo                     claim, or preauthorization
    OrganizationId, ProviderId   one of them at least; those that are an NPI are compared with the claim's providers
    MemberId                     compared with the claim's patient
    ServiceDate                  must be there for a claim, precise to the day
    Attachment                   LineItem (numbers of lines); Content: DocumentReference, Media or Binary, bytes inline

PayerId, AdminRefNumber, Code and Final are not needed. Every fault is collected, with its place as FHIRPath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from mmap import mmap

from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.claim_response import NPI
from apexproof.formats.fhir.element import Element
from apexproof.formats.fhir.embedded import Embedded, load_resource
from apexproof.formats.fhir.enclosed import EnclosedFile, contents
from apexproof.formats.fhir.references import References

_CONTROL_NUMBER_MOST, _MEMBER_MOST = 80, 200
_LARGEST_LINE = 9999
_FILES_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedFile:
    """A file, the lines that it is for, and the day on which it was taken, as its sender says."""

    file: EnclosedFile
    lines: tuple[int, ...]
    taken: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Attachments, and what joins them to their claim; `providers` are NPIs."""

    control_number: str
    member_id: str
    providers: tuple[str, ...]
    files: tuple[SubmittedFile, ...]


class SubmissionFaulty(Exception):
    """It cannot be taken; `faults` say why, each with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Take all of them."""
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(f"{len(self.faults)} faults")


def read_submission(octets: bytes | mmap, *, origin: str) -> Submission:
    """Read what was submitted.

    Raises:
        ClaimUnusable: it is no JSON, or no Parameters.
        SubmissionFaulty: something of it is wrong.
    """
    embedded, loaded = load_resource(octets, origin)
    if not isinstance(loaded, dict) or loaded.get("resourceType") != "Parameters":
        raise ClaimUnusable(origin=origin, reason="a FHIR resource here must be Parameters")
    return _Read(Element(said=loaded, place="Parameters", faults=[]), embedded).submission()


class _Read:
    """Parameters as they are read."""

    def __init__(self, said: Element, embedded: Embedded) -> None:
        self._said = said
        self._embedded = embedded
        self._parameters: dict[str, list[Element]] = {}
        for parameter in said.many("parameter"):
            self._parameters.setdefault(parameter.text("name") or "", []).append(parameter)

    def submission(self) -> Submission:
        control_number = self._identifier("TrackingId", _CONTROL_NUMBER_MOST)
        member_id = self._identifier("MemberId", _MEMBER_MOST)
        kind = self._one("AttachTo")
        if kind and kind.text("valueCode") not in {"claim", "preauthorization"}:
            kind.fault("valueCode", "must be claim or preauthorization")
        if kind and kind.text("valueCode") == "claim" and (day := self._one("ServiceDate")):
            self._demand(day.day("valueDateTime"), day, "valueDateTime")
        senders = [*self._parameters.get("OrganizationId", ()), *self._parameters.get("ProviderId", ())]
        if not senders:
            self._said.fault("parameter", "an OrganizationId or a ProviderId is needed")
        identifiers = [sender.one("valueIdentifier") for sender in senders]
        npis = [one.text("value") for one in identifiers if one.text("system") == NPI]
        files = [file for one in self._parameters.get("Attachment", ()) for file in self._attachment(one)]
        if not self._parameters.get("Attachment"):
            self._said.fault("parameter", "an Attachment is needed")
        if len(files) > _FILES_MOST:
            self._said.fault("parameter", f"more than {_FILES_MOST} files came; submit them in several")
        if self._said.faults:
            raise SubmissionFaulty(self._said.faults)
        return Submission(
            control_number=control_number,
            member_id=member_id,
            providers=tuple(npi for npi in npis if npi),
            files=tuple(files),
        )

    def _one(self, name: str) -> Element | None:
        found = self._parameters.get(name, [])
        if len(found) != 1:
            self._said.fault("parameter", f"one {name} is needed")
            return None
        return found[0]

    def _identifier(self, name: str, most: int) -> str:
        parameter = self._one(name)
        if parameter is None:
            return ""
        value = self._demand(parameter.one("valueIdentifier").text("value"), parameter, "valueIdentifier.value")
        if value and (len(value) > most or not value.isprintable()):
            parameter.fault("valueIdentifier.value", f"must have at most {most} characters, all of them printable")
        return value or ""

    @staticmethod
    def _demand(value: str | date | None, element: Element, name: str) -> str:
        if value is None:
            element.fault(name, "it is needed")
        return str(value or "")

    def _attachment(self, attachment: Element) -> Iterator[SubmittedFile]:
        parts: dict[str, list[Element]] = {}
        for part in attachment.many("part"):
            parts.setdefault(part.text("name") or "", []).append(part)
        lines = tuple(line for item in parts.get("LineItem", ()) if (line := _line(item)))
        held = parts.get("Content", [])
        if len(held) != 1:
            attachment.fault("part", "one Content is needed")
        for content in held:
            yield from self._content(content.one("resource"), lines)

    def _content(self, resource: Element, lines: tuple[int, ...]) -> Iterator[SubmittedFile]:
        found = list(contents(resource))
        if not found:
            resource.fault("resourceType", "a DocumentReference, Media or Binary with a file is needed")
        for number, content in enumerate(found, start=1):
            file = content.file(References(), self._embedded, number=number)
            if file is None:
                content.attachment.fault("data", "bytes inline are needed; nothing is fetched")
            else:
                yield SubmittedFile(file=file, lines=lines, taken=content.taken)


def _line(item: Element) -> int | None:
    written = item.text("valueString") or ""
    if not (written.isascii() and written.isdecimal() and 1 <= int(written) <= _LARGEST_LINE):
        item.fault("valueString", "the number of a line is needed, like 1")
        return None
    return int(written)
