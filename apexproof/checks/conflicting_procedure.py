"""APX703."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, unsure
from apexproof.checks.claimed import KnownService, claimed_tooth, services_on_tooth, visit_in_claim
from apexproof.checks.wording import at_most

_ROOT_CANALS = frozenset({"D3310", "D3320", "D3330"})
_REGENERATION = frozenset({"D3355", "D3356", "D3357"})


@check("APX703", fault="conflicting-procedure", failure=Failure.CONTRADICTED, since="0.1")
def conflicting_procedure(case: Case) -> Answer:
    """The same tooth is billed with a treatment that rules apexification out.

    ## What it looks at
    Root canal treatment (D3310, D3320, D3330) and pulpal regeneration (D3355, D3356, D3357) on the same tooth, in this
    claim and in the history. One that lies after this visit, or has no date, is left to a person.

    ## Why it matters
    A filled root canal has a closed or sealed apex, and regeneration is the other way to treat the same open one.

    ## How to clear it
    Remove the code that was not done, or correct the tooth.

    ## References
    RARC N702 (review of same or similar services); CARC 16, 18. Which codes conflict is the common reading of billing
    guides; no payer's rule was confirmed.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    found = tuple(services_on_tooth(case, _ROOT_CANALS | _REGENERATION))
    if not found:
        return passed(f"No conflicting procedure on {tooth} is known.", measured=0, limit=0)
    certain = [service for service in found if _conflicts(case, service)]
    evidence = (*(service.evidence for service in certain or found), visit_in_claim(case))
    remedy = "Remove the procedure that was not done, or correct the tooth of one of them."
    if certain:
        return failed(
            f"{tooth} is also billed with {at_most([service.words for service in certain])}, which rules apexification"
            " out.",
            remedy=remedy,
            measured=len(certain),
            limit=0,
        ).because(*evidence)
    return unsure(
        f"{tooth} is also billed with {at_most([service.words for service in found])}, {_why_open(found)}.",
        remedy="Look up when that was done, and for whom; before this visit it rules apexification out.",
        measured=len(found),
        limit=0,
    ).because(*evidence)


def _why_open(found: tuple[KnownService, ...]) -> str:
    if any(service.patient_doubted for service in found):
        return "perhaps of another patient"
    return "after this visit or without a date"


def _conflicts(case: Case, service: KnownService) -> bool:
    if service.patient_doubted:
        return False
    last = case.line.last_day
    if service.first_day is None or last is None:
        return service.same_claim
    return service.first_day <= last
