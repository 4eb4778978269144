"""Synthetic kept claims: the cases of fixtures/ under many numbers, with their readings; and how all are judged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from apexproof import READER_VERSION, __version__
from apexproof.formats.native import parse_claims, written_as_read
from apexproof.policy import Policy
from apexproof.reading.part import Depth
from apexproof.reading.sandbox import Sandbox
from apexproof.reprocessing import begin, judge_batch, keep_batch, next_batch
from apexproof.store.attachments import reading_json
from apexproof.store.claims import Wanted
from apexproof.store.database import Database, insert_all
from apexproof.store.jobs import Clock
from apexproof.store.reprocessing import Order
from apexproof.store.tables import AttachmentRow, ClaimRow, ReadingRow, RevisionRow
from fixtures.case import CASES

ORGANISATION = "main"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 2000
# Three of four are in order, as a clearinghouse may hope; the others stand for the usual faults.
_KINDS = (
    *("verified-coded-dicom",) * 9,
    "wrong-tooth",
    "taken-after-the-visit",
    "declared-jpeg-under-payer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    claim: dict[str, Any]
    as_read: dict[str, Any]
    files: tuple[tuple[str, str, str], ...]  # name, hash, reading


def fill(database: Database, claims: int, *, behind: int = 0) -> None:
    """Fill a database up to so many claims that nobody judged yet, behind those that are there."""
    for first in range(behind, claims, _AT_ONCE):
        rows = list(_rows(range(first, min(first + _AT_ONCE, claims))))
        with database.writing() as session:
            for table in (ClaimRow, RevisionRow, AttachmentRow, ReadingRow):
                insert_all(session, table, [row for kind, row in rows if kind is table])


def begin_run(database: Database, policy: Policy, *, dry_run: bool = False) -> int:
    """Begin to judge all of them anew."""
    order = Order(
        organisation=ORGANISATION,
        why="benchmark",
        asked_by="benchmark",
        policy_digest=policy.digest,
        wanted=Wanted(),
        listed=None,
        dry_run=dry_run,
    )
    with database.writing() as session:
        return begin(session, order, policy, _clock())[0].id


def steps(database: Database, run: int) -> Iterator[str]:
    """Do a run as the worker does; the name of each step when it is done."""
    while True:
        with database.looking() as session:
            batch = next_batch(session, run)
        if batch is None:
            return
        yield "fetch"
        judged = judge_batch(batch)
        yield "judge"
        with database.writing() as session:
            keep_batch(session, batch, judged, _clock())
        yield "keep"


def _clock() -> Clock:
    return Clock(now=datetime.now(UTC), resend=timedelta(seconds=30))


def _rows(indices: range) -> Iterator[tuple[type, dict[str, Any]]]:
    for index in indices:
        template = _template(_KINDS[index % len(_KINDS)])
        number, came = f"SYN-{index:08d}", _FIRST + timedelta(seconds=7 * index)
        claim = template.claim | {
            "claim_number": number,
            "narrative": f"{template.claim['narrative']} Seen in room {index}.",  # no two claims have the same notes
        }
        document = json.dumps(claim, sort_keys=True, separators=(",", ":"))
        searched = {"payer": f"PAYER-{index % 20}", "provider": f"{index % 500:010d}", "visit": came.date()}
        kept = {"id": index + 1, "organisation": ORGANISATION, "number": number, "revision": 1, "received_at": came}
        yield ClaimRow, kept | searched
        digest = hashlib.sha256(document.encode()).hexdigest()
        yield (
            RevisionRow,
            {"claim_id": index + 1, "revision": 1, "digest": digest, "document": document, "received_at": came}
            | {"as_read": json.dumps({**template.as_read, "number": number}), "as_read_by": __version__},
        )
        for name, sha256, reading in template.files:
            own = hashlib.sha256(f"{number}/{name}".encode()).hexdigest()
            of_file = {"organisation": ORGANISATION, "sha256": own}
            sent = {"claim_number": number, "claim_id": index + 1, "file_name": name, "size": 1, "received_at": came}
            read = {"reader": READER_VERSION, "document": reading.replace(sha256, own), "read_at": came}
            yield AttachmentRow, of_file | sent
            for depth in (Depth.PIXELS, Depth.WORDS):
                yield ReadingRow, of_file | read | {"depth": depth}


@cache
def _template(case: str) -> _Template:
    claim = json.loads((CASES / case / "claim.json").read_bytes())
    with Sandbox() as sandbox:
        readings = [(path.name, sandbox.read(path)) for path in sorted((CASES / case / "files").iterdir())]
    (parsed,) = parse_claims((CASES / case / "claim.json").read_bytes(), origin=case)
    return _Template(
        claim=claim,
        as_read=json.loads(written_as_read(parsed)),
        files=tuple((name, reading.sha256, reading_json(reading)) for name, reading in readings),
    )
