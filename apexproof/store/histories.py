"""Histories: which other claims may bear on a claim, and what each answer was given against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.orm import Session

from apexproof.claim import History, Patient
from apexproof.person import name_words
from apexproof.store.claims import AsRead
from apexproof.store.database import ask, insert_all, insert_once, of_organisation
from apexproof.store.many import among
from apexproof.store.tables import (
    AttachmentRow,
    ClaimRow,
    HistoryRow,
    PatientKeyRow,
    PrecedentRow,
    RevisionRow,
    VerificationRow,
)

KIN_MOST = 50
"""Other claims of one patient that are looked at: those that came first."""

# The queries are made once: that takes longer than to ask them.
_ORGANISATION: BindParameter[str] = bindparam("organisation")
_KEYS = select(PatientKeyRow.claim_id, PatientKeyRow.key).where(
    PatientKeyRow.organisation == _ORGANISATION, among(PatientKeyRow.claim_id, "claims")
)
_SHARING = (
    select(PatientKeyRow.key, ClaimRow.id, ClaimRow.revision)
    .join(ClaimRow, ClaimRow.id == PatientKeyRow.claim_id)
    .where(PatientKeyRow.organisation == _ORGANISATION, among(PatientKeyRow.key, "keys"))
)
_JUDGED_AGAINST = (
    select(ClaimRow.id)
    .join(
        VerificationRow,
        (VerificationRow.claim_id == ClaimRow.id) & (VerificationRow.number == ClaimRow.verification),
    )
    .join(
        PrecedentRow,
        (PrecedentRow.claim_id == VerificationRow.claim_id) & (PrecedentRow.digest == VerificationRow.history_digest),
    )
    .where(ClaimRow.organisation == _ORGANISATION, PrecedentRow.other_id == bindparam("other"))
    .order_by(ClaimRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ClaimedThen:
    """A claim as it was in one of its revisions."""

    claim_id: int
    revision: int


class Past(Struct, frozen=True, kw_only=True):
    """What the other claims say that bear on a claim, its digest, and where each part of it stands (JSON).

    `others` are those claims; `near` are all that share the patient or a film, whether they bear on it or it on them.
    """

    history: History
    digest: str
    document: str
    others: frozenset[int]
    near: frozenset[int]


def digest_of(*said: object) -> str:
    """The digest of a history, by all that it says."""
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


NO_PAST = Past(history=History(), digest=digest_of([], []), document="", others=frozenset(), near=frozenset())
"""No other claim bears on this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was claimed in a revision (JSON), under which number, and how it was read then."""

    number: str
    document: str
    as_read: AsRead | None


def patient_keys(patient: Patient) -> frozenset[int]:
    """Numbers of which two claims share one whenever they can be of one patient, and hardly ever otherwise.

    A birth date or a member id, each with a word of the name: names that agree have a whole word in common, or are the
    same when written in one.
    """
    words = [word for word in name_words(patient.name) if len(word) > 1]
    whole = "".join(name_words(patient.name))
    stated = [f"born {patient.birth_date}"] if patient.birth_date else []
    stated += [f"member {patient.member_id.casefold()}"] if patient.member_id else []
    return frozenset(_key(f"{one} {word}") for one in stated for word in {*words, whole} if word)


def index_patient(session: Session, claim: ClaimRow, keys: Iterable[int]) -> None:
    """Let a claim be found by its patient from now on; by nobody, when there are no keys."""
    session.execute(delete(PatientKeyRow).where(PatientKeyRow.claim_id == claim.id))
    rows = [{"organisation": claim.organisation, "key": key, "claim_id": claim.id} for key in sorted(keys)]
    insert_all(session, PatientKeyRow, rows)


def kin(session: Session, organisation: str, claim_ids: Sequence[int]) -> dict[int, tuple[ClaimedThen, ...]]:
    """The claims that may be of the same patient as each of these; claims without any are left out."""
    claims_by_key: dict[int, list[int]] = {}
    for claim_id, key in ask(session, _KEYS, {"organisation": organisation, "claims": claim_ids}):
        claims_by_key.setdefault(key, []).append(claim_id)
    by_claim: dict[int, set[ClaimedThen]] = {}
    asked = {"organisation": organisation, "keys": sorted(claims_by_key)}
    for key, other, revision in ask(session, _SHARING, asked):
        for claim_id in claims_by_key[key]:
            if other != claim_id:
                by_claim.setdefault(claim_id, set()).add(ClaimedThen(claim_id=other, revision=revision))
    return {claim_id: tuple(sorted(others)[:KIN_MOST]) for claim_id, others in by_claim.items()}


def claimed_then(session: Session, organisation: str, wanted: Iterable[ClaimedThen]) -> dict[ClaimedThen, Kept]:
    """What these claims said in those revisions."""
    asked = set(wanted)
    if not asked:
        return {}
    found = (
        select(
            *(ClaimRow.id, ClaimRow.number, RevisionRow.revision),
            *(RevisionRow.document, RevisionRow.as_read, RevisionRow.as_read_by),
        )
        .join(RevisionRow, RevisionRow.claim_id == ClaimRow.id)
        .where(
            of_organisation(ClaimRow.organisation, organisation),
            ClaimRow.id.in_({one.claim_id for one in asked}),
            RevisionRow.revision.in_({one.revision for one in asked}),
        )
    )
    kept = {
        ClaimedThen(claim_id=claim_id, revision=revision): Kept(
            number=number, document=document, as_read=AsRead.of(as_read, engine)
        )
        for claim_id, number, revision, document, as_read, engine in session.execute(found)
    }
    return {one: kept[one] for one in asked if one in kept}


def keep_history(session: Session, claim_id: int, digest: str, document: str, others: Iterable[int]) -> None:
    """Keep what a claim is judged against, once."""
    if insert_once(session, HistoryRow, {"claim_id": claim_id, "digest": digest, "document": document}):
        rows = [{"claim_id": claim_id, "digest": digest, "other_id": other} for other in sorted(set(others))]
        insert_all(session, PrecedentRow, rows)


def kept_history(session: Session, claim_id: int, digest: str) -> str | None:
    """What a claim was judged against; None when it was nothing."""
    row = session.get(HistoryRow, (claim_id, digest))
    return row.document if row is not None else None


def revisions_now(session: Session, organisation: str, claim_ids: Sequence[int]) -> dict[int, int]:
    """The latest revision of each of these claims."""
    found = select(ClaimRow.id, ClaimRow.revision).where(
        of_organisation(ClaimRow.organisation, organisation), ClaimRow.id.in_(claim_ids), ClaimRow.revision > 0
    )
    return {row.id: row.revision for row in session.execute(found)}


def files_now(session: Session, organisation: str, claim_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The hashes of the files of each of these claims."""
    found = select(AttachmentRow.claim_id, AttachmentRow.sha256).where(
        of_organisation(AttachmentRow.organisation, organisation), AttachmentRow.claim_id.in_(claim_ids)
    )
    hashes: dict[int, tuple[str, ...]] = {}
    for claim_id, sha256 in session.execute(found.order_by(AttachmentRow.sha256)):
        if claim_id is not None:
            hashes[claim_id] = (*hashes.get(claim_id, ()), sha256)
    return hashes


def judged_against(session: Session, organisation: str, other_id: int) -> list[int]:
    """The claims whose answer that holds now was given against this claim, among others."""
    return list(ask(session, _JUDGED_AGAINST, {"organisation": organisation, "other": other_id}).scalars())


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
