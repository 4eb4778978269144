"""The jobs a person comes for, each with the keyboard alone, at a desk and on a phone's screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.kept import kept
from tests.pages.looks import PHONE
from tests.service.caller import Caller

TABS_MOST = 60
SEEN = """node => {
  const place = node.getBoundingClientRect();
  const [x, y] = [place.x + place.width / 2, place.y + Math.min(place.height, innerHeight) / 2];
  const there = document.elementFromPoint(x, y);
  return getComputedStyle(node).outlineStyle !== "none" && (node.contains(there) || there?.contains(node));
}"""


@pytest.fixture(scope="module")
def desk(api: Listening) -> Caller:
    """A desk with a claim that fails."""
    caller = api.caller("late-desk")
    kept(api, caller, {"LATE-1": "taken-after-the-visit"})
    return caller


@pytest.fixture(params=[{}, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, api: Listening, browser: Browser) -> Iterator[Page]:
    """A screen of either kind."""
    with open_page(browser, api.address, **request.param) as page:
        yield page


def reach(page: Page, role: str, name: str) -> None:
    """Go on with Tab until something has the focus, and see that it has."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # one of Playwright's roles
    for _ in range(TABS_MOST):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            assert wanted.evaluate(SEEN), f"nobody sees that {name} has the focus"
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def press(page: Page, role: str, name: str, key: str = "Enter") -> None:
    """Reach something, and press a key there."""
    reach(page, role, name)
    page.keyboard.press(key)


def test_somebody_sees_what_needs_them_and_why(page: Page, desk: Caller) -> None:
    sign_in(page, desk.key)
    press(page, "link", "LATE-1")
    expect(page.get_by_text("the only periapical of tooth 8 was taken 1 day after the visit")).to_be_visible()
    expect(page.get_by_text("Attach the image that was taken before the canal was opened")).to_be_visible()
    press(page, "link", "Worklist")
    page.wait_for_url("/")


def test_somebody_looks_at_a_picture_and_is_where_they_were(page: Page, desk: Caller) -> None:
    sign_in(page, desk.key)
    page.goto("/claims/LATE-1")
    press(page, "button", "Look at picture A")
    page.keyboard.press("+")
    press(page, "button", "Invert", "Space")
    expect(page.get_by_role("button", name="Invert")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Look at picture A")).to_be_focused()


def test_somebody_reads_every_check_down_to_the_tag(page: Page, desk: Caller) -> None:
    sign_in(page, desk.key)
    page.goto("/claims/LATE-1")
    page.locator("summary", has_text="checks of this line").focus()
    page.keyboard.press("Enter")
    reach(page, "region", "All checks of line 1")
    expect(page.get_by_role("region", name="All checks of line 1").get_by_text("(0008,2228)").first).to_be_visible()


def test_somebody_settles_what_a_machine_could_not(request: pytest.FixtureRequest, api: Listening, page: Page) -> None:
    caller = api.caller(f"settling-{request.node.callspec.id}")
    kept(api, caller, {"DAY-1": "same-day-without-a-time"})
    sign_in(page, caller.key)
    press(page, "link", "Review")
    page.wait_for_url("**/review*")
    press(page, "radio", "Yes, it holds", "Space")
    reach(page, "textbox", "What did you see")
    page.keyboard.type("The clock of the sensor is right; the visit began at ten.")
    reach(page, "textbox", "Who looked")
    page.keyboard.type("Dr. R. Larkspur")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Accepted by Dr. R. Larkspur")).to_be_visible()
    work_off(api)
    assert caller.claim("DAY-1").json["outcome"] == "verified"


def test_somebody_sees_what_is_missing_most_and_goes_to_the_claim(page: Page, desk: Caller) -> None:
    sign_in(page, desk.key)
    press(page, "link", "Reports")
    press(page, "link", "Radiograph taken after visit")
    page.wait_for_url("**/reports?check=APX401")
    press(page, "link", "Open these claims")
    page.wait_for_url("**/?check=APX401")
    press(page, "link", "LATE-1")
    page.wait_for_url("**/claims/LATE-1")


def test_somebody_sees_what_judging_again_would_change(page: Page, api: Listening, desk: Caller) -> None:
    sign_in(page, desk.key)
    press(page, "button", "Judge again")
    page.wait_for_url("**/runs/*")
    work_off(api)
    expect(page.get_by_text("Nothing would change")).to_be_visible()
