"""Claims as the service keeps them, with files that were read: built row by row, without a queue or a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from apexproof.formats.native import parse_documents
from apexproof.formats.native_documents import ClaimDocument
from apexproof.policy import Policy, load_policy, parse_policy
from apexproof.radiograph import FileReading
from apexproof.reception import receive_attachment, receive_document
from apexproof.review import PIXELS, verify_claim
from apexproof.store.attachments import Sent, add_reading
from apexproof.store.blobs import Blob
from apexproof.store.jobs import Clock, JobState
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow
from fixtures.claims import MARIGOLD, claim
from tests.builders import at, fingerprint, picture_of, said
from tests.store.rows import OURS, digest

PAYER = load_policy("payer")
YOUNG = parse_policy(
    b'extends = "payer"\nname = "young"\nversion = "1"\n[timing]\nmax_age_days = 30\n', origin="a test"
)
"""Radiographs of the last thirty days before the visit of 2026-02-10 alone."""
NOON = datetime(2026, 2, 12, 12, tzinfo=UTC)


def clock(seconds: float = 0) -> Clock:
    """So long after noon."""
    return Clock(now=NOON + timedelta(seconds=seconds), resend=timedelta(seconds=10))


def kept_claim(
    session: Session,
    number: str,
    *,
    taken: str | None = "2026-01-27",
    organisation: str = OURS,
    judged: Policy | None = PAYER,
    seconds: float = 0,
    **changes: Any,  # noqa: ANN401 - anything that a claim says
) -> ClaimRow:
    """A claim with one radiograph of that day (or none), judged under a policy; in order unless `changes` spoil it."""
    came = clock(seconds)
    (written,) = parse_documents(claim_json(number, **changes), origin="test")
    row = receive_document(session, organisation, written, came).row
    if taken is not None:
        sha256 = digest(f"{number}.dcm")
        sent = Sent(organisation=organisation, claim_number=number, file_name="pa8.dcm")
        receive_attachment(session, sent, Blob(sha256=sha256, size=1), came)
        film = fingerprint(f"{sum(map(ord, number)) % 16:x}")
        picture = picture_of("8", exposure=(said(at(taken)),), fingerprint=(said(film),))
        reading = FileReading(sha256=sha256, size=1, kind="dicom", radiographs=(picture,))
        add_reading(session, organisation, reading, version=PIXELS, now=came.now)
    promised = (
        JobRow.claim_id == row.id,
        JobRow.attachment_id.in_(select(AttachmentRow.id).where(AttachmentRow.claim_id == row.id)),
    )
    session.execute(update(JobRow).where(or_(*promised)).values(state=JobState.DONE))
    if judged is not None:
        verify_claim(session, row.id, judged, came)
        session.refresh(row)
    return row


def claim_json(number: str, **changes: Any) -> bytes:  # noqa: ANN401 - anything that a claim says
    """A claim document, of a patient of its own: one visit on one tooth of one patient is billed once."""
    middle = "n" + "".join(letter for letter in number.casefold() if letter.isalnum())
    patient = MARIGOLD.model_copy(update={"name": MARIGOLD.name.model_copy(update={"middle": middle})})
    document: ClaimDocument = claim(claim_number=number, **{"patient": patient, **changes})
    return document.model_dump_json(exclude_defaults=True).encode()
