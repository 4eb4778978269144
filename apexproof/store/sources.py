"""Sources: interchanges as they came, and where in them claims and files were said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from apexproof.store.blobs import Blob
from apexproof.store.database import insert_once
from apexproof.store.tables import (
    AttachmentRow,
    AttachmentSourceRow,
    ClaimRow,
    InterchangeRow,
    RevisionRow,
    RevisionSourceRow,
)

_CONTROL_NUMBER_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where in an interchange a claim stands; the control numbers are those of its envelope."""

    segment: int
    interchange: str
    group: str
    transaction_set: str
    line_control_numbers: Mapping[int, str] = field(default_factory=dict)


def keep_interchange(session: Session, organisation: str, blob: Blob, *, now: datetime) -> tuple[int, bool]:
    """Keep that an interchange came, and say whether it is new; the same bytes are the same interchange."""
    values = {"organisation": organisation, "sha256": blob.sha256, "size": blob.size, "received_at": now}
    is_new = insert_once(session, InterchangeRow, values)
    return _theirs(session, organisation, blob.sha256).id, is_new


def note_revision(session: Session, claim: ClaimRow, interchange_id: int, source: Source) -> None:
    """Note where the latest revision of a claim was said."""
    row = RevisionSourceRow(
        claim_id=claim.id,
        revision=claim.revision,
        interchange_id=interchange_id,
        segment=source.segment,
        interchange=_plain(source.interchange),
        group=_plain(source.group),
        transaction_set=_plain(source.transaction_set),
        line_control_numbers=json.dumps({str(line): text for line, text in source.line_control_numbers.items()}),
    )
    session.add(row)


def note_attachment(
    session: Session, attachment: AttachmentRow, interchange_id: int, *, segment: int, line: str | None
) -> None:
    """Note where a file came; of one that came again the first place stays."""
    values = {"interchange_id": interchange_id, "segment": segment, "line": _plain(line) if line else None}
    insert_once(session, AttachmentSourceRow, {"attachment_id": attachment.id, **values})


def has_interchange(session: Session, organisation: str, sha256: str) -> bool:
    """Whether an interchange of these bytes came."""
    found = select(InterchangeRow.id).where(
        InterchangeRow.organisation == organisation, InterchangeRow.sha256 == sha256
    )
    return session.scalar(found) is not None


def revisions(
    session: Session, claim: ClaimRow
) -> Sequence[tuple[RevisionRow, RevisionSourceRow | None, InterchangeRow | None]]:
    """Every revision of a claim with its source, the first one first."""
    found = (
        select(RevisionRow, RevisionSourceRow, InterchangeRow)
        .outerjoin(
            RevisionSourceRow,
            (RevisionSourceRow.claim_id == RevisionRow.claim_id) & (RevisionSourceRow.revision == RevisionRow.revision),
        )
        .outerjoin(InterchangeRow, InterchangeRow.id == RevisionSourceRow.interchange_id)
        .where(RevisionRow.claim_id == claim.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(found.order_by(RevisionRow.revision))]


def _theirs(session: Session, organisation: str, sha256: str) -> InterchangeRow:
    found = select(InterchangeRow).where(InterchangeRow.organisation == organisation, InterchangeRow.sha256 == sha256)
    return session.execute(found).scalar_one()


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:_CONTROL_NUMBER_MOST]
