"""The page of reports: its numbers are those of the CSV and the PDF, lead to their claims, and can be heard."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.listening import Listening
from tests.pages.chromium import open_page, sign_in
from tests.pages.kept import kept
from tests.pages.looks import PHONE, accessible, not_wider_than_the_screen
from tests.pages.visitor import Visitor
from tests.service.caller import Caller

CASES = {"LATE-1": "taken-after-the-visit", "BARE-1": "nothing-attached", "GOOD-1": "verified-coded-dicom"}


@pytest.fixture(scope="module")
def owner(api: Listening) -> Caller:
    """Three claims, each of a patient of its own."""
    caller = api.caller("report-desk")
    kept(api, caller, CASES)
    return caller


@pytest.fixture
def page(api: Listening, browser: Browser, owner: Caller) -> Iterator[Page]:
    with open_page(browser, api.address) as page:
        sign_in(page, owner.key)
        yield page


def listed(visitor: Visitor, asked: str) -> set[str]:
    """The claims of the CSV."""
    written = visitor.get(f"/reports/missing-evidence.csv{asked}").body.decode("utf-8-sig")
    return {row["claim"] for row in csv.DictReader(io.StringIO(written))}


def test_the_page_and_the_csv_have_the_same_numbers(api: Listening, owner: Caller) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(owner.key)
    shown = visitor.get("/reports").body.decode()
    numbers = listed(visitor, "")
    assert f"Not verified: {len(numbers)} claim" in shown
    only = visitor.get("/reports?check=APX101").body.decode()
    assert listed(visitor, "?check=APX101") == {"BARE-1"}
    assert "Not verified: 1 claim<" in only
    pdf = visitor.get("/reports/missing-evidence.pdf")
    assert (pdf.status, pdf.body[:5]) == (200, b"%PDF-")


def test_a_bar_leads_to_the_report_of_its_claims(page: Page) -> None:
    page.get_by_role("link", name="Reports").press("Enter")
    page.get_by_role("link", name="No attachment (APX101)").press("Enter")
    expect(page.get_by_role("heading", name="Not verified: 1 claim")).to_be_visible()
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page.get_by_text("All claims, as of")).to_be_visible()


def test_the_form_leaves_out_what_is_left_empty(page: Page) -> None:
    page.goto("/reports")
    page.get_by_label("Waits at least (days)").fill("0")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("Only waiting for at least 0 days; as of")).to_be_visible()
    expect(page.get_by_role("heading", name="Not verified:")).to_be_visible()


def test_the_share_over_time_is_said_in_words(page: Page) -> None:
    page.goto("/reports")
    expect(page.get_by_role("img", name="Share verified at first, by month of arrival")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_reports_are_accessible(
    api: Listening, browser: Browser, owner: Caller, scheme: str, screen: dict[str, object]
) -> None:
    with open_page(browser, api.address, color_scheme=scheme, **screen) as page:
        sign_in(page, owner.key)
        page.goto("/reports")
        accessible(page)
        not_wider_than_the_screen(page)
        page.goto("/reports?waiting_days=90&payer=NOBODY")
        expect(page.get_by_text("Nothing is missing")).to_be_visible()
        accessible(page)


@pytest.mark.parametrize("said", ["provider=12", "visited_from=soon", "waiting_days=x", "outcome=great"])
def test_what_no_form_sends_is_refused_with_a_page(api: Listening, owner: Caller, said: str) -> None:
    visitor = Visitor(api.address)
    visitor.sign_in(owner.key)
    answer = visitor.get(f"/reports?{said}")
    assert answer.status == 422
    assert b"<h1>" in answer.body
