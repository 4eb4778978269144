"""Webhooks as they are kept, and what is still to be delivered to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from apexproof.store.jobs import JobState
from apexproof.store.tables import DeliveryRow, JobRow, WebhookRow


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    """It will be tried, or tried again."""
    DELIVERED = "delivered"
    """Its receiver took it."""
    DEAD = "dead"
    """It was tried for days and given up; it can be replayed."""
    DROPPED = "dropped"
    """Its webhook had ended before it could be delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery and how far it is."""

    row: DeliveryRow
    job: JobRow | None

    @property
    def state(self) -> DeliveryState:
        """What follows from its row and its job."""
        if self.row.delivered_at is not None:
            return DeliveryState.DELIVERED
        if self.job is None or self.job.state == JobState.DONE:
            return DeliveryState.DROPPED
        return DeliveryState.DEAD if self.job.state == JobState.SET_ASIDE else DeliveryState.PENDING


_GOOD = (
    select(WebhookRow)
    .where(WebhookRow.organisation == bindparam("organisation"), WebhookRow.ended_at.is_(None))
    .order_by(WebhookRow.created_at, WebhookRow.id)
)
"""Made once: it is asked with every outcome that changes, and takes longer to make than to ask."""
_WITH_JOB = select(DeliveryRow, JobRow).outerjoin(JobRow, JobRow.delivery_id == DeliveryRow.id)


def add_webhook(session: Session, row: WebhookRow) -> None:
    """Add a webhook."""
    session.add(row)
    session.flush()


def webhooks_of(session: Session, organisation: str) -> Sequence[WebhookRow]:
    """An organisation's webhooks, but for those that ended; the oldest first."""
    return session.scalars(_GOOD, {"organisation": organisation}).all()


def count_webhooks(session: Session, organisation: str) -> int:
    """How many webhooks an organisation has."""
    good = WebhookRow.organisation == organisation, WebhookRow.ended_at.is_(None)
    return session.execute(select(func.count()).select_from(WebhookRow).where(*good)).scalar_one()


def find_webhook(session: Session, organisation: str, webhook: str) -> WebhookRow | None:
    """An organisation's webhook that has not ended."""
    row = session.get(WebhookRow, webhook)
    return row if row is not None and row.organisation == organisation and row.ended_at is None else None


def end_webhook(session: Session, webhook: str, *, because: str, now: datetime) -> None:
    """End a webhook; what was delivered to it stays on record, its secrets do not."""
    ended = {"ended_at": now, "ended_because": because, "secret": "", "earlier_secret": None, "earlier_until": None}
    session.execute(update(WebhookRow).where(WebhookRow.id == webhook).values(**ended))


def exchange_secret(session: Session, webhook: str, *, secret: str, earlier_until: datetime) -> None:
    """Let another secret sign; the one before it signs as well for a while."""
    exchanged = {"secret": secret, "earlier_secret": WebhookRow.secret, "earlier_until": earlier_until}
    session.execute(update(WebhookRow).where(WebhookRow.id == webhook).values(**exchanged))


def be_quiet(session: Session, webhook: str, *, until: datetime | None) -> None:
    """Try nothing at a webhook until then; None ends the quiet."""
    session.execute(update(WebhookRow).where(WebhookRow.id == webhook).values(quiet_until=until))


def add_delivery(session: Session, webhook: WebhookRow, *, message: str, body: str, now: datetime) -> DeliveryRow:
    """Add what is to be delivered."""
    row = DeliveryRow(
        organisation=webhook.organisation, webhook_id=webhook.id, message=message, body=body, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def undelivered(session: Session, delivery: int) -> tuple[DeliveryRow, WebhookRow] | None:
    """What is to be delivered, and where; None when it was, or when its webhook ended."""
    found = session.execute(
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
        .where(DeliveryRow.id == delivery, DeliveryRow.delivered_at.is_(None), WebhookRow.ended_at.is_(None))
    ).first()
    return (found[0], found[1]) if found else None


def note_delivered(session: Session, delivery: int, *, now: datetime) -> None:
    """It was taken."""
    session.execute(update(DeliveryRow).where(DeliveryRow.id == delivery).values(delivered_at=now))


def deliveries_of(session: Session, webhook: WebhookRow, *, before: int | None, most: int) -> Sequence[Delivery]:
    """The deliveries of a webhook, the latest first, from before the one seen last."""
    query = _WITH_JOB.where(DeliveryRow.organisation == webhook.organisation, DeliveryRow.webhook_id == webhook.id)
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    found = session.execute(query.order_by(DeliveryRow.id.desc()).limit(most))
    return [Delivery(row=row, job=job) for row, job in found]


def find_delivery(session: Session, webhook: WebhookRow, delivery: int) -> Delivery | None:
    """One of them."""
    found = deliveries_of(session, webhook, before=delivery + 1, most=1)
    return found[0] if found and found[0].row.id == delivery else None


def any_delivery(session: Session, delivery: int) -> Delivery | None:
    """A delivery of whatever organisation."""
    found = session.execute(_WITH_JOB.where(DeliveryRow.id == delivery)).first()
    return Delivery(row=found[0], job=found[1]) if found else None


def dead_deliveries(session: Session, *, webhook: str | None = None, most: int) -> Sequence[tuple[DeliveryRow, JobRow]]:
    """The deliveries that were given up, of all organisations or to a webhook, the oldest first, and why."""
    dead = select(DeliveryRow, JobRow).join(JobRow, JobRow.delivery_id == DeliveryRow.id)
    only = () if webhook is None else (DeliveryRow.webhook_id == webhook,)
    found = session.execute(dead.where(JobRow.state == JobState.SET_ASIDE, *only).order_by(JobRow.id).limit(most))
    return [(row, job) for row, job in found]


def forget_deliveries(session: Session, *, before: datetime) -> None:
    """Remove old deliveries whose jobs are gone: what waits, and what is dead, stays."""
    has_job = select(JobRow.id).where(JobRow.delivery_id == DeliveryRow.id).exists()
    session.execute(delete(DeliveryRow).where(DeliveryRow.created_at < before, ~has_job))
