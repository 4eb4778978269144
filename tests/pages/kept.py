"""Kept: cases of fixtures/ sent to the API, read and judged, so that the pages have something to show."""

from __future__ import annotations

import json
from typing import Any

from fixtures.case import CASES
from tests.api.asked import work_off
from tests.api.listening import Listening
from tests.service.caller import Caller


def keep(caller: Caller, case: str, number: str, **changes: Any) -> None:  # noqa: ANN401 - any part of a claim
    """Send a case under this number, with its files."""
    claim = json.loads((CASES / case / "claim.json").read_bytes())
    assert caller.send_claim({**claim, "claim_number": number, **changes}).status in {200, 201}
    for film in sorted((CASES / case / "files").glob("*")):
        assert caller.send_file(number, film).status in {200, 202}


def kept(api: Listening, caller: Caller, cases: dict[str, str]) -> None:
    """Send cases by their numbers, and judge them."""
    for number, case in cases.items():
        keep(caller, case, number)
    work_off(api)
