"""Rows to test the store with, and two who want the same at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from sqlalchemy.orm import Session

from apexproof.store.attachments import Sent, add_attachment
from apexproof.store.blobs import Blob
from apexproof.store.claims import Noted, Obstacle, Searched, add_revision, note_outcomes, open_claim
from apexproof.store.database import Database
from apexproof.store.jobs import Clock
from apexproof.store.tables import AttachmentRow, ClaimRow
from apexproof.webhooks import Moved

T = TypeVar("T")
NOON = datetime(2026, 2, 12, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
OURS, THEIRS = "marigold-dental", "other-dental"
_PATIENCE_SECONDS = 60


def at(seconds: float) -> Clock:
    """The clock, so long after noon; rings are repeated after ten seconds."""
    return Clock(now=NOON + timedelta(seconds=seconds), resend=timedelta(seconds=10))


def searched(
    *control_numbers: str, payer: str | None = None, provider: str | None = None, visit: date | None = None
) -> Searched:
    """What of a claim is searched for."""
    return Searched(payer=payer, provider=provider, visit=visit, control_numbers=frozenset(control_numbers))


def new_claim(
    session: Session, number: str = "C-1", *, organisation: str = OURS, of: Searched | None = None
) -> ClaimRow:
    """A claim with one revision."""
    row = open_claim(session, organisation, number, now=NOON)
    add_revision(session, row, digest=digest(number), document="{}", searched=of or searched(), now=NOON)
    return row


def new_attachment(
    session: Session,
    content: str = "film",
    *,
    number: str = "C-1",
    organisation: str = OURS,
    control_number: str | None = None,
) -> AttachmentRow:
    """A file for a claim's number."""
    sent = Sent(
        organisation=organisation, claim_number=number, control_number=control_number, file_name=f"{content}.dcm"
    )
    row, _ = add_attachment(session, sent, Blob(sha256=digest(content), size=len(content)), now=NOON)
    return row


def moved(claim: ClaimRow, before: str | None) -> Moved:
    """That a claim had another outcome before the one that it has."""
    return Moved(
        organisation=claim.organisation,
        claim=claim.number,
        before=before,
        outcome=claim.outcome,
        verification=claim.verification,
    )


def note(
    session: Session, claim: ClaimRow, outcome: str, number: int, *checks: str, clock: Clock | None = None
) -> None:
    """That a verification holds now, with these checks in the way."""
    obstacles = frozenset(Obstacle(check=check, message=f"{check} fails.", remedy="Mend it.") for check in checks)
    noted = Noted(claim_id=claim.id, outcome=outcome, verification=number, obstacles=obstacles)
    note_outcomes(session, [noted], now=(clock or at(0)).now)
    session.refresh(claim)


def digest(word: str) -> str:
    """Something of the shape of a SHA-256."""
    return word.encode().hex().ljust(64, "0")[:64]


def at_once(database: Database, *acts: Callable[[Session], T]) -> list[T]:
    """Let each act in a transaction and a thread of its own, all from the same moment on."""
    ready = Barrier(len(acts), timeout=_PATIENCE_SECONDS)

    def act(what: Callable[[Session], T]) -> T:
        ready.wait()
        with database.writing() as session:
            return what(session)

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(act, acts, timeout=_PATIENCE_SECONDS))
