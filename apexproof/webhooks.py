"""Webhooks: an organisation is told when the outcome of one of its claims changed (Standard Webhooks).

What is told is written with the verification that it tells of, so that it is told exactly when that holds; it is
delivered at least once, again and again for days, under one id by which its receiver knows it. It says which claim and
which outcome, and nothing of a patient.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy.orm import Session

from apexproof.courier import AddressRefused, Courier, DeliveryFailed, Network, parse_address
from apexproof.errors import ApexproofError
from apexproof.store.jobs import Clock, Ring, Work, promise, queue_again
from apexproof.store.tables import DeliveryRow, WebhookRow
from apexproof.store.webhooks import (
    Delivery,
    DeliveryState,
    add_delivery,
    add_webhook,
    be_quiet,
    count_webhooks,
    end_webhook,
    exchange_secret,
    note_delivered,
    undelivered,
    webhooks_of,
)

OUTCOME_CHANGED = "claim.outcome_changed"
MOST = 20
"""Webhooks of an organisation at most."""
EARLIER_SECRET = timedelta(days=1)
"""How long the secret before the present one signs as well."""
PAUSES = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds between two tries, as the specification suggests: ten tries over three days."""
_OLDEST = timedelta(days=4)
_QUIET_MOST = timedelta(minutes=5)
_SECRET_MARK, _SECRET_OCTETS = "whsec_", 32


class TooManyWebhooks(ApexproofError):
    """An organisation has as many webhooks as it may have."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(f"There are {MOST} webhooks already; delete one that is not needed.")


class DeliveryPostponed(ApexproofError):
    """Its endpoint failed a moment ago, so it waits until then; that counts as no try."""

    def __init__(self, until: datetime) -> None:
        """Take the end of the quiet."""
        self.until = until
        super().__init__("its endpoint failed a moment ago")


class Moved(Struct, frozen=True, kw_only=True):
    """That a claim has another outcome than before, by that verification."""

    organisation: str
    claim: str
    before: str | None
    outcome: str | None
    verification: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message with what is needed to deliver it."""

    delivery: int
    webhook: str
    address: str
    message: str
    body: str
    secrets: tuple[str, ...]

    def headers(self, *, now: datetime) -> Mapping[str, str]:
        """Who it is, when it is sent, and the signature of each secret that is good."""
        at = int(now.timestamp())
        return {
            "webhook-id": self.message,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(sign(one, self.message, at, self.body) for one in self.secrets),
        }


def sign(secret: str, message: str, timestamp: int, body: str) -> str:
    """The signature `v1` of a message: HMAC-SHA256 over its id, its time and its body."""
    key = base64.b64decode(secret.removeprefix(_SECRET_MARK), validate=True)
    digest = hmac.new(key, f"{message}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def open_webhook(
    session: Session, organisation: str, address: str, *, reachable: Sequence[Network], now: datetime
) -> WebhookRow:
    """Tell an organisation at this address from now on.

    Raises:
        AddressRefused: it is none that may be told.
        TooManyWebhooks: it has enough of them.
    """
    parse_address(address, reachable=reachable)
    if count_webhooks(session, organisation) >= MOST:
        raise TooManyWebhooks
    row = WebhookRow(
        id=f"wh_{secrets.token_hex(8)}", organisation=organisation, address=address, secret=_secret(), created_at=now
    )
    add_webhook(session, row)
    return row


def rotate(session: Session, webhook: WebhookRow, *, now: datetime) -> str:
    """Give a webhook another secret and return it; for a day both sign, so that its receiver can change over."""
    secret = _secret()
    exchange_secret(session, webhook.id, secret=secret, earlier_until=now + EARLIER_SECRET)
    return secret


def announce(session: Session, moved: Sequence[Moved], clock: Clock) -> list[Ring]:
    """Promise to tell an organisation's webhooks of the outcomes that its claims have now, and had before."""
    webhooks = webhooks_of(session, moved[0].organisation) if moved else ()
    rings = []
    for one in moved if webhooks else ():
        message, body = f"msg_{secrets.token_hex(12)}", _body(one, clock.now)
        for webhook in webhooks:
            parcel = add_delivery(session, webhook, message=message, body=body, now=clock.now)
            rings.append(promise(session, Work.DELIVER, of=parcel, clock=clock))
    return rings


def _body(moved: Moved, now: datetime) -> str:
    return json.dumps(
        {
            "type": OUTCOME_CHANGED,
            "timestamp": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "data": {
                "claim": moved.claim,
                "outcome": moved.outcome,
                "previous_outcome": moved.before,
                "verification": f"/v1/claims/{quote(moved.claim, safe='')}/verifications/{moved.verification}",
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def to_deliver(session: Session, delivery: int, *, now: datetime) -> Parcel | None:
    """What is to be delivered; None when it was, or when its webhook ended.

    Raises:
        DeliveryPostponed: its endpoint failed a moment ago.
        DeliveryFailed: it has been failing for so long that nothing is tried any more.
    """
    found = undelivered(session, delivery)
    if found is None:
        return None
    row, webhook = found
    if webhook.quiet_until is not None and webhook.quiet_until > now:
        if _is_old(row, now):
            raise DeliveryFailed("its endpoint has not taken anything for days", final=True)
        raise DeliveryPostponed(webhook.quiet_until)
    earlier = webhook.earlier_secret if webhook.earlier_until is not None and webhook.earlier_until > now else None
    return Parcel(
        delivery=row.id,
        webhook=webhook.id,
        address=webhook.address,
        message=row.message,
        body=row.body,
        secrets=(webhook.secret, earlier) if earlier else (webhook.secret,),
    )


def deliver(parcel: Parcel, courier: Courier, *, now: datetime) -> None:
    """Deliver it.

    Raises:
        DeliveryFailed: it was not taken.
    """
    try:
        courier.post(parcel.address, parcel.body.encode(), parcel.headers(now=now))
    except AddressRefused as refused:
        raise DeliveryFailed(str(refused)) from None


def taken(session: Session, parcel: Parcel, *, now: datetime) -> None:
    """It was delivered, so its endpoint works."""
    note_delivered(session, parcel.delivery, now=now)
    be_quiet(session, parcel.webhook, until=None)


def not_taken(session: Session, parcel: Parcel, failed: DeliveryFailed, *, tries: int, now: datetime) -> None:
    """It was not delivered: leave its endpoint alone for a moment, for good when it says that it is gone."""
    if failed.gone:
        end_webhook(session, parcel.webhook, because="it answered 410 Gone", now=now)
    else:
        be_quiet(session, parcel.webhook, until=now + min(pause(tries, failed), _QUIET_MOST))


def pause(tries: int, failed: Exception) -> timedelta:
    """How long to wait after so many tries, never the same for two, and never less than the receiver asked for."""
    seconds = PAUSES[min(tries, len(PAUSES)) - 1] * random.uniform(1.0, 1.2)  # noqa: S311 - it spreads load, it keeps no secret
    asked = failed.again_after if isinstance(failed, DeliveryFailed) and failed.again_after else timedelta(0)
    return max(timedelta(seconds=seconds), asked)


def replay(session: Session, delivery: Delivery, clock: Clock) -> bool:
    """Try a dead delivery once more, at once; whether it is a dead one."""
    if delivery.state is not DeliveryState.DEAD or delivery.job is None:
        return False
    be_quiet(session, delivery.row.webhook_id, until=None)
    queue_again(session, delivery.job.id, clock=clock)
    return True


def _is_old(row: DeliveryRow, now: datetime) -> bool:
    return row.created_at < now - _OLDEST


def _secret() -> str:
    return _SECRET_MARK + base64.b64encode(secrets.token_bytes(_SECRET_OCTETS)).decode()
