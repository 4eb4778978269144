"""Who may see: every page is held to what the API is held to, and a new page is found here of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import select

from apexproof.store.tables import AuditRow
from tests.api.asked import CLAIM, FILM_SHA256, things_of
from tests.api.listening import Listening
from tests.pages.visitor import Visitor
from tests.service.caller import Answer

THEIR_CLAIM, ABSENT_CLAIM = "QUILL/2026-07", "QUILL/2026-08"
ABSENT = {"number": ABSENT_CLAIM, "sha256": FILM_SHA256, "which": "1", "run": "999999"}
_DOOR = "/sign-in"
_ENDLESS = "/pulse"
_PAGES = 20
"""There are so many at least: nothing below looks at none."""
_ALWAYS = {"form": "html", "line": "1"}
_ABOUT_A_CLAIM = ("/check/claim", "/review", "/review/undo")
_SAID = {"person": "Dr. R. Larkspur", "why": "one tooth, to the tip of its root"}
_FIELDS = {
    "/check/{number:path}/lines/{line}": {"tooth": "9", "service_date": "2026-02-11"},
    "/check/{number:path}/files/{sha256}": {"image_type": "bitewing"},
    "/review": {**_SAID, "decision": "rejected", "line": "1", "check": "APX301", "file": FILM_SHA256},
    "/review/undo": {**_SAID, "word": "1"},
}
_DROPPED: dict[str, Callable[[str], bytes]] = {
    "/check/claim": lambda number: json.dumps({**CLAIM, "claim_number": number}).encode(),
    "/check/{number:path}/files": lambda _: b"film",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page and what may be done there."""

    method: str
    template: str

    def ask(self, visitor: Visitor, things: dict[str, str]) -> Answer:
        """Open it, or do what is done there, about these things."""
        named = {**_ALWAYS, **things}
        place = re.sub(r"\{(\w+)[^}]*\}", lambda name: quote(named[name[1]], safe=""), self.template)
        if self.template == _ENDLESS:
            return visitor.begin(place)
        if self.method == "GET":
            return visitor.get(place)
        if self.template in _DROPPED:
            return visitor.drop(place, _DROPPED[self.template](things["number"]))
        return visitor.post(place, {**_FIELDS.get(self.template, {}), "number": things["number"]})

    @property
    def is_about_something(self) -> bool:
        """Whether its address names a thing that is there already."""
        return bool(set(re.findall(r"\{(\w+)", self.template)) - _ALWAYS.keys())

    @property
    def is_about_a_claim(self) -> bool:
        """Whether its address or its form names a claim."""
        return "{number" in self.template or (self.method == "POST" and self.template in _ABOUT_A_CLAIM)


def pages(api: Listening) -> list[Seen]:
    """Every page, those that change something last, and the way out at the end of all."""
    found = [
        Seen(method=method, template=route.path)
        for route in (context.original_route for context in iter_route_contexts(api.app.routes))
        if isinstance(route, APIRoute) and not route.include_in_schema and route.path != _DOOR
        for method in route.methods or ()
    ]
    assert len(found) >= _PAGES
    return sorted(found, key=lambda seen: (seen.template == "/sign-out", seen.method != "GET", seen.template))


@pytest.fixture(scope="module")
def theirs(api: Listening) -> dict[str, str]:
    """What another organisation has."""
    return things_of(api, api.caller("theirs"), THEIR_CLAIM)


@pytest.fixture
def ours(api: Listening) -> Visitor:
    """Somebody who may do everything, for us."""
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("ours").key)
    return visitor


def test_a_page_about_what_is_anothers_is_as_if_it_were_nowhere(
    api: Listening, ours: Visitor, theirs: dict[str, str]
) -> None:
    for seen in pages(api):
        if seen.is_about_something:
            answers = [seen.ask(ours, things) for things in (theirs, ABSENT)]
            assert [answer.status for answer in answers] == [404, 404], seen
            assert answers[0].body == answers[1].body, seen


def test_nothing_of_anothers_stands_on_any_page(api: Listening, ours: Visitor, theirs: dict[str, str]) -> None:
    for seen in pages(api):
        if seen.method == "GET" and not seen.is_about_something:
            said = seen.ask(ours, theirs).body.decode()
            assert not any(secret in said for secret in (THEIR_CLAIM, "theirs", "Marigold")), seen


def test_without_signing_in_every_page_leads_to_the_door(api: Listening, theirs: dict[str, str]) -> None:
    for seen in pages(api):
        answer = seen.ask(Visitor(api.address), theirs)
        if seen.template == _ENDLESS:  # asked for by a script, which goes nowhere
            assert answer.status == 401
            continue
        assert (answer.status, answer.body) == (303, b""), seen
        assert answer.headers["Location"].startswith(_DOOR), seen


def test_a_key_of_no_scope_sees_no_page(api: Listening, theirs: dict[str, str]) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("scopeless", scopes=frozenset()).key)
    for seen in pages(api):
        if seen.template != "/sign-out":
            assert seen.ask(visitor, theirs).status == 403, seen


def test_each_page_leaves_one_entry_that_says_who_saw_what(api: Listening) -> None:
    visitor, caller = Visitor(api.address), api.caller("seen")
    things = things_of(api, caller, "N-1")
    visitor.sign_in(caller.key)
    for seen in pages(api):
        before = _entries(api)
        assert seen.ask(visitor, things).status < 400, seen
        (entry,) = _entries(api)[len(before) :]
        assert entry.action == f"{seen.method} {seen.template.replace(':path}', '}')}", seen
        assert (entry.organisation, entry.address) == ("seen", "127.0.0.1")
        assert (entry.claim_id is not None) == seen.is_about_a_claim, seen
        assert "N-1" not in repr(vars(entry))


def _entries(api: Listening) -> list[AuditRow]:
    with api.database.looking() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
