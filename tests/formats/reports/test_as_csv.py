"""CSV: one row for each thing that is missing, and nothing that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.formats.reports.as_csv import missing_evidence_csv
from apexproof.report import Missing, OpenClaim
from tests.formats.reports.told import HEADING, MESSAGE, REMEDY, open_claim


def rows(*claims: OpenClaim) -> list[dict[str, str]]:
    written = b"".join(missing_evidence_csv(HEADING, claims))
    assert written.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_each_thing_that_is_missing_has_a_row_with_all_of_its_claim() -> None:
    two = (
        Missing(check="APX401", message=MESSAGE, send=REMEDY),
        Missing(check="APX502", message="Blurred.", send=None),
    )
    found = rows(open_claim("A", *two), open_claim("B", days=400))
    assert [(row["claim"], row["check"], row["send"]) for row in found] == [
        ("A", "APX401", REMEDY),
        ("A", "APX502", ""),
        ("B", "APX401", REMEDY),
    ]
    assert (found[2]["waiting_days"], found[2]["since"], found[2]["outcome"]) == (
        "400",
        "2025-01-25 11:00",
        "contradicted",
    )


@pytest.mark.parametrize("first", list("=+-@\t\r\n\uff1d"))
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(first: str) -> None:
    (row,) = rows(open_claim(f"{first}cmd|' /C calc'!A0"))
    assert row["claim"] == f"'{first}cmd|' /C calc'!A0"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_whatever_a_claim_is_called_its_row_is_one_row(number: str) -> None:
    (row,) = rows(open_claim(number))
    assert row["claim"].removeprefix("'") == number.removeprefix("'")
    assert row["check"] == "APX401"
