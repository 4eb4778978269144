"""Many: values that are handed over as one arrive as they are, on both databases, and are looked up by an index."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from apexproof.store.database import Database, insert_all
from apexproof.store.many import among
from apexproof.store.tables import ClaimRow, ObstacleRow, RevisionRow
from tests.store.rows import NOON, new_claim

# Neither database keeps U+0000 in a text, and UTF-8 has no surrogates.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
TRICKY = ["", " ", "NULL", "null", "{}", "{a,b}", '"', "\\", '\\"', "a,b", "'", "%s", ":name", "$1", "\n\t", "é漢🦷"]
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def kept_and_found(database: Database, rows: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    """The obstacles of a claim after these were kept, and those that are found by their checks."""
    with database.writing() as session:
        session.execute(delete(ObstacleRow))
        claim = session.scalar(select(ClaimRow)) or new_claim(session)
        insert_all(session, ObstacleRow, [{"claim_id": claim.id, **row} for row in rows])
        found = select(ObstacleRow.check, ObstacleRow.message, ObstacleRow.remedy).where(
            among(ObstacleRow.check, "checks")
        )
        checks = [row["check"] for row in rows]
        return [(row.check, row.message, row.remedy) for row in session.execute(found, {"checks": checks})]


@SETTINGS
@given(messages=st.lists(st.tuples(TEXTS, st.none() | TEXTS), max_size=6))
def test_any_text_is_kept_as_it_is(database: Database, messages: list[tuple[str, str | None]]) -> None:
    rows = [{"check": str(index), "message": said, "remedy": do} for index, (said, do) in enumerate(messages)]
    assert sorted(kept_and_found(database, rows)) == [(str(n), said, do) for n, (said, do) in enumerate(messages)]


def test_a_text_that_means_something_to_the_database_is_a_text(database: Database) -> None:
    rows = [{"check": one[:10], "message": one, "remedy": one} for one in TRICKY]
    assert sorted(kept_and_found(database, rows)) == sorted((one[:10], one, one) for one in TRICKY)


def test_a_text_is_never_cut_to_the_length_of_its_column(database: Database) -> None:
    row = {"check": "APX" * 4, "message": "m", "remedy": None}
    with database.looking() as session:
        minds_the_length = session.get_bind().dialect.name == "postgresql"
    with pytest.raises(DBAPIError, match="too long") if minds_the_length else nullcontext():
        assert kept_and_found(database, [row]) == [("APX" * 4, "m", None)]


def test_documents_and_moments_are_kept_as_they_are(database: Database) -> None:
    moments = [NOON, NOON.astimezone(timezone(timedelta(hours=-5))), datetime(2026, 1, 1, 0, 0, 0, 7, tzinfo=UTC)]
    documents = [f'{{"of": "a\\\\b {index}"}}' * 100 for index in range(len(moments))]
    with database.writing() as session:
        claim = new_claim(session, "C-1")
        insert_all(
            session,
            RevisionRow,
            [
                {"claim_id": claim.id, "revision": at + 2, "digest": "d", "document": document, "received_at": moment}
                for at, (document, moment) in enumerate(zip(documents, moments, strict=True))
            ],
        )
    with database.looking() as session:
        found = select(RevisionRow).where(RevisionRow.revision > 1).order_by(RevisionRow.revision)
        kept = [(row.document, row.received_at, row.as_read) for row in session.scalars(found)]
    assert kept == [(document, moment, None) for document, moment in zip(documents, moments, strict=True)]


def test_of_no_values_none_is_found_and_nothing_is_kept(database: Database) -> None:
    assert kept_and_found(database, []) == []


def test_ten_thousand_values_are_handed_over_at_once(database: Database) -> None:
    rows = [{"check": str(index), "message": "m", "remedy": None} for index in range(10_000)]
    assert len(kept_and_found(database, rows)) == len(rows)


def test_an_index_is_taken(database: Database) -> None:
    with database.looking() as session:
        dialect = session.get_bind().dialect
        compiled = select(ClaimRow.number).where(among(ClaimRow.id, "claims")).compile(dialect=dialect)
        if dialect.name == "sqlite":
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {compiled}".replace("?", ":claims")), {"claims": "[1]"})
            assert "SEARCH claims USING INTEGER PRIMARY KEY" in plan.first()[3]  # type: ignore[index]
        else:  # a cast from text would be made anew for each row
            assert str(compiled).endswith("claims.id = ANY (%s::BIGINT[])")
