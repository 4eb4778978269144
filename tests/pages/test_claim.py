"""The page of a claim: the answer first, then everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from apexproof.store.keys import Scope
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.kept import keep, kept
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.pages.visitor import Visitor
from tests.service.caller import Caller

LATE, PROVED, NOTHING = "LATE/1", "PROVED-1", "NOTHING-1"


@pytest.fixture(scope="module")
def owner(api: Listening) -> Caller:
    """Whose claim is late."""
    caller = api.caller("front-desk")
    kept(api, caller, {LATE: "taken-after-the-visit"})
    return caller


@pytest.fixture(scope="module")
def others(api: Listening) -> Caller:
    """The same patient's claims elsewhere, so that none bears on another."""
    caller = api.caller("other-desk")
    kept(api, caller, {PROVED: "verified-coded-dicom"})
    keep(caller, "nothing-attached", NOTHING, patient={"name": {"family": "Thistle", "given": "Rowan"}})
    work_off(api)
    return caller


@pytest.fixture
def page(api: Listening, browser: Browser, owner: Caller) -> Iterator[Page]:
    """A page of who owns the late one."""
    with open_page(browser, api.address) as page:
        sign_in(page, owner.key)
        yield page


def test_the_answer_is_the_first_thing_on_the_page(page: Page) -> None:
    page.goto("/claims/LATE%2F1")
    sentence = page.locator(".sentence")
    expect(sentence).to_have_text("Not ready: the only periapical of tooth 8 was taken 1 day after the visit.")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    expect(page.get_by_text("Acquisition Date (0008,0022)").first).to_be_visible()
    expect(page.get_by_text("N244")).to_be_visible()


def test_drawings_say_in_words_what_they_show(page: Page) -> None:
    page.goto("/claims/LATE%2F1")
    drawn = page.get_by_role("img", name="Picture A (pa8.dcm): taken 1 day after the visit.")
    expect(drawn).to_be_visible()
    expect(page.get_by_role("img", name="The claim is for tooth 8. Picture A (pa8.dcm) shows tooth 8.")).to_be_visible()


def test_a_picture_can_be_looked_at_closely_with_the_keyboard(page: Page) -> None:
    page.goto("/claims/LATE%2F1")
    page.get_by_role("button", name="Look at picture A").press("Enter")
    stage = page.get_by_role("application")
    expect(stage).to_be_focused()
    picture = page.locator("[data-picture]")
    expect(picture).to_have_js_property("naturalHeight", 416)
    for key in "++ri":
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")
    assert picture.evaluate("shown => shown.style.transform") == "translate(40px, 0px) rotate(90deg) scale(1.5625)"
    shade = page.locator("#window feFuncR")
    expect(shade).to_have_attribute("slope", "-1")
    page.get_by_label("Window").fill("50")
    expect(shade).to_have_attribute("slope", "-2")
    page.get_by_role("button", name="Start over").press("Enter")
    expect(shade).to_have_attribute("slope", "1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_history_says_what_changed(page: Page, api: Listening, owner: Caller) -> None:
    kept(api, owner, {"GROWS-1": "nothing-attached"})
    kept(api, owner, {"GROWS-1": "taken-after-the-visit"})
    page.goto("/claims/GROWS-1")
    page.get_by_role("region", name="History").get_by_role("link").first.press("Enter")
    expect(page.get_by_text("pa8.dcm came with the claim.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_claims_of_all_kinds_are_accessible(
    api: Listening, browser: Browser, others: Caller, scheme: str, screen: dict[str, object]
) -> None:
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        sign_in(page, others.key)
        for number in (PROVED, NOTHING):
            page.goto(f"/claims/{number}")
            for summary in page.locator("summary").all():
                summary.click()
            accessible(page)
            not_wider_than_the_screen(page)
        page.goto(f"/claims/{PROVED}/verifications/1")
        accessible(page)


def test_words_in_a_picture_are_covered_for_who_may_not_settle(api: Listening, others: Caller) -> None:
    reader = Visitor(api.address)
    reader.sign_in(api.caller("other-desk", scopes=frozenset({Scope.READ})).key)
    reviewer = Visitor(api.address)
    reviewer.sign_in(others.key)
    said = reviewer.get(f"/claims/{PROVED}").body.decode()
    address = said.split('<img src="/claims/', 1)[1].split('"', 1)[0]
    shown = f"/claims/{address}?words=shown"
    assert [visitor.get(shown).status for visitor in (reader, reviewer)] == [403, 200]
    covered = reader.get(f"/claims/{address}")
    assert (covered.status, covered.headers["Cache-Control"]) == (200, "no-store")
    assert covered.body.startswith(b"\x89PNG")
    assert "data-words" in said
    assert "data-words" not in reader.get(f"/claims/{PROVED}").body.decode()


def test_the_one_page_result_can_be_fetched(api: Listening, others: Caller) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(others.key)
    answer = visitor.get(f"/claims/{PROVED}/summary.pdf")
    assert (answer.status, answer.body[:5]) == (200, b"%PDF-")
