"""Closures: claims of which nothing more is expected, until they are sent anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from apexproof.store.database import insert_once
from apexproof.store.tables import ClaimRow, ClosureRow


def close(session: Session, claim: ClaimRow, *, reason: str, by: str, now: datetime) -> tuple[ClosureRow, bool]:
    """Close a claim, and say whether it was open; the closure of one that is closed already stays as it is."""
    values = {
        "claim_id": claim.id,
        "organisation": claim.organisation,
        "reason": reason,
        "closed_at": now,
        "closed_by": by,
    }
    is_new = insert_once(session, ClosureRow, values)
    return session.get_one(ClosureRow, claim.id, populate_existing=True), is_new


def reopen(session: Session, claim: ClaimRow) -> None:
    """Open a claim, if it is closed."""
    session.execute(delete(ClosureRow).where(ClosureRow.claim_id == claim.id))


def closure_of(session: Session, claim: ClaimRow) -> ClosureRow | None:
    """The closure of a claim; None while it is open."""
    return session.get(ClosureRow, claim.id)
