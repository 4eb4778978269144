"""Verifications: added, never changed, and one for each question."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.orm import Session

from apexproof.policy import load_policy
from apexproof.store.claims import hold_claim
from apexproof.store.database import Database
from apexproof.store.verifications import Answer, Question, append, history, keep_policy, verification
from tests.store.rows import NOON, at_once, digest, new_claim

POLICY = load_policy("payer")


def question(database: Database, number: str = "C-1") -> Question:
    with database.writing() as session:
        keep_policy(session, POLICY)
        return Question(
            claim_id=new_claim(session, number).id,
            revision=1,
            files_digest=digest("files"),
            reader="1",
            engine="1",
            policy_digest=POLICY.digest,
        )


def answered(session: Session, asked: Question, outcome: str = "verified") -> int:
    answer = Answer(question=asked, outcome=outcome, document=f'"{outcome}"', obstacles=frozenset())
    return append(session, [answer], now=NOON)[asked.claim_id]


def test_the_same_question_has_one_answer_and_the_first_one_stays(database: Database) -> None:
    asked = question(database)
    with database.writing() as session:
        assert [answered(session, asked, outcome) for outcome in ("verified", "contradicted")] == [1, 1]
        assert [row.outcome for row, _ in history(session, asked.claim_id)] == ["verified"]


def test_any_other_question_is_answered_behind_it(database: Database) -> None:
    asked = question(database)
    strict = load_policy("strict")
    others = [
        replace(asked, revision=2),
        replace(asked, files_digest=digest("other files")),
        replace(asked, reader="2"),
        replace(asked, engine="2"),
        replace(asked, policy_digest=strict.digest),
    ]
    with database.writing() as session:
        keep_policy(session, strict)
        assert [answered(session, one) for one in (asked, *others)] == [1, 2, 3, 4, 5, 6]
        assert [row.number for row, _ in history(session, asked.claim_id)] == [1, 2, 3, 4, 5, 6]


def test_those_who_hold_the_claim_and_answer_at_once_leave_one_answer(database: Database) -> None:
    asked = question(database)

    def answer(session: Session) -> int:
        hold_claim(session, asked.claim_id)
        return answered(session, asked)

    assert at_once(database, *[answer] * 4) == [1, 1, 1, 1]
    with database.looking() as session:
        assert len(history(session, asked.claim_id)) == 1


def test_each_claim_counts_its_own(database: Database) -> None:
    first, second = question(database, "C-1"), question(database, "C-2")
    with database.writing() as session:
        assert [answered(session, one) for one in (first, second)] == [1, 1]


def test_many_claims_are_answered_at_once_each_in_its_own_count(database: Database) -> None:
    first, second = question(database, "C-1"), question(database, "C-2")
    later = replace(first, revision=2)
    with database.writing() as session:
        answered(session, first)
        answers = [
            Answer(question=one, outcome="verified", document="{}", obstacles=frozenset()) for one in (later, second)
        ]
        assert append(session, answers, now=NOON) == {first.claim_id: 2, second.claim_id: 1}
        assert append(session, answers, now=NOON) == {first.claim_id: 2, second.claim_id: 1}


def test_a_document_comes_back_to_the_letter_and_takes_less_room(database: Database) -> None:
    asked = question(database)
    document = json.dumps(
        {"message": "pa8.dcm was taken on 2026-02-11 \u2013 \u00e9 \U0001f9b7", "again": ["x"] * 1000}
    )
    with database.writing() as session:
        append(
            session, [Answer(question=asked, outcome="verified", document=document, obstacles=frozenset())], now=NOON
        )
        found = verification(session, asked.claim_id, 1)
        assert found is not None
        session.expire_all()
        assert found[0].document == document
        kept = session.execute(text("SELECT length(document) FROM verifications")).scalar_one()
        assert kept < len(document) / 6


@pytest.mark.parametrize("packed", [str.encode, lambda text: zlib.compress(text.encode())])
def test_what_an_older_version_kept_in_another_form_comes_back(
    database: Database, packed: Callable[[str], bytes]
) -> None:
    asked, document = question(database), '{"message": "\u00e9"}'
    with database.writing() as session:
        answered(session, asked)
        session.execute(text("UPDATE verifications SET document = :octets"), {"octets": packed(document)})
        session.expire_all()
        found = verification(session, asked.claim_id, 1)
        assert found is not None
        assert found[0].document == document


def test_a_verification_comes_with_the_policy_that_it_was_made_under(database: Database) -> None:
    asked = question(database)
    with database.writing() as session:
        answered(session, asked)
    with database.looking() as session:
        found = verification(session, asked.claim_id, 1)
        assert found is not None
        assert (found[0].document, found[0].made_at, found[1].name) == ('"verified"', NOON, "payer")
        assert verification(session, asked.claim_id, 2) is None


def test_a_policy_is_kept_once_however_many_keep_it_at_once(database: Database) -> None:
    at_once(database, *[lambda session: keep_policy(session, POLICY)] * 4)
    asked = question(database)
    with database.writing() as session:
        answered(session, asked)
        ((_, policy),) = history(session, asked.claim_id)
        assert (policy.digest, policy.version) == (POLICY.digest, POLICY.version)
