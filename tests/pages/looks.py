"""Looks: what holds of every page: axe finds nothing, and nobody has to move it sideways."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def accessible(page: Page) -> None:
    """Nothing that axe finds by WCAG 2.2 AA stands on the page."""
    found = Axe().run(page, options={"runOnly": _RULES})
    assert found.response["violations"] == [], found.generate_report()


def not_wider_than_the_screen(page: Page) -> None:
    """Nobody has to move the page sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
