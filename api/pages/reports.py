"""Reports, as a page: what is missing by outcome, check, payer, provider and age, and how many claims pass at first.

The numbers are those of the CSV and the PDF that it links to: they are counted by the same queries, of the same claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from apexproof.checks.table import find_check
from apexproof.report import Counted, ReportForm, ReportKind, Selection, Standing, Summary
from apexproof.store.reports import Asked, summary, totals
from apexproof.verification import Outcome
from api.pages.charts import Bars, Line, bars, line
from api.pages.page import page
from api.pages.visit import PageReader
from api.pages.words import SHORT
from api.premises import Here
from api.reports import report_now
from api.reports_documents import SelectionSent

router = APIRouter(include_in_schema=False)
_MONTHS = 12
_NOT_NAMED = "not named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the address says, as a form sends it."""

    selection: Selection

    @classmethod
    def of(cls, said: Annotated[SelectionSent, Query()]) -> Self:
        """The filter of an address."""
        return cls(selection=said.selection)

    def address(self, at: str, **changed: str | None) -> str:
        """The same filter at another address, with some of it changed."""
        stated = {one.name: getattr(self.selection, one.name) for one in fields(self.selection)} | changed
        said = urlencode({name: value for name, value in stated.items() if value is not None})
        return f"{at}?{said}" if said else at

    @property
    def worklist(self) -> str | None:
        """The same claims in the worklist; None when it has no such filter."""
        chosen = self.selection
        if chosen != Selection(outcome=chosen.outcome, payer=chosen.payer, check=chosen.check):
            return None
        said = {"show": chosen.outcome, "payer": chosen.payer, "check": chosen.check}
        stated = urlencode({name: value for name, value in said.items() if value})
        return f"/?{stated}" if stated else "/"


Filtered = Annotated[Filter, Depends(Filter.of)]


@router.get("/reports")
def reports_page(request: Request, here: Here, caller: PageReader, filtered: Filtered) -> Response:
    """What is missing, and how claims stand."""
    asked = Asked(organisation=caller.organisation, selection=filtered.selection, as_of=here.clock().now)
    with here.database.looking() as session:
        missing, standing = totals(session, asked), summary(session, asked)
    return page(
        request,
        "reports.html",
        filter=filtered,
        selection=filtered.selection,
        as_of=asked.as_of,
        missing=missing,
        standing=standing,
        judged=_judged(standing.by_outcome),
        first_pass=_first_pass(standing),
        by_outcome=_bars(filtered, "outcome", missing.by_outcome),
        by_check=_bars(filtered, "check", missing.by_check),
        by_payer=_bars(filtered, "payer", missing.by_payer),
        by_provider=_bars(filtered, "provider", missing.by_provider),
        by_age=bars([(one.of or "", one.claims, None) for one in missing.by_age]),
    )


@router.get("/reports/missing-evidence.{form}")
def fetch_report(form: ReportForm, here: Here, caller: PageReader, filtered: Filtered) -> Response:
    """The claims behind the numbers, to keep or to print."""
    return report_now(here, caller, filtered.selection, ReportKind.MISSING_EVIDENCE, form)


def _bars(filtered: Filter, of: str, counted: Iterable[Counted]) -> Bars:
    """Bars of which each leads to the report of its claims alone."""
    return bars(
        [
            (_name(of, one.of), one.claims, filtered.address("/reports", **{of: one.of}) if one.of else None)
            for one in counted
        ]
    )


def _name(of: str, value: str | None) -> str:
    if value is None:
        return _NOT_NAMED
    if of == "outcome":
        return SHORT[value].word
    found = find_check(value) if of == "check" else None
    return f"{found.fault.replace('-', ' ').capitalize()} ({value})" if found else value


def _judged(by_outcome: Iterable[Counted]) -> int:
    """Claims that had something to verify, and were judged."""
    return sum(one.claims for one in by_outcome if one.of != Outcome.NOT_APPLICABLE)


def _first_pass(standing: Summary) -> Line:
    months: Iterable[Standing] = standing.by_month[-_MONTHS:]
    return line([(_month(one.of), one.first_pass, one.verified + one.open) for one in months])


def _month(of: str | None) -> str:
    """A month, as in Feb 2026."""
    return f"{date.fromisoformat(f'{of}-01'):%b %Y}" if of else _NOT_NAMED
