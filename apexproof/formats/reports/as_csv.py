"""Reports as CSV (RFC 4180), for a spreadsheet: UTF-8 that Excel takes for it, and no cell that is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from apexproof.formats.reports.heading import Heading
from apexproof.report import OpenClaim, Standing, Summary

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as something else
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Cell = str | int | float | None


def missing_evidence_csv(heading: Heading, claims: Iterable[OpenClaim]) -> Iterator[bytes]:
    """One row for each thing that stands in the way of a claim, so that each column can be sorted and filtered."""
    yield _BYTE_ORDER_MARK + _row(
        (
            "claim",
            "outcome",
            "since",
            "waiting_days",
            "check",
            "missing",
            "send",
            "payer",
            "provider",
            "visit",
            "received",
        )
    )
    for claim in claims:
        above = (claim.number, claim.outcome.replace("_", " "), _minute(claim.since), claim.waiting_days(heading.as_of))
        below = (
            claim.payer,
            claim.provider,
            claim.visit.isoformat() if claim.visit else None,
            _minute(claim.received_at),
        )
        for one in claim.missing:
            yield _row((*above, one.check, one.message, one.send, *below))
        if not claim.missing:
            yield _row((*above, None, None, None, *below))


def summary_csv(summary: Summary) -> Iterator[bytes]:
    """One row for each outcome, check, payer, provider and month."""
    yield _BYTE_ORDER_MARK + _row(("by", "of", "claims", "verified", "open", "first_pass"))
    yield _row(("all", None, summary.claims, None, None, summary.first_pass))
    for outcome in summary.by_outcome:
        yield _row(("outcome", outcome.of and outcome.of.replace("_", " "), outcome.claims, None, None, None))
    for check in summary.by_check:
        yield _row(("check", check.of, check.claims, None, None, None))
    for by, standings in (("payer", summary.by_payer), ("provider", summary.by_provider), ("month", summary.by_month)):
        for one in standings:
            yield _row((by, *_standing(one)))


def _standing(one: Standing) -> tuple[Cell, ...]:
    return one.of, one.claims, one.verified, one.open, one.first_pass


def _row(cells: Sequence[Cell]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    """The cell, as text where a spreadsheet would calculate it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell


def _minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
