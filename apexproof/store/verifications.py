"""Verifications as they are kept: appended to the claim's history, never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from apexproof.policy import Policy
from apexproof.store.claims import Obstacle
from apexproof.store.database import ask, insert_all, insert_once
from apexproof.store.histories import NO_PAST, Past, keep_history
from apexproof.store.many import among
from apexproof.store.tables import ClaimRow, PolicyRow, VerificationRow

# What is asked with every file is made once: that takes longer than to ask it.
_QUESTION = (
    VerificationRow.claim_id,
    VerificationRow.revision,
    VerificationRow.files_digest,
    VerificationRow.reader,
    VerificationRow.engine,
    VerificationRow.policy_digest,
    VerificationRow.history_digest,
    VerificationRow.attestations_digest,
)
_LAST = (
    select(VerificationRow.claim_id, func.max(VerificationRow.number))
    .where(among(VerificationRow.claim_id, "claims"))
    .group_by(VerificationRow.claim_id)
)
_ANSWERED = select(VerificationRow.number, *_QUESTION).where(
    among(VerificationRow.claim_id, "claims"), among(VerificationRow.policy_digest, "policies")
)
_STANDING = (
    select(*_QUESTION)
    .join(ClaimRow, (VerificationRow.claim_id == ClaimRow.id) & (VerificationRow.number == ClaimRow.verification))
    .where(among(ClaimRow.id, "claims"))
)
_MADE_SINCE = (
    select(VerificationRow.number, VerificationRow.made_at)
    .where(VerificationRow.claim_id == bindparam("claim"), VerificationRow.made_at >= bindparam("moment"))
    .order_by(VerificationRow.number)
    .limit(2)
)

NO_ATTESTATIONS = hashlib.sha256(b"[]").hexdigest()
"""The digest where nothing was settled by a person."""


class Question(Struct, frozen=True, kw_only=True):
    """What a verification answers; the same question has one answer."""

    claim_id: int
    revision: int
    files_digest: str
    reader: str
    engine: str
    policy_digest: str
    history_digest: str = NO_PAST.digest
    attestations_digest: str = NO_ATTESTATIONS


class Answer(Struct, frozen=True, kw_only=True):
    """What a claim's verification says, as it is kept, and what it leaves in the way of `verified`."""

    question: Question
    past: Past = NO_PAST
    outcome: str
    document: str
    obstacles: frozenset[Obstacle]


def append(session: Session, answers: Sequence[Answer], *, now: datetime) -> dict[int, int]:
    """Add each answer unless its question was answered before; its number, by claim. The claims must be held."""
    asked = {
        "claims": [answer.question.claim_id for answer in answers],
        "policies": list({answer.question.policy_digest for answer in answers}),
    }
    last: dict[int, int] = {claim_id: number for claim_id, number in ask(session, _LAST, asked)}  # noqa: C416 - rows are no pairs to mypy
    known = {tuple(question): number for number, *question in ask(session, _ANSWERED, asked)} if last else {}
    numbers: dict[int, int] = {}
    rows: list[dict[str, Any]] = []
    for answer in answers:
        question = answer.question
        number = known.get(astuple(question))
        if number is None:
            number = last.get(question.claim_id, 0) + 1
            rows.append(_row(answer, number, now))
            _keep_past(session, answer)
        numbers[question.claim_id] = number
    insert_all(session, VerificationRow, rows)
    return numbers


def _row(answer: Answer, number: int, now: datetime) -> dict[str, Any]:
    question = answer.question
    return {
        "claim_id": question.claim_id,
        "number": number,
        "revision": question.revision,
        "files_digest": question.files_digest,
        "reader": question.reader,
        "engine": question.engine,
        "policy_digest": question.policy_digest,
        "history_digest": question.history_digest,
        "attestations_digest": question.attestations_digest,
        "outcome": answer.outcome,
        "document": answer.document,
        "made_at": now,
    }


def _keep_past(session: Session, answer: Answer) -> None:
    past = answer.past
    if past.others:
        keep_history(session, answer.question.claim_id, past.digest, past.document, past.others)


def standing(session: Session, claim_ids: Sequence[int]) -> dict[int, Question]:
    """What the verification that holds now answers, for each of these claims that has one."""
    found = ask(session, _STANDING, {"claims": claim_ids})
    return {
        claim_id: Question(
            claim_id=claim_id,
            revision=revision,
            files_digest=files,
            reader=reader,
            engine=engine,
            policy_digest=policy,
            history_digest=history,
            attestations_digest=attestations,
        )
        for claim_id, revision, files, reader, engine, policy, history, attestations in found
    }


def made_since(session: Session, claim_id: int, moment: datetime) -> list[tuple[int, datetime]]:
    """The first two verifications of a claim made since then: number and time of each."""
    found = ask(session, _MADE_SINCE, {"claim": claim_id, "moment": moment})
    return [(number, made_at) for number, made_at in found]


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
