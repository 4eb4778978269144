"""Reports as JSON: the claims in the order of their waiting, then the totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from apexproof.formats.reports.heading import Heading
from apexproof.report import Counted, OpenClaim, Selection, Standing, Summary, Totals
from apexproof.verification import Outcome


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class MissingDocument(_Document):
    """What stands in the way of a claim, and what to send."""

    check: str
    message: str
    send: str | None


class OpenClaimDocument(_Document):
    """A claim that is not verified, since when, and why."""

    number: str
    outcome: Outcome
    since: datetime
    waiting_days: int
    received_at: datetime
    payer: str | None
    provider: str | None
    visit: date | None
    missing: list[MissingDocument]


class CountedDocument(_Document):
    """How many claims there are of one; null where the claim names none."""

    of: str | None
    claims: int


class TotalsDocument(_Document):
    """How many claims are told of; those not judged yet are not among them."""

    claims: int
    not_judged_yet: int
    by_outcome: list[CountedDocument]
    by_check: list[CountedDocument]
    by_payer: list[CountedDocument]
    by_provider: list[CountedDocument]
    by_age: list[CountedDocument]


class MissingEvidenceDocument(_Document):
    """Each claim that is not verified, those that wait longest first; what came later than `as_of` is not told."""

    report: str
    as_of: datetime
    selection: Selection
    claims: list[OpenClaimDocument]
    totals: TotalsDocument


class StandingDocument(_Document):
    """How the claims of one payer, provider or month stand."""

    of: str | None
    claims: int
    verified: int
    open: int
    first_pass: int


class SummaryDocument(_Document):
    """How many claims there are. First pass: verified as first claimed, within a day of their arrival."""

    report: str
    as_of: datetime
    selection: Selection
    claims: int
    not_judged_yet: int
    first_pass: int
    first_pass_rate: float | None
    by_outcome: list[CountedDocument]
    by_check: list[CountedDocument]
    by_payer: list[StandingDocument]
    by_provider: list[StandingDocument]
    by_month: list[StandingDocument]


_HEADING = TypeAdapter(dict[str, Any])


def missing_evidence_json(
    heading: Heading, claims: Iterable[OpenClaim], totals: Callable[[], Totals]
) -> Iterator[bytes]:
    """Write the report; the totals are asked for when all claims are written."""
    above = {"report": "missing-evidence", "as_of": heading.as_of, "selection": heading.selection}
    yield _HEADING.dump_json(above)[:-1] + b',"claims":['
    divider = b"\n"
    for claim in claims:
        yield divider + _open_claim(claim, heading.as_of).model_dump_json().encode()
        divider = b",\n"
    yield b'\n],"totals":' + TotalsDocument.model_validate(totals()).model_dump_json().encode() + b"}\n"


def summary_json(heading: Heading, summary: Summary) -> Iterator[bytes]:
    """Write the summary."""
    yield (
        SummaryDocument(
            report="summary",
            as_of=heading.as_of,
            selection=heading.selection,
            claims=summary.claims,
            not_judged_yet=summary.not_judged_yet,
            first_pass=summary.first_pass,
            first_pass_rate=summary.first_pass_rate,
            by_outcome=_counted(summary.by_outcome),
            by_check=_counted(summary.by_check),
            by_payer=_standings(summary.by_payer),
            by_provider=_standings(summary.by_provider),
            by_month=_standings(summary.by_month),
        )
        .model_dump_json()
        .encode()
    )


def _open_claim(claim: OpenClaim, as_of: datetime) -> OpenClaimDocument:
    return OpenClaimDocument(
        number=claim.number,
        outcome=claim.outcome,
        since=claim.since,
        waiting_days=claim.waiting_days(as_of),
        received_at=claim.received_at,
        payer=claim.payer,
        provider=claim.provider,
        visit=claim.visit,
        missing=[MissingDocument(check=one.check, message=one.message, send=one.send) for one in claim.missing],
    )


def _counted(counted: Iterable[Counted]) -> list[CountedDocument]:
    return [CountedDocument.model_validate(one) for one in counted]


def _standings(standings: Iterable[Standing]) -> list[StandingDocument]:
    return [StandingDocument.model_validate(one) for one in standings]
