"""Read Claim (FHIR R4, 4.0.1): dental claims out of a Claim, or out of a Bundle with what its claims refer to.

A claim with a fault is not read, and stops no other; what has no place in a claim of ours is left out, and said.

    identifier[0].value        the claim's number
    use                        claim; predetermination and preauthorization are a predetermination
    patient, insurer, provider, insurance.coverage (the first subscriberId), careTeam (who treats)
    item                       sequence, productOrService (CDT), bodySite, servicedDate or servicedPeriod
    supportingInfo             by category: info (valueString), missingtooth, attachment

item.informationSequence links a line to an attachment: its sender's word that the tooth of the line is in it.

CDT is written under two systems (`http://www.ada.org/cdt` in HL7 Terminology, `http://ada.org/cdt` in HL7's dental
guide). HL7's ex-tooth is FDI with lone digits for quadrants, some of which it labels as another quadrant: a lone digit
is no tooth of FDI, and no label is ever looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from mmap import mmap
from typing import Any

from pydantic import ValidationError

from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.claim_response import NPI
from apexproof.formats.fhir.element import Element
from apexproof.formats.fhir.embedded import Embedded, load_resource
from apexproof.formats.fhir.enclosed import NOT_FETCHED, Content, EnclosedFile, contents
from apexproof.formats.fhir.references import References, names_of
from apexproof.formats.native_documents import ClaimDocument

_RESOURCE = re.compile(rb'"resourceType"\s*:')
_CDT = frozenset({"http://www.ada.org/cdt", "http://ada.org/cdt"})
_CHART = ("http://terminology.hl7.org/CodeSystem/v2-0203", "MR")
_TOOTH_SYSTEMS = {
    "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem": "universal",
    "http://fdi.org/fhir/oraltoothcodes": "fdi",
    "http://terminology.hl7.org/CodeSystem/ex-tooth": "fdi",
}
_KINDS = {"claim": "claim", "predetermination": "predetermination", "preauthorization": "predetermination"}
_TOOTH_MOST = 20
_NUMBER_MOST = 80


def is_resource(content: bytes) -> bool:
    """Whether a document is a FHIR resource: no document of ours has a key of that name."""
    return _RESOURCE.search(content) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong, with its place; `claim` is the claim that was left out for it: its number, or its place.

    Attributes:
        claim: None when it is a fault of no claim.
    """

    reason: str
    claim: str | None = None

    def __str__(self) -> str:
        """As a sentence for a person."""
        return f"{self.reason} (claim {self.claim} was left out)" if self.claim else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClaim:
    """A claim, what of it was left out (sentences, each with its place), and the files that came in it.

    Attributes:
        files: by the index in `attachments` of what is declared of them.
    """

    document: ClaimDocument
    left_out: tuple[str, ...]
    files: Mapping[int, EnclosedFile]

    def attached(self, hashes: Mapping[int, str]) -> ClaimDocument:
        """The document, in which those attachments are known by the SHA-256 of their files, too."""
        attachments = [
            declared.model_copy(update={"sha256": hashes[index]}) if index in hashes else declared
            for index, declared in enumerate(self.document.attachments)
        ]
        return self.document.model_copy(update={"attachments": attachments})


def read_resource(octets: bytes | mmap, *, origin: str) -> Iterator[ReadClaim | Fault]:
    """Read the claims of a resource, and every fault of those that cannot be read.

    However large its files are, the rest is held to the size of a document.

    Raises:
        ClaimUnusable: it is no JSON, or neither a Claim nor a Bundle.
    """
    embedded, loaded = load_resource(octets, origin)
    kind = loaded.get("resourceType") if isinstance(loaded, dict) else None
    if kind == "Claim":
        yield from _ReadClaim(Element(said=loaded, place="Claim", faults=[]), References(), embedded).read()
        return
    if kind != "Bundle":
        raise ClaimUnusable(origin=origin, reason="a FHIR resource here must be a Claim, or a Bundle with one")
    bundle = Element(said=loaded, place="Bundle", faults=[])
    known = References()
    claims: list[Element] = []
    for entry in bundle.many("entry"):
        resource = entry.one("resource")
        known.add(resource, names_of(entry, resource))
        if resource.text("resourceType") == "Claim":
            claims.append(resource)
    if not claims:
        bundle.fault("entry", "it holds no Claim")
    yield from (Fault(reason=fault) for fault in bundle.faults)
    for claim in claims:
        yield from _ReadClaim(replace(claim, faults=[]), known, embedded).read()


def _name_of(provider: Element) -> str | None:
    """The name of an Organization, or of a person."""
    if provider.text("resourceType") == "Organization":
        return provider.text("name")
    for name in provider.many("name"):
        return name.text("text") or " ".join(filter(None, [*name.texts("given"), name.text("family")])) or None
    return None


class _ReadClaim:
    """One Claim as it is read."""

    def __init__(self, claim: Element, known: References, embedded: Embedded) -> None:
        self._claim = claim
        self._known = known.within(claim)
        self._embedded = embedded
        self._left_out: list[str] = []
        self._files: dict[int, EnclosedFile] = {}
        self._attachment_count = 0

    def read(self) -> Iterator[ReadClaim | Fault]:
        """The claim, or all that stands in its way."""
        claim = self._claim
        use = claim.text("use") or "claim"
        if claim.text("status") in {"cancelled", "entered-in-error"}:
            claim.fault("status", "a claim that was taken back is not read")
        if claim.said.get("modifierExtension"):
            claim.fault("modifierExtension", "it changes what the claim means in a way that is not known here")
        if use not in _KINDS:
            claim.fault("use", "must be claim, predetermination or preauthorization")
        said: dict[str, Any] = {
            "claim_number": next((one.text("value") for one in claim.many("identifier")), None) or claim.text("id"),
            "kind": _KINDS.get(use, "claim"),
            "payer": self._payer(),
            "billing_provider": self._provider(claim.one("provider")),
            "treating_provider": self._treating(),
            "patient": self._patient(),
            "lines": [line for item in claim.many("item") if (line := self._line(item))],
            "narrative": "\n".join(self._texts("info")),
            "attachments": list(self._attachments(claim)),
        }
        if not claim.faults:
            try:
                document = ClaimDocument.model_validate(said, strict=False)
                left_out = tuple(dict.fromkeys(self._left_out))
                yield ReadClaim(document=document, left_out=left_out, files=self._files)
            except ValidationError as error:
                for one in error.errors(include_url=False, include_input=False, include_context=False):
                    place = ".".join(str(step) for step in one["loc"])
                    claim.faults.append(f"{claim.place}: its {place} cannot be used: {one['msg']}")
        name = "".join(filter(str.isprintable, said["claim_number"] or ""))[:_NUMBER_MOST] or claim.place
        yield from (Fault(reason=fault, claim=name) for fault in dict.fromkeys(claim.faults))

    def _payer(self) -> dict[str, Any]:
        reference = self._claim.one("insurer")
        found = self._known.find(reference)
        identifiers = list(found.many("identifier")) if found else [reference.one("identifier")]
        name = found.text("name") if found else reference.text("display")
        return {"id": next((one.text("value") for one in identifiers), None), "name": name}

    def _provider(self, reference: Element) -> dict[str, Any]:
        found = self._known.find(reference)
        identifiers = list(found.many("identifier")) if found else [reference.one("identifier")]
        npi = next((one.text("value") for one in identifiers if one.text("system") == NPI), None)
        return {"npi": npi, "name": _name_of(found) if found else reference.text("display")}

    def _treating(self) -> dict[str, Any]:
        """The first of the care team who is the primary provider, or of whom no role is stated."""
        for member in self._claim.many("careTeam"):
            if "role" not in member.said or "primary" in {code for _, code in member.one("role").codings()}:
                return self._provider(member.one("provider"))
        return {}

    def _patient(self) -> dict[str, Any]:
        reference = self._claim.one("patient")
        found = self._known.find(reference)
        if found is None:
            self._claim.fault("patient", "the Patient did not come along: contain it, or send both in a Bundle")
            return {}
        names = list(found.many("name"))
        official = next((one for one in names if one.text("use") == "official"), names[0] if names else None)
        given = official.texts("given") if official else []
        family = official.text("family") if official else None
        if family is None:
            found.fault("name", "a family name is needed")
        coverages = (self._known.find(one.one("coverage")) for one in self._claim.many("insurance"))
        member = next((one.text("subscriberId") for one in coverages if one), None)
        return {
            "name": {
                "family": family,
                "given": given[0] if given else "",
                "middle": " ".join(given[1:]),
                "suffix": " ".join(official.texts("suffix")) if official else "",
            },
            "chart_number": next(
                (one.text("value") for one in found.many("identifier") if _CHART in one.one("type").codings()), None
            ),
            "birth_date": found.day("birthDate"),
            "member_id": member,
            "missing_teeth": [
                tooth
                for info in self._infos("missingtooth")
                if (tooth := self._tooth(info.one("code"), "a missing tooth"))
            ],
        }

    def _line(self, item: Element) -> dict[str, Any] | None:
        number = item.number("sequence")
        if item.said.get("modifierExtension"):
            item.fault("modifierExtension", "it changes what the line means in a way that is not known here")
        coded = item.one("productOrService").codings()
        procedure = next((code.upper() for system, code in coded if system in _CDT), None)
        if procedure is None:
            self._left_out.append(f"{item.place}: it was left out, for its procedure is no CDT code")
            return None
        line: dict[str, Any] = {"line": number, "procedure": procedure}
        if "bodySite" in item.said and (tooth := self._tooth(item.one("bodySite"), "the tooth")):
            line["tooth"] = tooth
        if day := item.day("servicedDate"):
            line["service_date"] = day
        elif "servicedPeriod" in item.said:
            period = item.one("servicedPeriod")
            line["service_period"] = {"start": period.day("start"), "end": period.day("end")}
        return line

    def _tooth(self, concept: Element, noun: str) -> dict[str, str] | None:
        """The tooth in the first system that is known; one of no known system means nothing, and is left out."""
        found = {(_TOOTH_SYSTEMS[system], code) for system, code in concept.codings() if system in _TOOTH_SYSTEMS}
        if not found:
            self._left_out.append(f"{concept.place}: {noun} was left out, for it names no numbering system known here")
            return None
        systems = {system for system, _ in found}
        system = "universal" if "universal" in systems else "fdi"
        codes = sorted(code for one, code in found if one == system)
        return {"number": ", ".join(codes)[:_TOOTH_MOST], "system": system}

    def _infos(self, category: str) -> Iterator[Element]:
        for info in self._claim.many("supportingInfo"):
            if category in {code for _, code in info.one("category").codings()}:
                yield info

    def _texts(self, category: str) -> Iterator[str]:
        return (text for info in self._infos(category) if (text := info.text("valueString")))

    def _attachments(self, claim: Element) -> Iterator[dict[str, Any]]:
        """What is declared of each attachment; its file, if it came along, is among the files."""
        lines: dict[int, list[int]] = {}
        for item in claim.many("item"):
            if number := item.number("sequence"):
                for sequence in item.numbers("informationSequence"):
                    lines.setdefault(sequence, []).append(number)
        for info in self._infos("attachment"):
            sequence = info.number("sequence") or 0
            reference = info.one("valueReference")
            referred = self._known.find(reference)
            found = list(contents(referred)) if referred else []
            if not found and reference.text("reference"):
                self._left_out.append(f"{reference.place}: {NOT_FETCHED}")
            for content in found or [Content(attachment=info.one("valueAttachment"))]:
                yield {
                    "file_name": self._file_name(content, sequence),
                    "date_taken": info.day("timingDate") or content.taken,
                    "control_number": reference.one("identifier").text("value") or content.control_number,
                    "lines": lines.get(sequence, []),
                }
                self._attachment_count += 1

    def _file_name(self, content: Content, sequence: int) -> str | None:
        file = content.file(self._known, self._embedded, number=sequence)
        if file is not None:
            self._files[self._attachment_count] = file
            return file.name
        if content.attachment.text("url"):
            self._left_out.append(f"{content.attachment.place}: {NOT_FETCHED}")
        return content.title
