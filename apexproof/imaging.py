"""Imaging: DICOM instances that come by themselves are taken in, and join a claim or wait in the inbox for a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from apexproof.joining import Joining, Why, join, joining_of
from apexproof.reading.dicom.instance import Instance
from apexproof.reception import receive_attachment
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob
from apexproof.store.instances import InstanceState, add_instance, has_another, is_gone
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.tables import AttachmentRow, ClaimRow, InstanceRow
from apexproof.store.tombstones import bury

_OF_NO_CLAIM = "\x1f"
"""Stands before what a file is held by that waits for a person: no claim declares such a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedInstance:
    """An instance that was taken in; `is_new` unless the same came before, `has_another` under the same UID."""

    row: InstanceRow
    claim_id: int | None
    is_new: bool
    has_another: bool
    rings: tuple[Ring, ...]


def receive_instance(
    session: Session, organisation: str, instance: Instance, blob: Blob, sender: str, clock: Clock
) -> ReceivedInstance:
    """Take in an instance whose file is kept already.

    The same data set again is the same instance, however its file begins. Under a SOP Instance UID that came before
    with another data set it is kept beside it, and a person is asked.
    """
    values = {**asdict(instance), "organisation": organisation, "sender": sender, "received_at": clock.now}
    kept = {"sha256": blob.sha256, "size": blob.size, "state": InstanceState.WAITING, "why": Why.NO_CLAIM}
    row, is_new = add_instance(session, {**values, **kept})
    another = has_another(session, row)
    if not is_new and not is_gone(session, row):
        claim_id = None if row.attachment_id is None else session.get_one(AttachmentRow, row.attachment_id).claim_id
        return ReceivedInstance(row=row, claim_id=claim_id, is_new=False, has_another=another, rings=())
    joining = joining_of(session, row)
    received = receive_attachment(session, _sent(row, blob, joining), blob, clock)
    row.attachment_id, row.sha256, row.size = received.row.id, blob.sha256, blob.size
    row.state, row.why = InstanceState.JOINED if joining.claim else InstanceState.WAITING, joining.why
    session.flush()
    return ReceivedInstance(
        row=row, claim_id=received.row.claim_id, is_new=True, has_another=another, rings=received.rings
    )


def _sent(row: InstanceRow, blob: Blob, joining: Joining) -> Sent:
    held = f"{_OF_NO_CLAIM}{blob.sha256}"
    return Sent(
        organisation=row.organisation,
        claim_number=joining.claim.number if joining.claim else held,
        control_number=None if joining.claim else held,
        file_name=f"{row.uid}.dcm",
    )


def assign(session: Session, row: InstanceRow, claim: ClaimRow, clock: Clock) -> tuple[Ring, ...]:
    """Let what waits belong to the claim that a person names, and promise to judge it."""
    join(session, row, claim, Why.PERSON)
    return (promise(session, Work.VERIFY, of=claim, clock=clock),)


def dismiss(session: Session, row: InstanceRow, *, now: datetime) -> None:
    """Let what waits belong to no claim: its file is deleted, that it came stays on record."""
    row.state, row.why = InstanceState.DISMISSED, Why.PERSON
    if row.attachment_id is not None:
        bury(session, session.get_one(AttachmentRow, row.attachment_id), reason="dismissed from the inbox", now=now)
