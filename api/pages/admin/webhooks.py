"""Webhooks: opened and ended, their secrets shown once, and what could not be told for days told once more."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from apexproof import webhooks
from apexproof.courier import ADDRESS_MOST, AddressRefused
from apexproof.store.jobs import Ring, Work
from apexproof.store.keys import Caller
from apexproof.store.webhooks import dead_deliveries, deliveries_of, end_webhook, webhooks_of
from apexproof.webhooks import TooManyWebhooks
from api.pages.page import HEADERS, page
from api.pages.visit import Fields, PageAdministrator, PageAdministratorTrail
from api.parameters import LARGEST_NUMBER
from api.premises import Here, Premises
from api.webhooks import Identity, replayed, webhook_of

router = APIRouter(include_in_schema=False, prefix="/admin/webhooks")
_AT_ONCE = 50
_DEAD_MOST = 100


@router.get("")
def webhooks_page(request: Request, here: Here, caller: PageAdministrator) -> Response:
    """The webhooks of the organisation."""
    return _listed(request, here, caller)


@router.post("")
def open_webhook(request: Request, here: Here, trail: PageAdministratorTrail, fields: Fields) -> Response:
    """Make a webhook and show its secret; an address that may not be told is answered beside it."""
    address = fields.get("address", "").strip()[:ADDRESS_MOST]
    try:
        with here.database.writing() as session:
            row = webhooks.open_webhook(
                session,
                trail.caller.organisation,
                address,
                reachable=here.settings.reachable_networks,
                now=trail.clock.now,
            )
            trail.note(session, thing=row.id)
    except (AddressRefused, TooManyWebhooks) as refused:
        return _listed(request, here, trail.caller, refused=str(refused), address=address)
    return _listed(request, here, trail.caller, secret=row.secret, address=row.address)


@router.get("/{webhook}")
def webhook_page(
    request: Request,
    webhook: Identity,
    here: Here,
    caller: PageAdministrator,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
) -> Response:
    """What it was told, the latest first, and above all what was given up."""
    with here.database.looking() as session:
        row = webhook_of(session, caller.organisation, webhook)
        dead = dead_deliveries(session, webhook=row.id, most=_DEAD_MOST)
        found = deliveries_of(session, row, before=before, most=_AT_ONCE + 1)
    place = f"{router.prefix}/{webhook}"
    return page(
        request,
        "admin/webhook.html",
        webhook=row,
        is_quiet=row.quiet_until is not None and row.quiet_until > here.clock().now,
        dead=dead,
        deliveries=found[:_AT_ONCE],
        first=place if before else None,
        further=f"{place}?before={found[_AT_ONCE - 1].row.id}" if len(found) > _AT_ONCE else None,
    )


@router.post("/{webhook}/secret")
def change_secret(request: Request, webhook: Identity, here: Here, trail: PageAdministratorTrail) -> Response:
    """Make another secret and show it; for a day both sign."""
    with here.database.writing() as session:
        row = webhook_of(session, trail.caller.organisation, webhook)
        secret = webhooks.rotate(session, row, now=trail.clock.now)
        trail.note(session)
    return _listed(request, here, trail.caller, secret=secret, address=row.address)


@router.post("/{webhook}/end")
def end(webhook: Identity, here: Here, trail: PageAdministratorTrail) -> Response:
    """Tell it no more, and forget its secret."""
    with here.database.writing() as session:
        row = webhook_of(session, trail.caller.organisation, webhook)
        end_webhook(session, row.id, because="it was deleted", now=trail.clock.now)
        trail.note(session)
    return _to(router.prefix)


@router.post("/{webhook}/deliveries/{delivery}/replay")
def replay(
    webhook: Identity,
    delivery: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)],
    here: Here,
    trail: PageAdministratorTrail,
) -> Response:
    """Tell it once more what was given up."""
    with here.database.writing() as session:
        row = webhook_of(session, trail.caller.organisation, webhook)
        job = replayed(session, row, delivery, here.clock()).id
        trail.note(session)
    here.doorbell.ring_aside([Ring(job=job, work=Work.DELIVER)])
    return _to(f"{router.prefix}/{webhook}")


def _listed(
    request: Request, here: Premises, caller: Caller, *, secret: str = "", refused: str = "", address: str = ""
) -> Response:
    with here.database.looking() as session:
        rows = webhooks_of(session, caller.organisation)
        dead = {row.id: len(dead_deliveries(session, webhook=row.id, most=_DEAD_MOST)) for row in rows}
    now = here.clock().now
    return page(
        request,
        "admin/webhooks.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        webhooks=[(row, row.quiet_until is not None and row.quiet_until > now, dead[row.id]) for row in rows],
        dead_most=_DEAD_MOST,
        secret=secret,
        refused=refused,
        address=address,
        longest=ADDRESS_MOST,
    )


def _to(place: str) -> Response:
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": place})
