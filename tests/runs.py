"""Runs: kept claims that are judged anew, as a worker does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from apexproof.policy import Policy
from apexproof.reprocessing import (
    BATCH,
    Batch,
    begin,
    judge_batch,
    keep_batch,
    next_batch,
)
from apexproof.store.claims import Wanted
from apexproof.store.database import Database
from apexproof.store.reprocessing import Order, differences, run_of
from apexproof.store.tables import (
    ClaimRow,
    ReprocessingRow,
)
from tests.kept import YOUNG, clock, kept_claim
from tests.store.rows import OURS


def ordered(
    session: Session,
    policy: Policy = YOUNG,
    *,
    wanted: Wanted | None = None,
    listed: tuple[int, ...] | None = None,
    dry_run: bool = False,
) -> int:
    """A run that has begun."""
    order = Order(
        organisation=OURS,
        why="a test",
        asked_by="a test",
        policy_digest=policy.digest,
        wanted=wanted or Wanted(),
        listed=listed,
        dry_run=dry_run,
    )
    return begin(session, order, policy, clock(100))[0].id


def one_batch(
    database: Database, run: int, meanwhile: Callable[[], None] = lambda: None, *, most: int = BATCH
) -> Batch | None:
    """What a worker does with one job; `meanwhile` happens between fetching and keeping."""
    with database.looking() as session:
        batch = next_batch(session, run, most=most)
    if batch is not None:
        judged = judge_batch(batch)
        meanwhile()
        with database.writing() as session:
            keep_batch(session, batch, judged, clock(200))
    return batch


def whole_run(database: Database, run: int, *, most: int = BATCH) -> ReprocessingRow:
    """The run when nothing more can be done."""
    while True:
        with database.looking() as session:
            row = run_of(session, OURS, run)
            assert row is not None
        batch = one_batch(database, run, most=most)
        if batch is None or (batch.again and not batch.dossiers):
            return row


def stock(database: Database) -> None:
    """Three claims: with a young film, with one that is older than YOUNG takes, and with one after the visit."""
    with database.writing() as session:
        for number, taken in (("A", "2026-01-27"), ("B", "2025-11-01"), ("C", "2026-02-11")):
            kept_claim(session, number, taken=taken)


def outcomes(database: Database) -> dict[str, str | None]:
    with database.looking() as session:
        return {row.number: row.outcome for row in session.scalars(select(ClaimRow))}


def everything(database: Database) -> Sequence[Any]:
    """All that there is of claims and their histories."""
    with database.looking() as session:
        tables = ("claims", "verifications", "claim_obstacles", "claim_revisions", "attachments", "readings")
        return [session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]  # noqa: S608 - our own tables


def changed(database: Database, run: int) -> list[tuple[str, str | None, str | None, str, str]]:
    with database.looking() as session:
        row = session.get_one(ReprocessingRow, run)
        found = differences(session, row, faults=False, after=0, most=100)
        return [(number, one.before, one.after, one.checks_before, one.checks_after) for one, number in found]
