"""Answer: verifications in whichever form they are wanted, as the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apexproof.formats.fhir.verification_outcome import verification_outcome
from apexproof.formats.summary_pdf import Made, summary_pdf
from apexproof.formats.verification_csv import verification_csv
from apexproof.formats.verification_json import VerificationDocument


def verification_answer(document: VerificationDocument, form: str) -> bytes:
    """The document as a file of that form: json, csv, pdf or fhir (an OperationOutcome)."""
    return _WRITTEN[form](document)


def _json(document: VerificationDocument) -> bytes:
    return document.model_dump_json(indent=2).encode() + b"\n"


def _csv(document: VerificationDocument) -> bytes:
    return verification_csv(document).encode()


def _pdf(document: VerificationDocument) -> bytes:
    return summary_pdf(document.claims, Made(policy=document.policy, engine=document.engine))


def _fhir(document: VerificationDocument) -> bytes:
    return verification_outcome(document.claims, document.faults).written().encode() + b"\n"


_WRITTEN: Mapping[str, Callable[[VerificationDocument], bytes]] = {
    "json": _json,
    "csv": _csv,
    "pdf": _pdf,
    "fhir": _fhir,
}
