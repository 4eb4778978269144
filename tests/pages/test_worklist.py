"""The worklist: what needs somebody, kept up to date, filtered by its address, and judged again after a preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, expect

from apexproof.store.keys import Scope
from apexproof.verification import Outcome
from tests.api.asked import post, work_off
from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.kept import keep
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.pages.visitor import Visitor
from tests.service.caller import Caller
from tests.store.rows import at, new_claim, note, searched

ROWS = (
    ("REVIEW-1", "needs_review", "PAYER-B", ("APX401",)),
    ("MISSING-1", "missing_evidence", "PAYER-A", ("APX101",)),
    ("WRONG-1", "contradicted", "PAYER-A", ("APX301", "APX401")),
    ("READY/1", "verified", "PAYER-B", ()),
)


def row_of(api: Listening, organisation: str, number: str, outcome: str, payer: str, checks: tuple[str, ...]) -> None:
    """A claim that stands so, without its documents: what a list shows is in its row."""
    with api.database.writing() as session:
        claim = new_claim(session, number, organisation=organisation, of=searched(payer=payer))
        note(session, claim, outcome, 1, *checks)


def rows(api: Listening, organisation: str) -> Caller:
    """Somebody with one claim of each kind."""
    for row in ROWS:
        row_of(api, organisation, *row)
    return api.caller(organisation)


@pytest.fixture(scope="module")
def desk(api: Listening) -> Caller:
    """Somebody with one claim of each kind."""
    return rows(api, "desk")


@pytest.fixture
def page(api: Listening, browser: Browser, desk: Caller) -> Iterator[Page]:
    """Their worklist."""
    with open_page(browser, api.address) as page:
        sign_in(page, desk.key)
        yield page


def numbers(page: Page) -> list[str]:
    """The claims on the page, in their order."""
    return page.locator(".list tbody th").all_inner_texts()


def test_the_worst_stands_first_and_what_is_ready_does_not_stand_there(page: Page) -> None:
    assert numbers(page) == ["WRONG-1", "MISSING-1", "REVIEW-1"]
    expect(page.get_by_role("link", name="Needs you 3")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Ready 1").press("Enter")
    page.wait_for_url("**/?show=verified")
    assert numbers(page) == ["READY/1"]


def test_filters_stand_in_the_address_and_work_with_the_keyboard(page: Page) -> None:
    page.get_by_label("Payer", exact=False).first.select_option("PAYER-A")
    page.wait_for_url("**/?show=open&payer=PAYER-A&**")
    expect(page.locator(".list tbody tr")).to_have_count(2)
    page.get_by_label("What stands in the way").select_option("APX301")
    page.wait_for_url("**&check=APX301&**")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    page.reload()
    assert numbers(page) == ["WRONG-1"]
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page.locator(".list tbody tr")).to_have_count(3)


CHOSEN_AT_ONCE = """new MutationObserver((_, observer) => {
  observer.disconnect();
  const check = document.querySelector("select[name=check]");
  check.value = "APX301";
  check.dispatchEvent(new Event("change", { bubbles: true }));
}).observe(document.getElementById("worklist").parentNode, { childList: true })"""


def test_a_list_listens_as_soon_as_it_stands_there(page: Page) -> None:
    page.evaluate(CHOSEN_AT_ONCE)
    page.get_by_label("Payer", exact=False).first.select_option("PAYER-A")
    page.wait_for_url("**/?show=open&payer=PAYER-A&check=APX301&**")
    expect(page.locator(".list tbody tr")).to_have_count(1)


def test_what_is_chosen_while_a_list_is_on_its_way_counts(page: Page) -> None:
    page.route(re.compile(r"check=&"), lambda _: None)  # its answer never comes
    page.get_by_label("Payer", exact=False).first.select_option("PAYER-A")
    page.get_by_label("What stands in the way").select_option("APX301")
    page.wait_for_url("**/?show=open&payer=PAYER-A&check=APX301&**")
    expect(page.locator(".list tbody tr")).to_have_count(1)


def test_a_number_leads_to_its_claim_and_a_part_of_one_to_a_list(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=-1")
    assert numbers(page) == ["WRONG-1", "MISSING-1", "REVIEW-1"]
    page.keyboard.press("/")
    page.keyboard.type("WRONG-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/WRONG-1")


def test_what_changes_shows_of_itself(api: Listening, browser: Browser) -> None:
    caller = rows(api, "live")
    with open_page(browser, api.address) as page:
        sign_in(page, caller.key)
        expect(page.locator(".list tbody tr")).to_have_count(3)
        with api.database.writing() as session:
            claim = new_claim(session, "NEW-1", organisation="live")
        expect(page.get_by_text("1 claim is being read.")).to_be_visible()
        with api.database.writing() as session:
            session.add(claim)
            note(session, claim, Outcome.CONTRADICTED, 1, "APX401", clock=at(5))
        expect(page.locator(".list tbody tr")).to_have_count(4)
        expect(page.get_by_text("being read")).to_have_count(0)


def test_a_preview_changes_nothing_and_then_it_is_done(api: Listening, browser: Browser) -> None:
    caller = api.caller("again")
    keep(caller, "declared-jpeg-under-payer", "AGAIN-1")
    work_off(api)
    post(caller, "/v1/reprocessing", why="the practice's own policy", policy="practice")
    work_off(api)
    with open_page(browser, api.address) as page:
        sign_in(page, caller.key)
        page.goto("/?show=verified")
        page.get_by_role("checkbox", name="Select claim AGAIN-1").press("Space")
        page.get_by_role("button", name="Judge again: 1 claim that you picked").press("Enter")
        page.wait_for_url("**/runs/*")
        work_off(api)
        expect(page.get_by_role("heading", name="1 claim would stand otherwise")).to_be_visible()
        accessible(page)
        assert caller.claim("AGAIN-1").json["outcome"] == "verified"
        page.get_by_role("button", name="Judge 1 claim again").press("Enter")
        expect(page.get_by_role("heading", name="Judged again", level=1)).to_be_visible()
        work_off(api)
        expect(page.get_by_role("heading", name="1 claim stands otherwise")).to_be_visible()
        assert caller.claim("AGAIN-1").json["outcome"] == "needs_review"


def test_pages_lead_through_all_claims(api: Listening) -> None:
    organisation = "many"
    with api.database.writing() as session:
        for n in range(120):
            claim = new_claim(session, f"M-{n:03d}", organisation=organisation)
            note(session, claim, "missing_evidence", 1, "APX101", clock=at(n % 7))
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller(organisation).key)
    seen, place = [], "/"
    while place:
        said = visitor.get(place).body.decode()
        seen += re.findall('href="/claims/([^"]+)"', said)
        further = re.search('rel="next" href="([^"]+)"', said)
        place = unescape(further[1]) if further else ""
    assert len(seen) == len(set(seen)) == 120
    assert visitor.get("/?after=written~by~hand").status == 200


@pytest.mark.usefixtures("desk")
def test_who_may_only_read_is_not_offered_to_judge(api: Listening) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(api.caller("desk", scopes=frozenset({Scope.READ})).key)
    assert "Judge again" not in visitor.get("/").body.decode()
    assert visitor.post("/runs", {"number": "WRONG-1"}).status == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_a_full_worklist_is_accessible(
    api: Listening, browser: Browser, desk: Caller, scheme: str, screen: dict[str, object]
) -> None:
    organisation = f"long-{scheme}-{bool(screen)}"
    row_of(api, organisation, "N" * 80, "contradicted", "A payer whose name is much longer than usual", ("APX401",))
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        for key in (desk.key, api.caller(organisation).key):
            sign_in(page, key)
            accessible(page)
            not_wider_than_the_screen(page)
            page.get_by_role("button", name="Sign out").press("Enter")
