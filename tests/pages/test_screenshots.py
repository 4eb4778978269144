"""The screenshots of the README show the pages as they are."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.api.listening import Listening
from tests.pages.screenshots import FOLDER, Shot, shots

README = Path(__file__).parents[2] / "README.md"
FROM_AFAR = 4.0
STALE = "the screenshots are out of date: run 'make screenshots' and commit them"


def test_pages_say_and_look_what_the_screenshots_were_taken_of(api: Listening, browser: Browser) -> None:
    for shot in shots(api, browser):
        kept = Shot.kept(shot.name)
        assert shot.said == kept.said, STALE
        assert shot.differs_from(kept) < FROM_AFAR, STALE


def test_another_page_is_told_from_afar() -> None:
    fails, passes, worklist = (Shot.kept(name) for name in ("claim-that-fails", "claim-that-passes", "worklist"))
    assert fails.differs_from(fails) == 0
    assert min(fails.differs_from(passes), fails.differs_from(worklist), passes.differs_from(worklist)) > FROM_AFAR


def test_the_readme_shows_each_of_them_and_they_are_small() -> None:
    readme = README.read_text(encoding="utf-8")
    pictures = sorted(FOLDER.glob("*.png"))
    assert len(pictures) == 3
    for picture in pictures:
        assert f"docs/screenshots/{picture.name}" in readme
        assert picture.stat().st_size < 200_000
