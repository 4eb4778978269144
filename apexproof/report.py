"""Report: what is told of an organisation's claims, and which of them it is told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from apexproof.verification import Outcome

OPEN_OUTCOMES = (Outcome.CONTRADICTED, Outcome.MISSING_EVIDENCE, Outcome.NEEDS_REVIEW)
"""Of a claim that was judged and is not verified: something is to be done."""


class ReportKind(StrEnum):
    """What is told."""

    MISSING_EVIDENCE = "missing-evidence"
    """Each claim that is not verified: what is missing, since when, what to send."""
    SUMMARY = "summary"
    """How many claims there are, by outcome, payer, provider, check and month."""


class ReportForm(StrEnum):
    """How it is written down."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which claims are told of; what is None does not matter. The period is that of the D3351 visit."""

    outcome: Outcome | None = None
    payer: str | None = None
    provider: str | None = None
    check: str | None = None
    visited_from: date | None = None
    visited_until: date | None = None
    waiting_days: int | None = None
    """At least so many days since the outcome began."""

    @property
    def words(self) -> tuple[str, ...]:
        """What was selected, as in `payer PAYER-1`; nothing, when it is every claim."""
        stated = (
            ("outcome", self.outcome and self.outcome.replace("_", " ")),
            ("payer", self.payer),
            ("provider", self.provider),
            ("check", self.check),
            ("visit from", self.visited_from),
            ("visit until", self.visited_until),
            ("waiting for at least", None if self.waiting_days is None else f"{self.waiting_days} days"),
        )
        return tuple(f"{name} {value}" for name, value in stated if value is not None)


AGES = (0, 7, 30, 90)
"""Whole days since an outcome began, at which reports divide the claims that wait."""


def age_in_words(begins: int) -> str:
    """A span of `AGES` by its beginning, as in `7 to 29 days`."""
    following = [age for age in AGES if age > begins]
    return f"{begins} to {following[0] - 1} days" if following else f"{begins} days or more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What stands in the way of a claim, and what to send."""

    check: str
    message: str
    send: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClaim:
    """A claim that is not verified, since when, and why."""

    number: str
    outcome: Outcome
    since: datetime
    received_at: datetime
    payer: str | None
    provider: str | None
    visit: date | None
    missing: tuple[Missing, ...]

    def waiting_days(self, as_of: datetime) -> int:
        """Whole days since the outcome began."""
        return (as_of - self.since).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many claims there are of one payer, provider, check, outcome or month; None where the claim names none."""

    of: str | None
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many claims are told of, and how many were left out because they have not been judged yet."""

    claims: int
    not_judged_yet: int
    by_outcome: tuple[Counted, ...]
    by_check: tuple[Counted, ...]
    by_payer: tuple[Counted, ...]
    by_provider: tuple[Counted, ...]
    by_age: tuple[Counted, ...]
    """By the spans of `AGES`, in words, the shortest first; spans without a claim are among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the claims of one payer, provider or month stand."""

    of: str | None
    claims: int
    verified: int
    open: int
    first_pass: int
    """Verified as they were first claimed, within a day of their arrival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How all of them stand; `first_pass_rate` is of the claims that have something to verify and were judged."""

    as_of: datetime
    claims: int
    not_judged_yet: int
    first_pass: int
    first_pass_rate: float | None
    by_outcome: tuple[Counted, ...]
    by_check: tuple[Counted, ...]
    by_payer: tuple[Standing, ...]
    by_provider: tuple[Standing, ...]
    by_month: tuple[Standing, ...]
