"""Who may see: every page is held to what the API is held to, and a new page is found here of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from apexproof.store.tables import AuditRow
from tests.api.asked import FILM_SHA256, things_of
from tests.api.listening import Listening
from tests.pages.visitor import Visitor
from tests.service.caller import Answer

THEIR_CLAIM, ABSENT_CLAIM = "QUILL/2026-07", "QUILL/2026-08"
ABSENT = {"number": ABSENT_CLAIM, "sha256": FILM_SHA256, "which": "1", "run": "999999"}
_DOOR = "/sign-in"
_ENDLESS = "/pulse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page and what may be done there."""

    method: str
    template: str

    def ask(self, visitor: Visitor, things: dict[str, str]) -> Answer:
        """Open it, about these things."""
        place = re.sub(r"\{(\w+)[^}]*\}", lambda name: quote(things[name[1]], safe=""), self.template)
        if self.template == _ENDLESS:
            return visitor.begin(place)
        picked = {"number": things["number"]} if self.template == "/runs" else {}
        return visitor.get(place) if self.method == "GET" else visitor.post(place, picked)


def pages(api: Listening) -> list[Seen]:
    """Every page, those that change something last, and the way out at the end of all."""
    found = [
        Seen(method=method, template=route.path)
        for route in api.app.routes
        if isinstance(route, APIRoute) and not route.include_in_schema and route.path != _DOOR
        for method in route.methods or ()
    ]
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
        if "{" in seen.template:
            answers = [seen.ask(ours, things) for things in (theirs, ABSENT)]
            assert [answer.status for answer in answers] == [404, 404], seen
            assert answers[0].body == answers[1].body, seen


def test_nothing_of_anothers_stands_on_any_page(api: Listening, ours: Visitor, theirs: dict[str, str]) -> None:
    for seen in pages(api):
        if seen.method == "GET" and "{" not in seen.template:
            said = seen.ask(ours, theirs).body.decode()
            assert not any(secret in said for secret in (THEIR_CLAIM, "theirs", "Marigold")), seen


def test_without_signing_in_every_page_leads_to_the_door(api: Listening, theirs: dict[str, str]) -> None:
    for seen in pages(api):
        answer = seen.ask(Visitor(api.address), theirs)
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
        assert entry.action == f"{seen.method} {seen.template.replace(':path}', '}')}"
        assert (entry.organisation, entry.address) == ("seen", "127.0.0.1")
        assert (entry.claim_id is not None) == ("{number" in seen.template)
        assert "N-1" not in repr(vars(entry))


def _entries(api: Listening) -> list[AuditRow]:
    with api.database.looking() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
