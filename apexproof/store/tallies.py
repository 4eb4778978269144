"""Tallies: what workers count, kept where all of them can add to it, and exact because it is counted with the work.

A count is added in the transaction of what it counts: work that was done twice without a trace is counted once, and
no count is lost with a process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from socket import gethostname
from types import ModuleType
from zlib import crc32

from sqlalchemy import Executable, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from apexproof.store.tables import TallyRow

_SHARDS = 64
BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds; the last bucket, behind all of them, has no end."""
NO_END = "+Inf"


class Tally(StrEnum):
    """What is counted, and what its label says."""

    VERDICT = "verdict"
    """The first verdict on what came, by outcome, with the seconds since it came."""
    OUTCOME_CHANGE = "outcome_change"
    """An outcome that became another: `before>after`; before the first it is `none`."""
    JOB_FAILURE = "job_failure"
    """A try of a job that failed: `work>kind of error`."""
    JOB_SET_ASIDE = "job_set_aside"
    """A job that was given up, by work."""
    READING_FAULT = "reading_fault"
    """A file, or a part of one, that could not be read, by the word for the fault."""


def _adding(dialect: ModuleType) -> Executable:
    """Insert a count, or add to the one that is there; made once, for it is needed with every verification."""
    one = dialect.insert(TallyRow.__table__)
    counted, more = TallyRow.__table__.c, one.excluded
    key = [counted.name, counted.label, counted.bound, counted.shard]
    added = {"number": counted.number + more.number, "seconds": counted.seconds + more.seconds}
    statement: Executable = one.on_conflict_do_update(index_elements=key, set_=added)
    return statement


_ADD = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count: of what, how many, and for buckets up to where and how many seconds."""

    name: str
    label: str
    bound: str
    number: int
    seconds: float


def add(session: Session, name: Tally, *label: str, seconds: float | None = None, number: int = 1) -> None:
    """Count so many more, in the bucket of their seconds when they have any."""
    bound = "" if seconds is None else next((str(one) for one in BOUNDS if seconds <= one), NO_END)
    one = {
        "name": name,
        "label": ">".join(label)[:80],
        "bound": bound,
        "shard": crc32(f"{gethostname()}:{os.getpid()}".encode()) % _SHARDS,
        "number": number,
        "seconds": seconds or 0.0,
    }
    session.connection().execute(_ADD[session.get_bind().dialect.name], one)


def all_counts(session: Session) -> Sequence[Count]:
    """Everything that was counted."""
    of = TallyRow.name, TallyRow.label, TallyRow.bound
    found = select(*of, func.sum(TallyRow.number), func.sum(TallyRow.seconds)).group_by(*of).order_by(*of)
    return [
        Count(name=name, label=label, bound=bound, number=int(number), seconds=float(seconds))
        for name, label, bound, number, seconds in session.execute(found)
    ]
