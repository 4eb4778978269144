"""Keys: shown once, good until revoked, good for what they allow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from apexproof.store.database import Database
from apexproof.store.keys import Scope, all_keys, caller_of, make_key, note_use, revoke
from tests.store.rows import NOON, OURS


def made(database: Database, *scopes: Scope) -> str:
    with database.writing() as session:
        return make_key(session, organisation=OURS, name="practice software", scopes=scopes, now=NOON)


def test_a_key_speaks_for_its_organisation_and_allows_what_it_was_made_for(database: Database) -> None:
    key = made(database, Scope.READ)
    with database.looking() as session:
        caller, _ = caller_of(session, key, now=NOON)
    assert caller is not None
    assert (caller.organisation, caller.scopes) == (OURS, frozenset({Scope.READ}))


@pytest.mark.parametrize(("spoiled", "by"), [(".*", ""), (".$", ""), ("$", "x"), ("^apx_", ""), ("_", "-")])
def test_what_is_not_a_key_to_the_letter_speaks_for_nobody(database: Database, spoiled: str, by: str) -> None:
    written = re.sub(spoiled, by, made(database, Scope.READ), count=1)
    with database.looking() as session:
        assert caller_of(session, written, now=NOON) == (None, False)


def test_the_secret_is_nowhere_in_the_database(database: Database) -> None:
    secret = made(database, Scope.READ).split("_", 2)[2]
    with database.looking() as session:
        rows = session.execute(text("SELECT * FROM keys")).all()
    assert secret not in repr(rows)


def test_a_revoked_key_speaks_for_nobody_and_is_revoked_once(database: Database) -> None:
    key = made(database, Scope.READ)
    with database.writing() as session:
        (row,) = all_keys(session)
        assert [revoke(session, row.id, now=NOON), revoke(session, row.id, now=NOON)] == [True, False]
        assert caller_of(session, key, now=NOON) == (None, False)


def test_use_is_noted_to_the_minute(database: Database) -> None:
    key = made(database, Scope.READ)
    noted = []
    for seconds in (0, 30, 61, 62):
        now = NOON + timedelta(seconds=seconds)
        with database.writing() as session:
            caller, note = caller_of(session, key, now=now)
            assert caller is not None
            if note:
                note_use(session, caller.key, now=now)
                noted.append(seconds)
    assert noted == [0, 61]
