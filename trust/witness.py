"""Witness: looks at the history now and then, and knows at the end whether anything in it was changed or taken away."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select, tuple_
from sqlalchemy.exc import DBAPIError

from apexproof.store.database import Database
from apexproof.store.tables import JobRow, VerificationRow

_AT_ONCE = 200


class Witness:
    """Remembers each answer as it was first seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[tuple[int, int], bytes] = {}

    def look(self) -> None:
        """See what is new, unless the database is away; what was seen before is looked at again at the end."""
        newest = select(VerificationRow).order_by(VerificationRow.made_at.desc()).limit(_AT_ONCE)
        try:
            with self._database.looking() as session:
                for row in session.scalars(newest):
                    self._seen.setdefault((row.claim_id, row.number), _digest(row))
        except (DBAPIError, OSError):
            return

    def must_be_confirmed(self) -> int:
        """All that was seen is there as it was seen; how many jobs there were."""
        keys = list(self._seen)
        key = tuple_(VerificationRow.claim_id, VerificationRow.number)
        with self._database.looking() as session:
            found: dict[tuple[int, int], bytes] = {}
            for first in range(0, len(keys), _AT_ONCE):
                rows = session.scalars(select(VerificationRow).where(key.in_(keys[first : first + _AT_ONCE])))
                found |= {(row.claim_id, row.number): _digest(row) for row in rows}
            jobs = session.scalar(select(func.count()).select_from(JobRow)) or 0
        self._database.close()
        assert found == self._seen
        return jobs


def _digest(row: VerificationRow) -> bytes:
    columns = (str(getattr(row, column.name)) for column in VerificationRow.__table__.columns)
    return hashlib.sha256("\x1f".join(columns).encode()).digest()
