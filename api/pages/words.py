"""Words: how the pages call outcomes, moments and sizes, in the language of a front desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from apexproof.checks.table import ALL_CHECKS
from apexproof.observation import Strength
from apexproof.verification import Outcome
from api.documents import ClaimState

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A word with its sign: what it means is never told by its colour alone."""

    word: str
    sign: str
    """The name of a sign in `static/signs.svg`."""
    tone: str
    """The name of a colour in `static/app.css`."""


OUTCOMES: dict[str, Badge] = {
    Outcome.VERIFIED: Badge(word="Ready to send", sign="check", tone="good"),
    Outcome.NEEDS_REVIEW: Badge(word="Needs a person", sign="person", tone="ask"),
    Outcome.MISSING_EVIDENCE: Badge(word="Not ready: something is missing", sign="missing", tone="bad"),
    Outcome.CONTRADICTED: Badge(word="Not ready: the evidence says otherwise", sign="cross", tone="bad"),
    Outcome.NOT_APPLICABLE: Badge(word="Nothing to check", sign="dash", tone="still"),
}
SHORT: dict[str, Badge] = {
    Outcome.VERIFIED: Badge(word="Ready", sign="check", tone="good"),
    Outcome.NEEDS_REVIEW: Badge(word="Needs a person", sign="person", tone="ask"),
    Outcome.MISSING_EVIDENCE: Badge(word="Something missing", sign="missing", tone="bad"),
    Outcome.CONTRADICTED: Badge(word="Contradicted", sign="cross", tone="bad"),
    Outcome.NOT_APPLICABLE: Badge(word="Nothing to check", sign="dash", tone="still"),
}
STATES: dict[str, Badge] = {
    ClaimState.READING: Badge(word="Being read", sign="clock", tone="still"),
    ClaimState.SET_ASIDE: Badge(word="Could not be read", sign="cross", tone="bad"),
}
RESULTS: dict[str, Badge] = {
    "pass": Badge(word="Holds", sign="check", tone="good"),
    "fail": Badge(word="Fails", sign="cross", tone="bad"),
    "unsure": Badge(word="Unsure", sign="person", tone="ask"),
    "not_applicable": Badge(word="Does not apply", sign="dash", tone="still"),
    "crashed": Badge(word="Broke down", sign="person", tone="ask"),
}
STRENGTHS: Mapping[str, str] = {
    Strength.BOUND.label: "a hint",
    Strength.DECLARED.label: "the sender's word",
    Strength.FREE_TEXT.label: "typed by somebody",
    Strength.BURNED_IN.label: "words in the picture",
    Strength.ATTRIBUTE.label: "a field of the file",
    Strength.CODED.label: "a code in the file",
    Strength.ATTESTED.label: "a person's word",
}
"""How much a source is worth, for who never saw its name in a policy."""


def day(moment: date | datetime | None) -> str:
    """A day, as in 10 Feb 2026."""
    return f"{moment.day} {moment:%b %Y}" if moment else "no date"


def moment(when: datetime) -> str:
    """A moment, as in 10 Feb 2026, 14:05 UTC."""
    return f"{day(when)}, {when:%H:%M} UTC"


def size(octets: int) -> str:
    """Bytes, as in 1.4 MB."""
    if octets < _KIB:
        return f"{octets} bytes"
    if octets < _KIB**2:
        return f"{octets / _KIB:.0f} KB"
    return f"{octets / _KIB**2:.1f} MB"


def counted(number: int, noun: str, many: str = "") -> str:
    """A number with its noun, as in 1 claim, 2,400 claims."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def claim_page(number: str) -> str:
    """The address of a claim's page; a number may hold a slash."""
    return f"/claims/{quote(number, safe='')}"


FAULTS: Mapping[str, str] = {check.id: check.title for check in ALL_CHECKS}
"""What each check looks for, in words."""
FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "size": size,
    "counted": counted,
    "claim_page": claim_page,
}
TABLES: Mapping[str, Any] = {
    "OUTCOMES": OUTCOMES,
    "SHORT": SHORT,
    "STATES": STATES,
    "RESULTS": RESULTS,
    "FAULTS": FAULTS,
    "STRENGTHS": STRENGTHS,
}
