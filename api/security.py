"""Who may: each request names a key, and a key speaks for one organisation, whose claims alone it can see.

A route that takes a `Submitter`, `Reader`, `Reviewer` or `Administrator` leaves its entry in the audit trail before it
begins. One that writes takes the `...Trail` instead and leaves the entry itself, in the transaction in which it writes.
What makes work takes a `SenderTrail`: a submitter's, and nobody's while too much waits (`admission`).
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from apexproof.store.keys import Caller, Scope, caller_of, note_use
from api.premises import Here, Premises
from api.problems import NotAllowed, NotAuthenticated, TooManyRequests
from api.trail import Trail, client_address

_bearer = HTTPBearer(auto_error=False, description="A key, as 'apexproof keys add' printed it.")


def _trail(
    request: Request, here: Here, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Trail:
    """Who asks, if their key is good and they do not ask too often."""
    clock = here.clock()
    if credentials is None:
        count_try(here, request)
        raise NotAuthenticated("Send a key in the header 'Authorization: Bearer ...'; 'apexproof keys add' makes one.")
    with here.database.looking() as session:
        caller, note = caller_of(session, credentials.credentials, now=clock.now)
    if caller is None:
        count_try(here, request)
        raise NotAuthenticated(
            "This key is none of ours, has ended or was revoked; 'apexproof keys add' makes another."
        )
    demand_patience(here.limits.of_key(caller.key))
    if note:
        with here.database.writing() as session:
            note_use(session, caller.key, now=clock.now)
    return Trail.of(request, caller, clock)


def count_try(here: Here, request: Request) -> None:
    """Count a request without a good key. Good keys from the same address are not held up: it may be a proxy's."""
    demand_patience(here.limits.of_try(client_address(request) or ""))


def demand_patience(seconds: float) -> None:
    """Let nobody pass who has to wait.

    Raises:
        TooManyRequests: they have to.
    """
    if seconds > 0:
        raise TooManyRequests(seconds=math.ceil(seconds))


def having(trail: Trail, scope: Scope) -> Trail:
    """The trail of a caller who may.

    Raises:
        NotAllowed: their key has not the scope.
    """
    if scope not in trail.caller.scopes:
        raise NotAllowed(f"This key has not the scope '{scope}'; 'apexproof keys add' makes one that has.")
    return trail


def entered(trail: Trail, here: Premises) -> Caller:
    """Enter what is asked for before it is answered; the sealing of the trail brings the entry to the disk at last."""
    with here.database.writing(durable=False) as session:
        trail.note_asked(session)
    return trail.caller


def allowed(whose: Callable[..., Trail], scope: Scope) -> Callable[..., Awaitable[Trail]]:
    """What a route depends on: the trail of a caller, of whom `whose` tells who they are, and who has the scope."""

    async def trail(found: Trail = Depends(whose)) -> Trail:  # noqa: B008 - an annotation could not name `whose`
        return having(found, scope)

    return trail


def sending(whose: Callable[..., Trail]) -> Callable[..., Awaitable[Trail]]:
    """What a route depends on that makes work: the trail of a submitter, unless too much waits."""

    async def trail(here: Here, found: Trail = Depends(allowed(whose, Scope.SUBMIT))) -> Trail:  # noqa: B008 - as above
        load = here.admission.known
        if load is None:
            load = await run_in_threadpool(here.admission.load)
        load.demand()
        return found

    return trail


def entering(whose: Callable[..., Trail], scope: Scope) -> Callable[..., Caller]:
    """What a route depends on: the same caller, once what they ask for stands in the audit trail."""

    def caller(here: Here, found: Trail = Depends(allowed(whose, scope))) -> Caller:  # noqa: B008 - as above
        return entered(found, here)

    return caller


SubmitterTrail = Annotated[Trail, Depends(allowed(_trail, Scope.SUBMIT))]
SenderTrail = Annotated[Trail, Depends(sending(_trail))]
ReaderTrail = Annotated[Trail, Depends(allowed(_trail, Scope.READ))]
ReviewerTrail = Annotated[Trail, Depends(allowed(_trail, Scope.REVIEW))]
AdministratorTrail = Annotated[Trail, Depends(allowed(_trail, Scope.ADMIN))]
Submitter = Annotated[Caller, Depends(entering(_trail, Scope.SUBMIT))]
Reader = Annotated[Caller, Depends(entering(_trail, Scope.READ))]
Reviewer = Annotated[Caller, Depends(entering(_trail, Scope.REVIEW))]
Administrator = Annotated[Caller, Depends(entering(_trail, Scope.ADMIN))]
