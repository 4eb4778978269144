"""Write Claim (FHIR R4, 4.0.1): a claim with what verification knows of it, and all that it refers to contained.

It says everything of a claim that the format and `read_claim` share. It is no claim to be paid by: charges are not
known here. `not_carried` lists what the format has no place for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from apexproof.claim import ClaimKind
from apexproof.formats.fhir.claim_response import NPI
from apexproof.formats.fhir.enclosed import plain_title
from apexproof.formats.native_documents import (
    AttachmentDocument,
    ClaimDocument,
    LineDocument,
    PatientDocument,
    ProviderDocument,
    WrittenTooth,
)
from apexproof.tooth import NumberingSystem

_HL7 = "http://terminology.hl7.org/CodeSystem"
_TOOTH_SYSTEMS = {
    NumberingSystem.UNIVERSAL: f"{_HL7}/ADAUniversalToothDesignationSystem",
    NumberingSystem.FDI: "http://fdi.org/fhir/oraltoothcodes",
}
_BY_HAND = ("sha256", "image_type", "teeth", "mirrored")
_UNKNOWN = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}


def write_claim(document: ClaimDocument, *, created: date, identity: str | None = None) -> dict[str, Any]:
    """The claim as a resource; `created` is the day on which its sender made it, or on which it came."""
    infos = list(_infos(document))
    payer, billing, treating = document.payer, document.billing_provider, document.treating_provider
    contained = [
        _patient(document.patient),
        _organization("insurer", payer.id and {"value": payer.id}, payer.name),
        _organization("provider", billing.npi and {"system": NPI, "value": billing.npi}, billing.name),
        _practitioner(treating),
        {
            "resourceType": "Coverage",
            "id": "coverage",
            "status": "active",
            "beneficiary": {"reference": "#patient"},
            "payor": [{"reference": "#insurer"} if payer.id or payer.name else _UNKNOWN],
            **({"subscriberId": document.patient.member_id} if document.patient.member_id else {}),
        },
        *(_document_reference(at, one) for at, one in enumerate(document.attachments) if _needs_document(one)),
    ]
    return _stated(
        {
            "resourceType": "Claim",
            "id": identity,
            "contained": [resource for resource in contained if resource],
            "identifier": [{"value": document.claim_number}],
            "status": "active",
            "type": _coded(f"{_HL7}/claim-type", "oral"),
            "use": "predetermination" if document.kind is ClaimKind.PREDETERMINATION else "claim",
            "patient": {"reference": "#patient"},
            "created": created.isoformat(),
            "insurer": {"reference": "#insurer"} if payer.id or payer.name else None,
            "provider": {"reference": "#provider"} if billing.npi or billing.name else _UNKNOWN,
            "priority": _coded(f"{_HL7}/processpriority", "normal"),
            "careTeam": [{"sequence": 1, "provider": {"reference": "#practitioner"}}]
            if _practitioner(treating)
            else None,
            "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "#coverage"}}],
            "supportingInfo": [{"sequence": number, **info} for number, (info, _) in enumerate(infos, start=1)],
            "item": [
                _item(line, [number for number, (_, lines) in enumerate(infos, start=1) if line.line in lines])
                for line in document.lines
            ],
        }
    )


def not_carried(document: ClaimDocument) -> list[str]:
    """What of a claim has no place in a FHIR Claim, as places of the claim document."""
    return list(_not_carried(document))


def _not_carried(document: ClaimDocument) -> Iterator[str]:
    for place in ("received_date", "time_zone", "history"):
        if getattr(document, place):
            yield place
    if document.patient.name.middle and not document.patient.name.given:
        yield "patient.name.middle (without a given name)"
    for index, tooth in enumerate(document.patient.missing_teeth):
        if tooth.system not in _TOOTH_SYSTEMS:
            yield f"patient.missing_teeth[{index}]"
    for index, line in enumerate(document.lines):
        if line.service_time:
            yield f"lines[{index}].service_time"
        if line.tooth and line.tooth.system not in _TOOTH_SYSTEMS:
            yield f"lines[{index}].tooth"
    yield from _not_carried_of_attachments(document)


def _not_carried_of_attachments(document: ClaimDocument) -> Iterator[str]:
    known = {line.line for line in document.lines}
    for index, attachment in enumerate(document.attachments):
        yield from (
            f"attachments[{index}].{place}" for place in _BY_HAND if getattr(attachment, place) not in (None, [])
        )
        if isinstance(attachment.date_taken, datetime):
            yield f"attachments[{index}].date_taken (its time)"
        if attachment.file_name and plain_title(attachment.file_name) != attachment.file_name:
            yield f"attachments[{index}].file_name (its folder)"
        if not known.issuperset(attachment.lines):
            yield f"attachments[{index}].lines (those that the claim has not)"


def _patient(patient: PatientDocument) -> dict[str, Any]:
    name = patient.name
    given = [part for part in (name.given, name.middle) if part] if name.given else []
    medical_record = {"type": _coded(f"{_HL7}/v2-0203", "MR"), "value": patient.chart_number}
    return _stated(
        {
            "resourceType": "Patient",
            "id": "patient",
            "identifier": [medical_record] if patient.chart_number else [],
            "name": [_stated({"family": name.family, "given": given, "suffix": [name.suffix] if name.suffix else []})],
            "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        }
    )


def _organization(identity: str, identifier: Mapping[str, str] | str | None, name: str | None) -> dict[str, Any] | None:
    """`identifier` is nothing where it is false."""
    if not (identifier or name):
        return None
    identifiers = [identifier] if identifier else []
    return _stated({"resourceType": "Organization", "id": identity, "identifier": identifiers, "name": name})


def _practitioner(provider: ProviderDocument) -> dict[str, Any] | None:
    if not (provider.npi or provider.name):
        return None
    return _stated(
        {
            "resourceType": "Practitioner",
            "id": "practitioner",
            "identifier": [{"system": NPI, "value": provider.npi}] if provider.npi else [],
            "name": [{"text": provider.name}] if provider.name else [],
        }
    )


def _item(line: LineDocument, infos: list[int]) -> dict[str, Any]:
    period = line.service_period
    return _stated(
        {
            "sequence": line.line,
            "informationSequence": infos,
            "productOrService": _coded("http://www.ada.org/cdt", line.procedure),
            "servicedDate": line.service_date.isoformat() if line.service_date else None,
            "servicedPeriod": {"start": period.start.isoformat(), "end": period.end.isoformat()} if period else None,
            "bodySite": _tooth(line.tooth) if line.tooth else None,
        }
    )


def _infos(document: ClaimDocument) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """What supports the claim, and the lines that each of it is for."""
    if document.narrative:
        yield {"category": _category("info"), "valueString": document.narrative}, []
    for tooth in document.patient.missing_teeth:
        if coded := _tooth(tooth):
            yield {"category": _category("missingtooth"), "code": coded}, []
    for index, attachment in enumerate(document.attachments):
        taken = attachment.date_taken
        day = taken.date() if isinstance(taken, datetime) else taken
        said = {"timingDate": day.isoformat()} if day else {}
        yield {"category": _category("attachment"), **said, **_value(index, attachment)}, attachment.lines


def _value(index: int, attachment: AttachmentDocument) -> dict[str, Any]:
    title = plain_title(attachment.file_name or "")
    if _needs_document(attachment):
        return {"valueReference": {"reference": f"#attachment-{index}"}}
    if attachment.control_number:
        return {"valueReference": {"identifier": {"value": attachment.control_number}}}
    return {"valueAttachment": {"title": title}} if title else {}


def _needs_document(attachment: AttachmentDocument) -> bool:
    return bool(attachment.control_number and plain_title(attachment.file_name or ""))


def _document_reference(index: int, attachment: AttachmentDocument) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": f"attachment-{index}",
        "identifier": [{"value": attachment.control_number}],
        "status": "current",
        "content": [{"attachment": {"title": plain_title(attachment.file_name or "")}}],
    }


def _tooth(tooth: WrittenTooth) -> dict[str, Any] | None:
    system = _TOOTH_SYSTEMS.get(tooth.system)
    return _coded(system, tooth.number) if system else None


def _category(code: str) -> dict[str, Any]:
    return _coded(f"{_HL7}/claiminformationcategory", code)


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _stated(said: dict[str, Any]) -> dict[str, Any]:
    """FHIR knows no null and no empty list."""
    return {name: value for name, value in said.items() if value not in (None, [])}
