"""Verifications as they are kept: appended to the claim's history, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from apexproof.policy import Policy
from apexproof.store.database import insert_once
from apexproof.store.tables import PolicyRow, VerificationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a verification answers; the same question has one answer."""

    claim_id: int
    revision: int
    files_digest: str
    reader: str
    engine: str
    policy_digest: str


def append(session: Session, question: Question, *, outcome: str, document: str, now: datetime) -> int:
    """Add the answer unless the question was answered before; its number. The claim must be held meanwhile."""
    known = session.scalar(
        select(VerificationRow.number).where(
            VerificationRow.claim_id == question.claim_id,
            VerificationRow.revision == question.revision,
            VerificationRow.files_digest == question.files_digest,
            VerificationRow.reader == question.reader,
            VerificationRow.engine == question.engine,
            VerificationRow.policy_digest == question.policy_digest,
        )
    )
    if known is not None:
        return known
    of_claim = VerificationRow.claim_id == question.claim_id
    number = (session.scalar(select(func.max(VerificationRow.number)).where(of_claim)) or 0) + 1
    session.add(
        VerificationRow(
            claim_id=question.claim_id,
            number=number,
            revision=question.revision,
            files_digest=question.files_digest,
            reader=question.reader,
            engine=question.engine,
            policy_digest=question.policy_digest,
            outcome=outcome,
            document=document,
            made_at=now,
        )
    )
    session.flush()
    return number


def made_since(session: Session, claim_id: int, moment: datetime) -> list[tuple[int, datetime]]:
    """The first two verifications of a claim made since then: number and time of each."""
    of_claim = VerificationRow.claim_id == claim_id, VerificationRow.made_at >= moment
    found = select(VerificationRow.number, VerificationRow.made_at).where(*of_claim).order_by(VerificationRow.number)
    return [(number, made_at) for number, made_at in session.execute(found.limit(2))]


def keep_policy(session: Session, policy: Policy) -> None:
    """Keep what a policy demands, once."""
    insert_once(
        session,
        PolicyRow,
        {
            "digest": policy.digest,
            "name": policy.name,
            "version": policy.version,
            "document": policy.model_dump_json(),
        },
    )


def verification(session: Session, claim_id: int, number: int) -> tuple[VerificationRow, PolicyRow] | None:
    """One verification of a claim and the policy that it was made under."""
    found = session.execute(
        select(VerificationRow, PolicyRow)
        .join(PolicyRow, PolicyRow.digest == VerificationRow.policy_digest)
        .where(VerificationRow.claim_id == claim_id, VerificationRow.number == number)
    ).first()
    return (found[0], found[1]) if found else None


def history(session: Session, claim_id: int) -> Sequence[tuple[VerificationRow, PolicyRow]]:
    """All verifications of a claim, the first one first."""
    found = session.execute(
        select(VerificationRow, PolicyRow)
        .join(PolicyRow, PolicyRow.digest == VerificationRow.policy_digest)
        .where(VerificationRow.claim_id == claim_id)
        .order_by(VerificationRow.number)
    )
    return [(row, policy) for row, policy in found]
