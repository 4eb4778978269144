"""Who may see: every page is held to what the API is held to, and a new page is found here of itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from apexproof.store.tables import AuditRow
from tests.api.listening import Listening
from tests.pages.asked import DOOR, absent, pages, things_on_pages
from tests.pages.visitor import Visitor

THEIR_CLAIM = "QUILL/2026-07"


@pytest.fixture(scope="module")
def theirs(api: Listening) -> dict[str, str]:
    """What another organisation has."""
    return things_on_pages(api, api.caller("theirs"), THEIR_CLAIM)


@pytest.fixture
def ours(api: Listening) -> Visitor:
    """Somebody who may do everything, for us."""
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("ours").key)
    return visitor


def test_every_page_is_walked(api: Listening) -> None:
    walked = {str(page) for page in pages(api)}
    assert {"GET /", "GET /claims/{number}", "GET /pulse", "POST /review", "POST /sign-out"} <= walked


def test_a_page_about_what_is_anothers_is_as_if_it_were_nowhere(
    api: Listening, ours: Visitor, theirs: dict[str, str]
) -> None:
    for page in pages(api):
        if page.names:
            answers = [page.ask(ours, things) for things in (theirs, absent(theirs))]
            assert {answer.status for answer in answers} == {422 if page.template == "/runs" else 404}, page
            assert answers[0].body == answers[1].body, page


def test_nothing_of_anothers_stands_on_any_page(api: Listening, ours: Visitor, theirs: dict[str, str]) -> None:
    for page in pages(api):
        if page.method == "GET" and not page.names:
            said = page.ask(ours, theirs).body.decode()
            assert not any(secret in said for secret in (THEIR_CLAIM, "theirs", "Marigold")), page


def test_without_signing_in_every_page_leads_to_the_door(api: Listening, theirs: dict[str, str]) -> None:
    for page in pages(api):
        answer = page.ask(Visitor(api.address), theirs)
        assert answer.status == (401 if page.is_by_script else 303), page
        assert page.is_by_script or answer.headers["Location"].startswith(DOOR), page


def test_a_key_of_no_scope_sees_no_page(api: Listening, theirs: dict[str, str]) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("scopeless", scopes=frozenset()).key)
    for page in pages(api):
        if page.template != "/sign-out":
            assert page.ask(visitor, theirs).status == 403, page


def test_each_page_leaves_one_entry_that_says_who_saw_what(api: Listening) -> None:
    visitor, caller = Visitor(api.address), api.caller("seen")
    things = things_on_pages(api, caller, "N-1")
    visitor.sign_in(caller.key)
    for page in pages(api):
        before = _entries(api)
        assert page.ask(visitor, things).status < 400, page
        (entry,) = _entries(api)[len(before) :]
        assert entry.action == str(page)
        assert (entry.organisation, entry.address) == ("seen", "127.0.0.1")
        assert (entry.claim_id is not None) == page.is_about_a_claim, page
        assert "N-1" not in repr(vars(entry))


def _entries(api: Listening) -> list[AuditRow]:
    with api.database.looking() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
