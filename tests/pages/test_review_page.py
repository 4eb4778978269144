"""Review: a person settles questions with the keyboard, and takes a decision back; nothing is erased."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from playwright.sync_api import Browser, Page, expect

from apexproof.formats.verification_json import ClaimVerificationDocument
from apexproof.policy import load_policy
from apexproof.store.keys import Scope
from api.pages.questions import beyond_a_person, questions
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.documents import DOCUMENTS
from tests.pages.kept import kept
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.pages.visitor import Visitor
from tests.service.caller import Caller

OPEN = "same-day-without-a-time"
PAYER = load_policy("payer")


def with_open_question(api: Listening, organisation: str, number: str) -> Caller:
    """An organisation with a claim whose film was taken on the day of the visit, nobody knows when."""
    caller = api.caller(organisation)
    kept(api, caller, {number: OPEN})
    return caller


@pytest.fixture
def page(api: Listening, browser: Browser) -> Iterator[Page]:
    with open_page(browser, api.address) as page:
        yield page


@given(document=DOCUMENTS)
def test_every_open_finding_is_asked_of_a_person_or_beyond_one(document: ClaimVerificationDocument) -> None:
    asked = list(questions(document, PAYER, ()))
    assert all(one.check in PAYER.attestations.may_settle for one in asked)
    assert all(
        one["result"] == "fail" or one["check"] not in PAYER.attestations.may_settle
        for one in beyond_a_person(document, PAYER)
    )


def test_a_question_is_settled_with_the_keyboard_and_taken_back(api: Listening, page: Page) -> None:
    caller = with_open_question(api, "one-question", "DAY-1")
    sign_in(page, caller.key)
    page.goto("/review")
    expect(page.get_by_role("heading", level=2)).to_contain_text("10 Feb 2026")
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="Yes, it holds")).to_be_checked()
    page.keyboard.type("The rubber dam is not in the picture; the canal is closed.")
    page.keyboard.press("Tab")
    page.keyboard.type("Dr. R. Larkspur")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Accepted by Dr. R. Larkspur")).to_be_visible()
    work_off(api)
    assert caller.ask("GET", "/v1/claims/DAY-1").json["outcome"] == "verified"

    page.get_by_role("button", name="Undo").press("Enter")
    page.wait_for_url("/review")
    work_off(api)
    assert caller.ask("GET", "/v1/claims/DAY-1").json["outcome"] == "needs_review"
    said = caller.ask("GET", "/v1/claims/DAY-1/attestations").json["attestations"]
    assert [one["decision"] for one in said] == ["accepted", "revoked"]
    page.reload()
    expect(page.get_by_text("DAY-1")).to_be_visible()


def test_a_question_that_was_passed_over_waits(api: Listening, page: Page) -> None:
    caller = with_open_question(api, "passed-over", "DAY-2")
    sign_in(page, caller.key)
    page.goto("/review")
    expect(page.get_by_role("link", name="DAY-2")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("That was the last one")).to_be_visible()
    page.get_by_role("link", name="From the beginning").press("Enter")
    expect(page.get_by_role("link", name="DAY-2")).to_be_visible()


def test_a_decision_without_a_reason_is_not_taken(api: Listening) -> None:
    caller = with_open_question(api, "no-reason", "DAY-4")
    visitor = Visitor(api.address)
    visitor.sign_in(caller.key)
    visitor.get("/review")
    decision = {"number": "DAY-4", "decision": "accepted", "line": "1", "check": "APX401", "person": "Dr. R. Larkspur"}
    refused = visitor.post("/review", decision)
    assert refused.status == 422
    assert b"<h1>" in refused.body
    assert caller.ask("GET", "/v1/claims/DAY-4/attestations").json["attestations"] == []
    assert visitor.post("/review/undo", {"number": "DAY-4", "word": "7", "person": "x", "why": "y"}).status == 409


def test_who_may_not_settle_is_told_so_and_sees_no_way_there(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("only-reads", scopes=frozenset({Scope.READ})).key)
    assert b'href="/review"' not in visitor.get("/").body
    assert visitor.get("/review").status == 403
    assert visitor.post("/review", {"number": "DAY-1"}).status == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_the_review_is_accessible(api: Listening, browser: Browser, scheme: str, screen: dict[str, object]) -> None:
    caller = with_open_question(api, f"looks-{scheme}-{len(screen)}", "DAY-5")
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        sign_in(page, caller.key)
        page.goto("/review")
        expect(page.get_by_role("heading", level=2)).to_be_visible()
        accessible(page)
        not_wider_than_the_screen(page)
