"""Webhooks: where an organisation is told of outcomes that changed, and what became of each message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from apexproof import webhooks
from apexproof.courier import ADDRESS_MOST, AddressRefused
from apexproof.store.jobs import Clock, Ring, Work
from apexproof.store.tables import DeliveryRow, JobRow, WebhookRow
from apexproof.store.webhooks import (
    Delivery,
    DeliveryState,
    deliveries_of,
    end_webhook,
    find_delivery,
    find_webhook,
    webhooks_of,
)
from apexproof.webhooks import TooManyWebhooks
from api.documents import Answer
from api.premises import Here
from api.problems import BodyTooLarge, NotDead, NotFound, documented
from api.security import Reader, Submitter
from api.uploads import take_document

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
Identity = Annotated[str, Path(pattern=r"^wh_[0-9a-f]{16}$")]
_LARGEST_ID = 2**63 - 1


class NewWebhook(BaseModel):
    """A webhook that is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Annotated[
        str, Field(max_length=ADDRESS_MOST, examples=["https://example.com/hook"], description="where to be told")
    ]


_BODY_MOST = 64 * 1024
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": NewWebhook.model_json_schema()}}}}


class WebhookAnswer(Answer):
    """A webhook."""

    id: str
    address: str
    created_at: datetime
    quiet_until: Annotated[datetime | None, Field(description="it failed: nothing is tried before then")]
    earlier_secret_until: Annotated[datetime | None, Field(description="until then the secret before signs, too")]

    @classmethod
    def of(cls, row: WebhookRow, *, now: datetime) -> WebhookAnswer:
        """Show a webhook."""
        return cls(
            id=row.id,
            address=row.address,
            created_at=row.created_at,
            quiet_until=row.quiet_until if row.quiet_until and row.quiet_until > now else None,
            earlier_secret_until=row.earlier_until if row.earlier_until and row.earlier_until > now else None,
        )


class WebhookWithSecret(WebhookAnswer):
    """A webhook with its secret, which is shown this once."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class WebhookList(Answer):
    """All of an organisation's webhooks."""

    webhooks: list[WebhookAnswer]


class DeliveryAnswer(Answer):
    """A message for a webhook; `message` is the `webhook-id` that its receiver gets."""

    id: int
    message: str
    state: DeliveryState
    created_at: datetime
    delivered_at: datetime | None
    attempts: int | None
    next_try_at: datetime | None
    reason: Annotated[str | None, Field(description="why it was not taken the last time")]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryAnswer:
        """Show a delivery."""
        row, job, pending = delivery.row, delivery.job, delivery.state is DeliveryState.PENDING
        return cls(
            id=row.id,
            message=row.message,
            state=delivery.state,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
            attempts=job.attempts if job else None,
            next_try_at=job.wake_at if job and pending else None,
            reason=job.reason if job else None,
        )


class DeliveryPage(Answer):
    """A page of deliveries, the latest first; `next` is the address of the page behind it, or null."""

    deliveries: list[DeliveryAnswer]
    next: str | None


@router.post(
    "",
    summary="Be told of outcomes that change",
    status_code=HTTPStatus.CREATED,
    openapi_extra=_BODY,
    responses=documented(AddressRefused, TooManyWebhooks, BodyTooLarge),
)
async def open_webhook(request: Request, response: Response, here: Here, caller: Submitter) -> WebhookWithSecret:
    """Make a webhook. Whenever the outcome of a claim changes, a signed message is posted to its address.

    The messages follow Standard Webhooks: check `webhook-signature` with the secret, and know a message that came
    before by its `webhook-id`. A message names the claim, its outcome and the address of its verification.
    """
    body = await take_document(request.stream(), most=_BODY_MOST)
    try:
        wanted = NewWebhook.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None

    def open_it() -> WebhookWithSecret:
        now, reachable = here.clock().now, here.settings.reachable_networks
        with here.database.writing() as session:
            row = webhooks.open_webhook(session, caller.organisation, wanted.address, reachable=reachable, now=now)
        return WebhookWithSecret(**dict(WebhookAnswer.of(row, now=now)), secret=row.secret)

    made = await run_in_threadpool(open_it)
    response.headers["Location"] = f"/v1/webhooks/{made.id}"
    return made


@router.get("", summary="List webhooks", responses=documented())
def list_webhooks(here: Here, caller: Reader) -> WebhookList:
    """The webhooks of the organisation; their secrets are not shown again."""
    now = here.clock().now
    with here.database.looking() as session:
        return WebhookList(
            webhooks=[WebhookAnswer.of(row, now=now) for row in webhooks_of(session, caller.organisation)]
        )


@router.get("/{webhook}", summary="Show a webhook", responses=documented(NotFound))
def show_webhook(webhook: Identity, here: Here, caller: Reader) -> WebhookAnswer:
    """One webhook."""
    with here.database.looking() as session:
        return WebhookAnswer.of(webhook_of(session, caller.organisation, webhook), now=here.clock().now)


@router.delete(
    "/{webhook}",
    summary="Be told no more",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound),
)
def delete_webhook(webhook: Identity, here: Here, caller: Submitter) -> None:
    """End a webhook: what was not delivered is dropped, and its secret is forgotten."""
    with here.database.writing() as session:
        row = webhook_of(session, caller.organisation, webhook)
        end_webhook(session, row.id, because="it was deleted", now=here.clock().now)


@router.post("/{webhook}/secret", summary="Change the secret", responses=documented(NotFound))
def rotate_secret(webhook: Identity, here: Here, caller: Submitter) -> WebhookWithSecret:
    """Make another secret. For a day messages carry two signatures, one of each, so that nothing is missed."""
    now = here.clock().now
    with here.database.writing() as session:
        row = webhook_of(session, caller.organisation, webhook)
        secret = webhooks.rotate(session, row, now=now)
        session.refresh(row)
    return WebhookWithSecret(**dict(WebhookAnswer.of(row, now=now)), secret=secret)


@router.get("/{webhook}/deliveries", summary="List what was told", responses=documented(NotFound))
def deliveries(
    webhook: Identity,
    here: Here,
    caller: Reader,
    before: Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="the delivery seen last")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DeliveryPage:
    """The messages for a webhook of the last 30 days, and what became of each; dead ones are kept until replayed."""
    with here.database.looking() as session:
        row = webhook_of(session, caller.organisation, webhook)
        found = deliveries_of(session, row, before=before, most=limit + 1)
    page: Sequence[Delivery] = found[:limit]
    further = len(found) > limit
    return DeliveryPage(
        deliveries=[DeliveryAnswer.of(one) for one in page],
        next=f"/v1/webhooks/{webhook}/deliveries?before={page[-1].row.id}&limit={limit}" if further else None,
    )


@router.post(
    "/{webhook}/deliveries/{delivery}/replay",
    summary="Tell it again",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(NotFound, NotDead),
)
def replay_delivery(
    webhook: Identity,
    delivery: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
    here: Here,
    caller: Submitter,
    background: BackgroundTasks,
) -> DeliveryAnswer:
    """Try a dead delivery once more, under its old `webhook-id`."""
    with here.database.writing() as session:
        row = webhook_of(session, caller.organisation, webhook)
        job = replayed(session, row, delivery, here.clock())
        found = Delivery(row=session.get_one(DeliveryRow, delivery), job=job)
    background.add_task(here.doorbell.ring, [Ring(job=job.id, work=Work.DELIVER)])
    return DeliveryAnswer.of(found)


def replayed(session: Session, webhook: WebhookRow, delivery: int, clock: Clock) -> JobRow:
    """The job by which a dead delivery of a webhook is tried once more.

    Raises:
        NotFound: the webhook has no such delivery.
        NotDead: it is not dead.
    """
    found = find_delivery(session, webhook, delivery)
    if found is None:
        raise NotFound("This webhook has no delivery of this number.")
    if not webhooks.replay(session, found, clock) or found.job is None:
        raise NotDead(f"This delivery is {found.state}; only a dead one can be replayed.")
    session.refresh(found.job)
    return found.job


def webhook_of(session: Session, organisation: str, webhook: str) -> WebhookRow:
    """The organisation's webhook of that identifier.

    Raises:
        NotFound: it has none.
    """
    row = find_webhook(session, organisation, webhook)
    if row is None:
        raise NotFound("There is no webhook of this identifier.")
    return row
