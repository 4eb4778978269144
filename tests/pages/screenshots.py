"""Screenshots: the pictures of the README, taken of real pages; `make screenshots` writes them anew.

Fonts and smoothing differ from one machine to the next, so no pixel is compared. Beside each picture lies what the
page says to a screen reader: a picture is stale as soon as the page says anything else. How it looks is compared from
afar: both pictures are shrunk to the size of a thumbnail, where another colour, order or layout still shows.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser
from sqlalchemy import update

from apexproof.store.keys import Scope, make_key
from apexproof.store.tables import ClaimRow
from tests.api.asked import work_off
from tests.api.listening import Listening, listening
from tests.pages.chromium import lacking, launched, open_page, sign_in
from tests.pages.kept import keep

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
_WIDTH, _LIST, _CLAIM = 1080, 860, 1320
_THUMBNAIL = (54, 43)
_SHADES = 128
_DESK = "lantern-street-dental"
_CHANGING = (
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC"), "(moment)"),
    (re.compile(r"/[0-9a-f]{64}/"), "/(hash)/"),
    (re.compile(r"\b(engine|reader) [0-9.]+"), r"\1 (version)"),
)
"""What a page says otherwise each time, or with each version."""
_CASES = (
    ("LS-2041", "taken-after-the-visit", "Cedar Dental Plan", 9),
    ("LS-2044", "wrong-tooth", "Harbor Mutual", 6),
    ("LS-2047", "panoramic-only", "Cedar Dental Plan", 12),
    ("LS-2052", "nothing-attached", "Harbor Mutual", 4),
    ("LS-2053", "same-day-without-a-time", "Cedar Dental Plan", 3),
    ("LS-2058", "declared-jpeg-under-payer", "Northlight Benefits", 1),
    ("LS-2060", "verified-coded-dicom", "Northlight Benefits", 0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture of a page, and what the page says to a screen reader."""

    name: str
    picture: bytes
    said: str

    def save(self) -> None:
        """Write both."""
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{self.name}.png").write_bytes(self.picture)
        (FOLDER / f"{self.name}.txt").write_text(f"{self.said}\n", encoding="utf-8")

    @classmethod
    def kept(cls, name: str) -> Self:
        """The one that is kept."""
        said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
        return cls(name=name, picture=(FOLDER / f"{name}.png").read_bytes(), said=said)

    def differs_from(self, other: Shot) -> float:
        """How far apart the two pictures are from afar: the mean difference of their thumbnails, 0 to 255."""
        mine, theirs = (_thumbnail(shot.picture) for shot in (self, other))
        return float(np.abs(mine - theirs).mean())


def shots(api: Listening, browser: Browser) -> Iterator[Shot]:
    """Take all of them. Each claim is judged alone, as all are of one synthetic patient; then they lie together."""
    for number, case, payer, _ in _CASES:
        keep(api.caller(_alone(number)), case, number, payer={"id": payer, "name": payer})
    work_off(api)
    with api.database.writing() as session:
        for number, _, _, days in _CASES:
            moved = update(ClaimRow).where(ClaimRow.number == number)
            session.execute(moved.values(outcome_since=datetime.now(UTC) - timedelta(days=days, hours=1)))
    yield _shot(api, browser, "claim-that-fails", _alone("LS-2041"), "/claims/LS-2041", _CLAIM)
    yield _shot(api, browser, "claim-that-passes", _alone("LS-2060"), "/claims/LS-2060", _CLAIM)
    with api.database.writing() as session:
        session.execute(update(ClaimRow).values(organisation=_DESK))
    yield _shot(api, browser, "worklist", _DESK, "/", _LIST)


def _shot(api: Listening, browser: Browser, name: str, organisation: str, address: str, height: int) -> Shot:
    with open_page(browser, api.address, viewport={"width": _WIDTH, "height": height}, color_scheme="light") as page:
        with api.database.writing() as session:
            key = make_key(session, organisation=organisation, name="Front desk", scopes=Scope, now=datetime.now(UTC))
        sign_in(page, key)
        page.goto(address)
        page.evaluate("Promise.all([...document.querySelectorAll('.film img')].map((image) => image.decode()))")
        picture = _small(page.screenshot())
        said = page.locator("main").aria_snapshot()
    for changing, name_of_it in _CHANGING:
        said = changing.sub(name_of_it, said)
    return Shot(name=name, picture=picture, said=said)


def _alone(number: str) -> str:
    return f"{_DESK}-{number[-2:]}"


def _small(picture: bytes) -> bytes:
    """The same in few shades."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as shown:
        shown.convert("RGB").quantize(_SHADES).save(small, "PNG", optimize=True)
    return small.getvalue()


def _thumbnail(picture: bytes) -> NDArray[np.float64]:
    with Image.open(io.BytesIO(picture)) as shown:
        return np.asarray(shown.convert("RGB").resize(_THUMBNAIL, Image.Resampling.BOX), dtype=np.float64)


def main() -> int:
    """Write them anew."""
    if reason := lacking():
        print(f"The screenshots cannot be taken: {reason}.", file=sys.stderr)  # noqa: T201 - a command says why
        return 1
    with tempfile.TemporaryDirectory() as folder, listening(Path(folder)) as api, launched() as browser:
        for shot in shots(api, browser):
            shot.save()
    return 0


if __name__ == "__main__":
    sys.exit(main())
