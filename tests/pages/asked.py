"""Asked: every page of the app, each with what a form of it sends."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from apexproof.store.jobs import Clock, Work, promise, set_aside
from apexproof.store.tables import JobRow, WebhookRow
from apexproof.store.webhooks import add_delivery
from fixtures.case import CASES
from tests.api.asked import FILM_SHA256, things_of
from tests.api.listening import Listening
from tests.pages.kept import keep
from tests.pages.visitor import Visitor
from tests.service.caller import Answer, Caller
from tests.store.rows import NOON

DOOR = "/sign-in"
_OPEN_TO_ALL = (DOOR, "/openapi.json")
_LAST = ("/runs/{run}/cancel", "/admin/webhooks/{webhook}/end", "/sign-out")
_ENDLESS = ("/pulse", "/claims/{number:path}/events")
_OPEN_CASE = "same-day-without-a-time"
_CLAIM = json.loads((CASES / "nothing-attached" / "claim.json").read_bytes())
_WHO = {"person": "Dr. R. Larkspur", "why": "The canal is closed in the picture."}
_FORMS: Mapping[str, Mapping[str, str]] = {
    "POST /check/{number}/lines/{line}": {"tooth": "9", "service_date": "2026-02-10"},
    "POST /check/{number}/files/{sha256}": {"tooth": "8"},
    "POST /review": {
        "number": "{open}",
        "decision": "accepted",
        "line": "1",
        "check": "APX401",
        "file": "{film}",
        **_WHO,
    },
    "POST /review/undo": {"number": "{open}", "word": "1", **_WHO},
    "POST /runs": {"number": "{number}"},
    "POST /admin/keys": {"scope": "read", "days": "30"},
    "POST /admin/policies/dry-run": {"policy": "strict"},
    "POST /admin/webhooks": {"address": "https://receiver.example/hook"},
}
"""What is sent to each address, where it wants anything; in braces stand names of things."""
_BODIES: Mapping[str, bytes] = {
    "POST /check/claim": json.dumps({**_CLAIM, "claim_number": "SENT-1"}).encode(),
    "POST /check/{number}/files": b"film",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A method of an address of the pages."""

    method: str
    template: str

    @property
    def names(self) -> frozenset[str]:
        """What its address, or its form, names of an organisation's own."""
        said = " ".join((self.template, *_FORMS.get(str(self), {}).values()))
        return frozenset(re.findall(r"{(\w+)", said)) - {"form", "line"}

    @property
    def is_about_a_claim(self) -> bool:
        """Whether the audit trail names a claim of it."""
        return "{number" in self.template or "open" in self.names or str(self) in _BODIES

    @property
    def is_by_script(self) -> bool:
        """Whether a script of a page asks for it, which is told of problems in JSON."""
        return self.template in _ENDLESS or str(self) in _BODIES

    def place(self, things: Mapping[str, str]) -> str:
        """Its address, about these things."""
        return re.sub(r"{(\w+)[^}]*}", lambda name: quote(things[name[1]], safe=""), self.template)

    def ask(self, visitor: Visitor, things: Mapping[str, str]) -> Answer:
        """Open it, or send its form, about these things."""
        place = self.place(things)
        if self.template in _ENDLESS:
            return visitor.begin(place)
        if self.method == "GET":
            return visitor.get(place)
        if str(self) in _BODIES:
            return visitor.send(place, _BODIES[str(self)])
        fields = _FORMS.get(str(self), {})
        return visitor.post(place, {name: value.format_map(things) for name, value in fields.items()})

    def __str__(self) -> str:
        return f"{self.method} {self.template.replace(':path}', '}')}"


def pages(api: Listening) -> list[Asked]:
    """Every page behind the door; those that change something last, the way out at the end of all."""
    found = [
        Asked(method=method, template=route.path)
        for route in iter_route_contexts(api.app.routes)
        if route.path
        and route.methods
        and not getattr(route, "include_in_schema", True)
        and route.path not in _OPEN_TO_ALL
        for method in route.methods - {"HEAD"}
    ]
    return sorted(
        found,
        key=lambda one: (
            one.template in _LAST and _LAST.index(one.template) + 1,
            one.method != "GET",
            "{" not in one.template,
            one.template,
        ),
    )


def things_on_pages(api: Listening, caller: Caller, number: str) -> dict[str, str]:
    """What the addresses and forms of the pages name, of this caller's organisation: the claim, its file and so on."""
    keep(caller, _OPEN_CASE, f"{number}/open")
    things = things_of(api, caller, number)
    (film,) = caller.ask("GET", f"/v1/claims/{quote(f'{number}/open', safe='')}/attachments").json["attachments"]
    with api.database.writing() as session:
        job = session.scalars(select(JobRow.id).where(JobRow.reprocessing_id == int(things["run"]))).one()
        set_aside(session, job, reason="to be looked at", now=NOON)
        hook = session.get_one(WebhookRow, things["webhook"])
        told = add_delivery(session, hook, message="msg_1", body="{}", now=NOON)
        ring = promise(session, Work.DELIVER, of=told, clock=Clock(now=NOON, resend=timedelta(0)))
        set_aside(session, ring.job, reason="to be looked at", now=NOON)
    things |= {"job": str(job), "delivery": str(told.id)}
    return {**things, "open": f"{number}/open", "film": film["sha256"], "form": "csv", "line": "1"}


def absent(things: Mapping[str, str]) -> dict[str, str]:
    """The same names, of what is nowhere."""
    nowhere = {
        "number": "QUILL/2026-08",
        "open": "QUILL/2026-09",
        "sha256": FILM_SHA256,
        "run": "999999",
        "job": "999999",
        "key": "0" * 12,
        "webhook": f"wh_{'0' * 16}",
    }
    return {**things, **nowhere}
