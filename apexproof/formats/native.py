"""Native claims and histories: JSON in, nouns out."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec.json import Decoder, Encoder
from pydantic import BaseModel, TypeAdapter, ValidationError

from apexproof.claim import (
    Claim,
    ClaimedTooth,
    DeclaredAttachment,
    EarlierImage,
    EarlierService,
    History,
    Party,
    Patient,
    ServiceLine,
)
from apexproof.errors import ClaimUnusable, DeclarationUnusable, HistoryUnusable, InputUnusable
from apexproof.exposure import ExposureInterval
from apexproof.formats.native_documents import (
    AttachmentDocument,
    ClaimDocument,
    ClaimsDocument,
    DeclaredTooth,
    EarlierServiceDocument,
    HistoryDocument,
    LineDocument,
    ProviderDocument,
)
from apexproof.formats.reasons import plain_reason
from apexproof.radiograph import TeethReading, TeethStatement
from apexproof.tooth import Tooth, parse_tooth
from apexproof.view import ViewStatement
from apexproof.words.narrative import read_narrative
from apexproof.words.teeth import find_teeth
from apexproof.words.together import together
from apexproof.words.views import find_views, view_of_image_type

M = TypeVar("M", bound=BaseModel)

LARGEST_DOCUMENT = 10 * 1024**2
"""Bytes of a claim or history document; a claim with a hundred attachments takes about 40 kB."""


def parse_claims(content: bytes, *, origin: str) -> tuple[Claim, ...]:
    """Read a claim document, or a document of several.

    Raises:
        ClaimUnusable: it is no JSON, not of the schema, or larger than a claim can be.
    """
    return tuple(claim_of(document) for document in parse_documents(content, origin=origin))


def parse_documents(content: bytes, *, origin: str) -> tuple[ClaimDocument, ...]:
    """Read a claim document, or a document of several, as they are written.

    Raises:
        ClaimUnusable: it is no JSON, not of the schema, or larger than a claim can be.
    """
    loaded = load_document(content, origin, ClaimUnusable)
    if isinstance(loaded, dict) and "claims" in loaded:
        return tuple(validated_document(ClaimsDocument, loaded, origin, ClaimUnusable).claims)
    return (validated_document(ClaimDocument, loaded, origin, ClaimUnusable),)


def parse_received_claim(document: str, as_read: str | None) -> Claim:
    """Read a claim that was taken in before: as parse_claims, without asking again what was found in order then.

    `as_read` is what this very engine read in it, as `written_as_read` wrote it; None when nobody kept that.

    Raises:
        ClaimUnusable: this version takes no such claim any more.
    """
    if as_read is not None:
        return _CLAIM.decode(as_read)
    try:
        return claim_of(ClaimDocument.model_validate_json(document))
    except ValidationError:
        (claim,) = parse_claims(document.encode(), origin="the claim as it was received")
        return claim


def parse_earlier_claim(document: str, as_read: str | None) -> Claim:
    """Read another claim that was taken in before, for what it bills and for whom; its narrative is not read for it.

    Raises:
        ClaimUnusable: this version takes no such claim any more.
    """
    if as_read is not None:
        return _CLAIM.decode(as_read)
    try:
        return claim_of(ClaimDocument.model_validate_json(document).model_copy(update={"narrative": ""}))
    except ValidationError:
        (claim,) = parse_claims(document.encode(), origin="a claim as it was received")
        return claim


def written_as_read(claim: Claim) -> str:
    """A claim as it was read, to be kept beside what was received."""
    return _WRITER.encode(claim).decode()


def _zone(kind: type, written: object) -> ZoneInfo:
    if kind is not ZoneInfo:
        raise NotImplementedError  # as msgspec asks of a hook that is given another kind
    return ZoneInfo(str(written))


_CLAIM = Decoder(Claim, dec_hook=_zone)
_WRITER = Encoder(enc_hook=str, order="deterministic")  # a zone is its name


def parse_history(content: bytes, *, origin: str) -> History:
    """Read a history document.

    Raises:
        HistoryUnusable: it is no JSON, not of the schema, or larger than a history can be.
    """
    document = validated_document(
        HistoryDocument, load_document(content, origin, HistoryUnusable), origin, HistoryUnusable
    )
    return History(
        services=tuple(_earlier_service(service) for service in document.services),
        images=tuple(
            EarlierImage(
                claim_number=image.claim_number,
                sha256=image.sha256,
                pixel_sha256=image.pixel_sha256,
                perceptual=image.perceptual,
                patient_name=image.patient.name.as_name() if image.patient.name else None,
                patient_birth_date=image.patient.birth_date,
                patient_member_id=image.patient.member_id,
            )
            for image in document.images
        ),
    )


def parse_attachment(content: bytes, *, origin: str) -> DeclaredAttachment:
    """Read what is declared of one attachment, as it stands within a claim.

    Raises:
        DeclarationUnusable: it is no JSON or not of the schema.
    """
    loaded = load_document(content, origin, DeclarationUnusable)
    return _attachment(validated_document(AttachmentDocument, loaded, origin, DeclarationUnusable))


def load_document(content: bytes, origin: str, error: type[InputUnusable]) -> Any:  # noqa: ANN401 - JSON is anything until it is validated
    """The JSON of a document of ours: UTF-8, not too large, and without a key that stands twice."""
    if len(content) > LARGEST_DOCUMENT:
        raise error(origin=origin, reason=f"it is larger than {LARGEST_DOCUMENT // 1024**2} MiB")
    if not content.strip():
        raise error(origin=origin, reason="it is empty")
    try:
        return json.loads(
            content.decode(json.detect_encoding(content)), object_pairs_hook=_unique_keys, parse_constant=_no_constant
        )
    except UnicodeDecodeError as fault:
        raise error(
            origin=origin, place=f"byte {fault.start + 1}", reason="it is not UTF-8 text; save it as UTF-8"
        ) from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        reason = f"it is not JSON: {fault.msg}; correct it there, or export it again"
        raise error(origin=origin, place=place, reason=reason) from None
    except RecursionError:
        raise error(origin=origin, reason="it is nested too deeply") from None
    except ValueError as fault:
        raise error(origin=origin, reason=str(fault)) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise ValueError("a key stands twice in one object, so it is not clear which one counts")
    return keys


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def validated_document(model: type[M], loaded: object, origin: str, error: type[InputUnusable]) -> M:
    """The document of that schema; the error says in plain words where it is not."""
    try:
        # JSON mode: dates and times are text there, and a number is never taken for one.
        return TypeAdapter(model).validate_json(json.dumps(loaded))
    except ValidationError as fault:
        faults = fault.errors(include_url=False, include_input=False, include_context=False)
        first = faults[0]
        reason = plain_reason(first)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise error(origin=origin, place=_place(first["loc"]) or None, reason=reason + more) from None


def _place(steps: tuple[int | str, ...]) -> str:
    place = ""
    for step in steps:
        # pydantic names the branch of a union as a step of its own
        if step in {"date", "datetime"}:
            continue
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place


def claim_of(document: ClaimDocument) -> Claim:
    """The claim that a document writes down."""
    patient = document.patient
    return Claim(
        number=document.claim_number,
        kind=document.kind,
        received=document.received_date,
        zone=ZoneInfo(document.time_zone) if document.time_zone else None,
        payer=Party(identifier=document.payer.id, name=document.payer.name),
        billing_provider=_provider(document.billing_provider),
        treating_provider=_provider(document.treating_provider),
        patient=Patient(
            name=patient.name.as_name(),
            birth_date=patient.birth_date,
            member_id=patient.member_id,
            chart_number=patient.chart_number,
            missing_teeth=tuple(tooth for written in patient.missing_teeth if (tooth := written.parsed())),
        ),
        lines=tuple(_line(line) for line in document.lines),
        narrative=read_narrative(document.narrative),
        attachments=tuple(_attachment(attachment) for attachment in document.attachments),
        history=History(services=tuple(_earlier_service(service) for service in document.history)),
    )


def _provider(document: ProviderDocument) -> Party:
    return Party(identifier=document.npi, name=document.name)


def _line(document: LineDocument) -> ServiceLine:
    period = document.service_period
    tooth = document.tooth
    return ServiceLine(
        number=document.line,
        procedure=document.procedure,
        tooth=ClaimedTooth(written=tooth.number, system=tooth.system, tooth=tooth.parsed()) if tooth else None,
        first_day=period.start if period else document.service_date,
        last_day=period.end if period else document.service_date,
        start_time=document.service_time,
    )


def _earlier_service(document: EarlierServiceDocument) -> EarlierService:
    return EarlierService(
        procedure=document.procedure,
        tooth=document.tooth.parsed() if document.tooth else None,
        service_date=document.service_date,
        claim_number=document.claim_number,
        patient_doubted=document.patient_doubted,
    )


def _attachment(document: AttachmentDocument) -> DeclaredAttachment:
    return DeclaredAttachment(
        file_name=document.file_name,
        sha256=document.sha256,
        view=_declared_view(document.image_type),
        taken=declared_exposure(document.date_taken),
        teeth=_declared_teeth(document.teeth),
        mirrored=document.mirrored,
        control_number=document.control_number,
        lines=tuple(document.lines),
    )


def _declared_view(image_type: str | None) -> ViewStatement | None:
    if image_type is None:
        return None
    view = view_of_image_type(image_type)
    return ViewStatement(possible=frozenset({view})) if view else find_views(image_type)


def declared_exposure(taken: date | datetime | None) -> ExposureInterval | None:
    """When a picture was taken, as somebody typed it."""
    if taken is None:
        return None
    if isinstance(taken, datetime):
        return ExposureInterval.at(taken, precision=timedelta(minutes=1) if not taken.second else timedelta(seconds=1))
    return ExposureInterval.on_day(taken)


def _declared_teeth(teeth: list[DeclaredTooth]) -> TeethStatement | None:
    """One statement of all declared teeth; with no reading when one of them cannot be read for sure."""
    if not teeth:
        return None
    written = ", ".join(tooth.number for tooth in teeth)
    if all(tooth.system is None for tooth in teeth):
        statements = find_teeth(written, bare_numbers=True)
        return together(statements) if statements else TeethStatement(written=written, readings=())
    parsed: list[Tooth] = []
    for tooth in teeth:
        if tooth.system is None:
            return TeethStatement(written=written, readings=())
        try:
            parsed.append(parse_tooth(tooth.number, tooth.system))
        except ValueError:
            return TeethStatement(written=written, readings=())
    systems = {tooth.system for tooth in teeth}
    system = systems.pop() if len(systems) == 1 else None
    return TeethStatement(written=written, readings=(TeethReading(system=system, teeth=tuple(parsed)),))
