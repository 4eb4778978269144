"""Histories as JSON, in the form in which they come in: what one judgement knew, another can be given."""

from __future__ import annotations

from apexproof.claim import EarlierImage, EarlierService, History
from apexproof.formats.native_documents import (
    EarlierImageDocument,
    EarlierPatientDocument,
    EarlierServiceDocument,
    HistoryDocument,
    NamedPerson,
    WrittenTooth,
)
from apexproof.tooth import NumberingSystem


def history_document(history: History) -> HistoryDocument:
    """Write a history down."""
    return HistoryDocument(
        services=[_service(service) for service in history.services], images=[_image(image) for image in history.images]
    )


def _service(service: EarlierService) -> EarlierServiceDocument:
    tooth = service.tooth
    return EarlierServiceDocument(
        procedure=service.procedure,
        tooth=WrittenTooth(number=tooth.universal, system=NumberingSystem.UNIVERSAL) if tooth else None,
        service_date=service.service_date,
        claim_number=service.claim_number,
        patient_doubted=service.patient_doubted,
    )


def _image(image: EarlierImage) -> EarlierImageDocument:
    name = image.patient_name
    return EarlierImageDocument(
        claim_number=image.claim_number,
        sha256=image.sha256,
        pixel_sha256=image.pixel_sha256,
        perceptual=image.perceptual,
        patient=EarlierPatientDocument(
            name=NamedPerson(family=name.family, given=name.given, middle=name.middle, suffix=name.suffix)
            if name
            else None,
            birth_date=image.patient_birth_date,
            member_id=image.patient_member_id,
        ),
    )
