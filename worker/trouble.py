"""Trouble: what becomes of a job that failed: how often it is tried, how long it waits, and what is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy.exc import DBAPIError

from apexproof import webhooks
from apexproof.courier import DeliveryFailed
from apexproof.errors import ApexproofError
from apexproof.logs import Event, Fields, tell, where
from apexproof.reading.child_process import SandboxBroken
from apexproof.store.blobs import BlobsAway
from apexproof.store.database import is_its_own
from apexproof.store.jobs import Work
from apexproof.store.tables import JobRow

_BLAMELESS = (BlobsAway, SandboxBroken, webhooks.DeliveryPostponed)
_AGAIN_MOST = 60.0  # seconds between two tries


def tries(work: str, usual: int) -> int:
    """How often it is tried before it is set aside."""
    return len(webhooks.PAUSES) + 1 if work == Work.DELIVER else usual


def is_nobodys(error: Exception) -> bool:
    """Whether neither the file nor the claim is to blame, so that no try is counted."""
    return isinstance(error, _BLAMELESS) or (isinstance(error, DBAPIError) and is_its_own(error))


def is_last(row: JobRow, error: Exception, usual: int) -> bool:
    """Whether it is not tried again."""
    return row.attempts >= tries(row.work, usual) or (isinstance(error, DeliveryFailed) and error.final)


def pause(row: JobRow, error: Exception) -> timedelta:
    """How long it waits."""
    if row.work == Work.DELIVER:
        return webhooks.pause(row.attempts, error)
    return timedelta(seconds=min(2.0**row.attempts, _AGAIN_MOST))


def reason(error: Exception) -> str:
    """Why, for whoever looks at the job: the message of a stranger's exception may quote a claim, its name does not."""
    return str(error) if isinstance(error, ApexproofError) else type(error).__name__


def tell_failure(row: JobRow, error: Exception) -> None:
    """Tell where it failed, and not what the error says."""
    tell(
        Event.JOB_FAILED,
        job=row.id,
        work=row.work,
        attempt=row.attempts,
        error=type(error).__name__,
        where=where(error),
    )


def tell_done(row: JobRow, *, seconds: float) -> None:
    """Tell that it was done."""
    fields: Fields = {"job": row.id, "work": row.work, "attempt": row.attempts, "seconds": round(seconds, 4)}
    on: tuple[tuple[Literal["claim", "attachment", "delivery"], int | None], ...] = (
        ("claim", row.claim_id),
        ("attachment", row.attachment_id),
        ("delivery", row.delivery_id),
    )
    for name, number in on:
        if number is not None:
            fields[name] = number
    tell(Event.JOB_DONE, **fields)
