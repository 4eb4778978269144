"""The page of the audit trail: newest first, of one claim or one key, page by page, and whether its chain is whole."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select

from apexproof.store.keys import Scope
from apexproof.store.tables import AuditRow
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.kept import kept
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def visitor(api: Listening) -> Visitor:
    """An administrator of two claims that were looked at, and of more entries than one page holds."""
    caller = api.caller("audit-desk")
    kept(api, caller, {"BARE-1": "nothing-attached", "BARE-2": "nothing-attached"})
    visitor = Visitor(api.address)
    visitor.sign_in(caller.key)
    for number in ("BARE-1", "BARE-2"):
        visitor.get(f"/claims/{number}")
    for _ in range(60):
        visitor.get("/reports")
    work_off(api)
    return visitor


def places(said: str) -> list[int]:
    """Where in the chain the shown entries stand."""
    return [int(place) for place in re.findall(r'<th scope="row">(\d+)</th>', said)]


def test_every_entry_is_shown_once_newest_first(visitor: Visitor) -> None:
    newest = visitor.get("/admin/audit").body.decode()
    found = re.search(r'href="(/admin/audit\?before=\d+)"', newest)
    assert found
    older = visitor.get(found[1]).body.decode()
    shown = places(newest) + places(older)
    assert len(places(newest)) == 50
    assert shown == list(range(shown[0], 0, -1))


def test_only_the_entries_of_a_claim_or_a_key_are_shown(visitor: Visitor) -> None:
    said = visitor.get("/admin/audit?claim=BARE-1&actor=").body.decode()
    assert places(said)
    assert ">BARE-1</a>" in said
    assert ">BARE-2</a>" not in said
    by_worker = visitor.get("/admin/audit?actor=worker&claim=").body.decode()
    assert 0 < len(places(by_worker)) < 10
    assert "No entry is like this" in visitor.get("/admin/audit?actor=nobody").body.decode()


def test_who_is_no_administrator_neither_sees_it_nor_is_led_to_it(api: Listening) -> None:
    reader = Visitor(api.address)
    reader.sign_in(api.caller("audit-reader", scopes=frozenset({Scope.READ})).key)
    assert reader.get("/admin/audit").status == 403
    assert b'href="/admin' not in reader.get("/").body


def test_a_chain_of_which_an_entry_is_gone_is_no_longer_whole(api: Listening, visitor: Visitor) -> None:
    assert b"Yes: every entry follows" in visitor.get("/admin/audit/chain").body
    with api.database.writing() as session:
        theirs = select(AuditRow.id).where(AuditRow.organisation == "audit-desk", AuditRow.position == 7)
        session.execute(delete(AuditRow).where(AuditRow.id.in_(theirs)))
    said = visitor.get("/admin/audit/chain").body
    assert b"The chain does not hold" in said
    assert b"entry 7 is missing" in said
