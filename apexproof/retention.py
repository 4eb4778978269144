"""Retention: the files of claims that were closed long enough ago are deleted; what was found in them stays.

First the tombstones are written, then the bytes are removed, each in a transaction of its own that a door opens; a
program that is killed in between removes them the next time. The same bytes are one blob for all, and removed only when
no attachment of any organisation needs them. A claim whose files are gone can still be judged, from its readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from apexproof.store.audit import Entry, note
from apexproof.store.blobs import Blobs, BlobsAway
from apexproof.store.tables import AttachmentRow
from apexproof.store.tombstones import bury, due, hold_blob, is_needed, note_removed, unneeded

_ACTION = "retention"


class BlobVanished(BlobsAway):
    """A file was deleted in the same moment in which it came again."""

    def __init__(self) -> None:
        Exception.__init__(self, "This file was just being deleted when it came; send it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long files are kept after their claim was closed, and who deletes them."""

    days: int
    actor: str
    address: str

    def due(self, session: Session, *, now: datetime, most: int) -> Sequence[AttachmentRow]:
        """The files whose time is over."""
        return due(session, before=now - timedelta(days=self.days), most=most)

    def bury(self, session: Session, *, now: datetime, most: int) -> Sequence[AttachmentRow]:
        """Let the files whose time is over count as deleted, each with a tombstone and an entry in the audit trail."""
        rows = self.due(session, now=now, most=most)
        for row in rows:
            bury(session, row, reason=f"{self.days} days after its claim was closed", now=now)
            entry = Entry(
                organisation=row.organisation,
                actor=self.actor,
                action=_ACTION,
                claim_id=row.claim_id,
                thing=row.sha256,
                address=self.address,
            )
            note(session, entry, now=now)
        return rows


def to_remove(session: Session, *, most: int) -> Sequence[str]:
    """The hashes of bytes that nobody needs any more."""
    return unneeded(session, most=most)


def remove(session: Session, blobs: Blobs, sha256: str, *, now: datetime) -> bool:
    """Remove bytes, unless somebody sent them again meanwhile; whether they are gone.

    Raises:
        BlobsAway: that is not possible now.
    """
    hold_blob(session, sha256)
    if is_needed(session, sha256):
        return False
    blobs.remove(sha256)
    note_removed(session, sha256, now=now)
    return True


def demand_kept(session: Session, blobs: Blobs, sha256: str) -> None:
    """Let the bytes of a file that just came stay, from here to the end of the transaction that writes its row.

    Raises:
        BlobVanished: they were removed since they came.
    """
    hold_blob(session, sha256)
    if not blobs.has(sha256):
        raise BlobVanished
