"""Attestations as they are kept: what persons settled, added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from apexproof.store.many import among
from apexproof.store.tables import AttestationRow, ClaimRow

_OF_CLAIMS = (
    select(AttestationRow)
    .where(
        AttestationRow.organisation == bindparam("organisation"),
        among(AttestationRow.claim_id, "claims"),
    )
    .order_by(AttestationRow.claim_id, AttestationRow.number)
)
"""Made once, for that takes longer than to ask it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What was sent (JSON), what it settles, and by which key it came."""

    document: str
    finding: str | None
    key: str
    key_name: str


def add_attestation(session: Session, claim: ClaimRow, word: Word, *, now: datetime) -> AttestationRow:
    """Add a person's word to a claim, which must be held."""
    last = session.scalar(select(func.max(AttestationRow.number)).where(AttestationRow.claim_id == claim.id)) or 0
    row = AttestationRow(
        claim_id=claim.id,
        number=last + 1,
        organisation=claim.organisation,
        document=word.document,
        finding=word.finding,
        key=word.key,
        key_name=word.key_name,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def attestations_of(
    session: Session, organisation: str, claim_ids: Sequence[int]
) -> dict[int, tuple[AttestationRow, ...]]:
    """What was settled of each of these claims, the first word first; claims of which nothing was are left out."""
    by_claim: dict[int, tuple[AttestationRow, ...]] = {}
    for row in session.scalars(_OF_CLAIMS, {"organisation": organisation, "claims": claim_ids}):
        by_claim[row.claim_id] = (*by_claim.get(row.claim_id, ()), row)
    return by_claim
