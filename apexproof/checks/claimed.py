"""Claimed: what the claim says of the D3351 line, and what else was done to that tooth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from apexproof.checks.case import Case, Evidence, in_claim, in_history
from apexproof.checks.wording import service_in_words, visit_in_words
from apexproof.claim import ClaimKind, ServiceLine
from apexproof.tooth import Tooth


def claimed_tooth(case: Case) -> Tooth | None:
    """The tooth of the line; None when the claim names none, or none that exists."""
    return case.line.tooth.tooth if case.line.tooth else None


def place_of(case: Case, field: str, line: ServiceLine | None = None) -> str:
    """Where a field of a line (the judged one by default) stands in the claim, as in `lines[1].tooth`."""
    sought = line or case.line
    for index, known in enumerate(case.claim.lines):
        if known is sought:
            return f"lines[{index}].{field}"
    return f"line {sought.number}, {field}"


def tooth_in_claim(case: Case) -> Evidence:
    """The claimed tooth as evidence."""
    written = case.line.tooth.written if case.line.tooth else "none"
    return in_claim(place_of(case, "tooth"), claimed_tooth(case) or written)


def visit_in_claim(case: Case) -> Evidence:
    """The claimed date of the visit as evidence."""
    return in_claim(place_of(case, "service_date"), visit_in_words(case.line))


def why_no_visit(case: Case) -> str | None:
    """Why there is no visit to compare a date with; None when there is one."""
    if case.claim.kind is ClaimKind.PREDETERMINATION:
        return "This is a predetermination: the visit has not taken place yet"
    if case.line.first_day is None:
        return f"Line {case.line.number} has no service date"
    return None


class KnownService(Struct, frozen=True, kw_only=True):
    """A service on the claimed tooth, from another line of the claim or from the history; None where nobody says."""

    procedure: str
    first_day: date | None
    last_day: date | None
    words: str
    evidence: Evidence
    same_claim: bool
    patient_doubted: bool = False


def services_on_tooth(case: Case, procedures: frozenset[str]) -> Iterator[KnownService]:
    """The services with one of these procedures on the claimed tooth, but for the judged line itself."""
    tooth = claimed_tooth(case)
    if tooth is None:
        return
    for line in case.claim.lines:
        if line is not case.line and line.procedure in procedures and line.tooth and line.tooth.tooth == tooth:
            words = f"{line.procedure} on line {line.number}"
            place = place_of(case, "procedure", line)
            yield KnownService(
                procedure=line.procedure,
                first_day=line.first_day,
                last_day=line.last_day,
                words=f"{words} ({visit_in_words(line)})" if line.first_day else words,
                evidence=in_claim(place, f"{line.procedure}, {visit_in_words(line)}"),
                same_claim=True,
            )
    for service in case.history.services:
        if service.procedure in procedures and service.tooth == tooth:
            yield KnownService(
                procedure=service.procedure,
                first_day=service.service_date,
                last_day=service.service_date,
                words=service_in_words(service),
                evidence=in_history(service.claim_number or "claim not stated", service_in_words(service)),
                same_claim=service.claim_number == case.claim.number,
                patient_doubted=service.patient_doubted,
            )
