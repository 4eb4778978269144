"""Webhooks, and what is to be delivered to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from apexproof.store.tables.base import Identity, Organisation, Table


class WebhookRow(Table):
    """Where an organisation wants to be told. Its secret is kept as it is, for it signs every delivery."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_organisation", "organisation"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organisation: Mapped[Organisation]
    address: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(100))
    earlier_secret: Mapped[str | None] = mapped_column(String(100))
    earlier_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(40))
    quiet_until: Mapped[datetime | None]
    """Its last delivery failed: until then no other is tried, so that an endpoint that hangs holds up nobody else's."""


class DeliveryRow(Table):
    """One message for one webhook, written with the verification that it tells of; its body stays as it is."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: Mapped[Identity]
    organisation: Mapped[Organisation]
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id"))
    message: Mapped[str] = mapped_column(String(40))
    """What the receiver knows it by, however often it comes (`webhook-id`)."""
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
