"""Trail: what one request leaves in the audit trail: who asked for what, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.orm import Session

from apexproof.store.audit import Entry, note
from apexproof.store.claims import claim_by_number
from apexproof.store.jobs import Clock
from apexproof.store.keys import Caller

_PLAIN = re.compile(r"[0-9]{1,19}|[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{64}|wh_[0-9a-f]{16}|latest")

_UID = re.compile(r"(?=.{3,64}$)[0-9]+(\.[0-9]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A request, as the audit trail knows it: its route stands for what was done, `number` is its claim's, if any."""

    caller: Caller
    action: str
    number: str | None
    thing: str | None
    address: str | None
    request: str | None
    clock: Clock

    @classmethod
    def of(cls, request: Request, caller: Caller, clock: Clock) -> Trail:
        """The trail of a request. Of its address only what is a number or a hash is kept: a caller may write names."""
        named = {name: value for name, value in request.path_params.items() if name != "number"}
        things = [str(value) for value in named.values() if _PLAIN.fullmatch(str(value))]
        things += [str(value) for value in named.values() if _UID.fullmatch(str(value))][-1:]  # the most precise one
        template: str = request.scope["route"].path
        return cls(
            caller=caller,
            action=f"{request.method} {template.replace(':path}', '}')}",
            number=request.path_params.get("number"),
            thing=" ".join(things) or None,
            address=client_address(request),
            request=getattr(clock, "request", None),
            clock=clock,
        )

    def note(self, session: Session, *, claim_id: int | None = None, thing: str | None = None) -> None:
        """Leave the entry in the transaction of what is done."""
        entry = Entry(
            organisation=self.caller.organisation,
            actor=self.caller.key,
            action=self.action,
            claim_id=claim_id,
            thing=thing or self.thing,
            address=self.address,
            request=self.request,
        )
        note(session, entry, now=self.clock.now)

    def note_asked(self, session: Session) -> None:
        """Leave the entry before what was asked for is looked up; whether there is such a claim makes no difference."""
        claim = None if self.number is None else claim_by_number(session, self.caller.organisation, self.number)
        self.note(session, claim_id=claim.id if claim else None)


def client_address(request: Request) -> str | None:
    """Where a request comes from; of a proxy's caller only when the proxy is trusted (`trusted_proxies`)."""
    return request.client.host if request.client else None
