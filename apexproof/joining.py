"""Joining: the claim to which a DICOM instance belongs that came by itself, or why that is left to a person.

A wrong join costs an audit, so whatever can be understood in two ways waits in the inbox. The rules, in their order:

1. An instance under whose SOP Instance UID another data set came before waits (`other_bytes`).
2. Its Accession Number, Study Instance UID or Study ID is the number of a claim, or an attachment control number that
   claims declare. Several claims: it waits (`several_claims`). One claim, and the patient's name or birth date
   contradicts it: it waits (`other_patient`). Study IDs are short and given out again, so one joins only when name and
   birth date agree. Else it is joined (`accession`, `study_uid`, `study_id`).
3. Without such a number: name and birth date are those of the patient of exactly one open claim with a service on the
   inside of a tooth, and the instance was taken at most 180 days before the first D3351 visit and not after it
   (`patient_and_date`). A claim of that patient that states no day might be meant as well: then it waits
   (`several_claims`), as with several that fit. None fits, or one alone that states no day: it waits (`no_claim`).

What waits is looked at again when a claim comes; a person decides at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from apexproof import __version__
from apexproof.claim import Claim, Patient
from apexproof.errors import ClaimUnusable
from apexproof.formats.native import parse_earlier_claim
from apexproof.person import NameAgreement, PersonName, compare_names
from apexproof.store.claims import (
    AsRead,
    as_read_by,
    claim_by_number,
    claims_declaring,
    control_numbers,
    latest_revision,
)
from apexproof.store.closures import closure_of
from apexproof.store.histories import patient_keys
from apexproof.store.instances import InstanceState, any_waits, has_another, of_attachment, waiting_for
from apexproof.store.tables import AttachmentRow, ClaimRow, InstanceRow, PatientKeyRow

TAKEN_BEFORE = timedelta(days=180)
"""So long before the visit a film may have been taken and join by its patient alone: our own choice, on the safe side
of the 12 months for which payers take films (RARC M1)."""
_LOOKED_AT = 100


class Why(StrEnum):
    """By which rule an instance is joined, or why it waits."""

    ACCESSION = "accession"
    STUDY_UID = "study_uid"
    STUDY_ID = "study_id"
    PATIENT_AND_DATE = "patient_and_date"
    PERSON = "person"
    NO_CLAIM = "no_claim"
    SEVERAL_CLAIMS = "several_claims"
    OTHER_PATIENT = "other_patient"
    OTHER_BYTES = "other_bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The claim to which an instance belongs; None when a person has to say."""

    claim: ClaimRow | None
    why: Why


def joining_of(session: Session, row: InstanceRow) -> Joining:
    """Where an instance belongs, by the rules above."""
    if has_another(session, row):
        return Joining(claim=None, why=Why.OTHER_BYTES)
    numbers = ((Why.ACCESSION, row.accession), (Why.STUDY_UID, row.study), (Why.STUDY_ID, row.study_id))
    by_number = {why: _numbered(session, row.organisation, number) for why, number in numbers if number}
    claims = {claim.id: claim for found in by_number.values() for claim in found}
    if len(claims) > 1:
        return Joining(claim=None, why=Why.SEVERAL_CLAIMS)
    for claim in claims.values():
        said = _said(session, claim)
        agrees = None if said is None else _agrees(said.patient, row)
        why = next(why for why, found in by_number.items() if found)
        if agrees is False or (why is Why.STUDY_ID and not agrees):
            return Joining(claim=None, why=Why.OTHER_PATIENT)
        return Joining(claim=claim, why=why)
    return _by_patient(session, row)


def join(session: Session, row: InstanceRow, claim: ClaimRow, why: Why) -> None:
    """Let an instance that waits belong to a claim."""
    if row.attachment_id is not None:
        session.get_one(AttachmentRow, row.attachment_id).claim_id = claim.id
    row.state, row.why = InstanceState.JOINED, why


def join_waiting(session: Session, claim: ClaimRow) -> None:
    """Let the instances join a claim that waited for it."""
    said = _said(session, claim) if any_waits(session, claim.organisation) else None
    if said is None:
        return
    numbers = {claim.number, *control_numbers(session, claim.id)}
    born = said.patient.birth_date
    for row in waiting_for(session, claim.organisation, numbers, born, most=_LOOKED_AT):
        _settle(session, row)


def settle_attachment(session: Session, attachment_id: int) -> None:
    """Look again at an instance that waits, by its file: its claim may have come in the same moment."""
    row = of_attachment(session, attachment_id)
    if row is not None:
        _settle(session, row)


def _settle(session: Session, row: InstanceRow) -> None:
    joining = joining_of(session, row)
    if joining.claim is not None:
        join(session, row, joining.claim, joining.why)
    elif row.why != joining.why:
        row.why = joining.why


def _numbered(session: Session, organisation: str, number: str) -> list[ClaimRow]:
    named = claim_by_number(session, organisation, number)
    return [*([named] if named else []), *claims_declaring(session, organisation, number)]


def _by_patient(session: Session, row: InstanceRow) -> Joining:
    name = PersonName.parse(row.patient_name)
    if name is None or row.birth_date is None or row.taken is None:
        return Joining(claim=None, why=Why.NO_CLAIM)
    fitting: list[ClaimRow] = []
    for claim, said in _of_patient(session, row.organisation, Patient(name=name, birth_date=row.birth_date)):
        visits = [line.first_day for line in said.initial_visits()]
        days = [day for day in visits if day is not None]
        if not days or min(days) - TAKEN_BEFORE <= row.taken <= max(days):
            fitting.append(claim)
    if not fitting:
        return Joining(claim=None, why=Why.NO_CLAIM)
    (claim, *more) = fitting
    said_of_one = _said(session, claim)
    dated = said_of_one is not None and any(line.first_day for line in said_of_one.initial_visits())
    if more or not dated:
        return Joining(claim=None, why=Why.SEVERAL_CLAIMS if more else Why.NO_CLAIM)
    return Joining(claim=claim, why=Why.PATIENT_AND_DATE)


def _of_patient(session: Session, organisation: str, patient: Patient) -> Iterator[tuple[ClaimRow, Claim]]:
    """The open claims of a patient of exactly that name and birth date."""
    keys = sorted(patient_keys(patient))
    own = PatientKeyRow.organisation == organisation, PatientKeyRow.key.in_(keys)
    ids = session.scalars(select(PatientKeyRow.claim_id).where(*own).distinct()).all()
    for row in _claims(session, ids):
        said = _said(session, row)
        if said is None or said.patient.birth_date != patient.birth_date or closure_of(session, row) is not None:
            continue
        if compare_names(said.patient.name, patient.name) is NameAgreement.SAME:
            yield row, said


def _claims(session: Session, ids: Sequence[int]) -> list[ClaimRow]:
    return [session.get_one(ClaimRow, identity) for identity in sorted(ids)]


def _said(session: Session, claim: ClaimRow) -> Claim | None:
    """What a claim says now; None of one that an older version took and this one does not know."""
    revision = latest_revision(session, claim)
    with suppress(ClaimUnusable):
        if revision is not None:
            as_read = as_read_by(__version__, AsRead.of(revision.as_read, revision.as_read_by))
            return parse_earlier_claim(revision.document, as_read)
    return None


def _agrees(patient: Patient, row: InstanceRow) -> bool | None:
    """Whether an instance is of a claim's patient; None when it does not say enough of either."""
    name = PersonName.parse(row.patient_name)
    if name is not None and compare_names(patient.name, name) is NameAgreement.DIFFERENT:
        return False
    if row.birth_date is None or patient.birth_date is None:
        return None
    if row.birth_date != patient.birth_date:
        return False
    return True if name is not None else None
