"""APX701."""

from __future__ import annotations

from apexproof.checks.case import (
    Answer,
    Case,
    Evidence,
    Failure,
    check,
    failed,
    in_claim,
    in_history,
    not_applicable,
    passed,
    unsure,
)
from apexproof.checks.claimed import claimed_tooth, place_of, tooth_in_claim
from apexproof.checks.wording import service_in_words, visit_in_words
from apexproof.claim import INITIAL_VISIT, EarlierService, ServiceLine


@check("APX701", fault="initial-visit-billed-before", failure=Failure.CONTRADICTED, since="0.1")
def initial_visit_billed_before(case: Case) -> Answer:
    """The initial visit of this tooth was billed before.

    ## What it looks at
    D3351 on the same tooth in the history, and on an earlier line of the same claim. The same claim number in the
    history is this claim sent again, and no second visit.

    ## Why it matters
    There is one initial visit per tooth; what follows is D3352, and D3353 at the end.

    ## How to clear it
    Bill a later visit with its own code. For a claim that replaces another, send it under the same claim number.

    ## References
    RARC N117, N113, N702; CARC 18, 149. Once per tooth: billing guides; no payer's rule was confirmed.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    remedy = (
        "If this is a later visit, bill D3352 or D3353; if it replaces the earlier claim, send it as a replacement."
    )
    twin = next((line for line in case.claim.lines if _comes_first(case, line)), None)
    if twin is not None:
        return failed(
            f"The initial visit of {tooth} is billed twice in this claim, on lines {twin.number} and"
            f" {case.line.number}.",
            remedy=remedy,
            measured=2,
            limit=1,
        ).because(tooth_in_claim(case), in_claim(place_of(case, "procedure", twin), visit_in_words(twin)))
    earlier = [service for service in case.history.services if service.procedure == INITIAL_VISIT]
    same_tooth = [service for service in earlier if service.tooth == tooth]
    others = [service for service in same_tooth if service.claim_number != case.claim.number]
    unclear = [service for service in others if service.patient_doubted or _may_be_this_visit(case, service)]
    billed = [service for service in others if service not in unclear]
    if billed:
        return failed(
            f"The initial visit of {tooth} was billed before: {service_in_words(billed[0])}.",
            remedy=remedy,
            measured=1 + len(billed),
            limit=1,
        ).because(*_evidence(billed))
    open_questions = unclear + [service for service in earlier if service.tooth is None]
    if open_questions:
        first = open_questions[0]
        return unsure(
            f"The history lists an initial visit {_what_is_unclear(first)}: {service_in_words(first)}.",
            remedy="Look up whether that was this visit, another tooth or patient, or a visit billed before.",
            measured=len(open_questions),
            limit=0,
        ).because(*_evidence(open_questions))
    if same_tooth:
        return passed(
            f"The history knows this initial visit of {tooth} from this same claim, sent before.", measured=1, limit=1
        ).because(*_evidence(same_tooth))
    return passed(f"Nothing shows that the initial visit of {tooth} was billed before.", measured=1, limit=1)


def _what_is_unclear(service: EarlierService) -> str:
    if service.patient_doubted:
        return "that was perhaps another patient's"
    return "without its tooth" if service.tooth is None else "of the same day, without its claim number"


def _comes_first(case: Case, line: ServiceLine) -> bool:
    """Whether another line of the claim is the initial visit of this tooth, and this one the repetition."""
    if line is case.line or line.procedure != INITIAL_VISIT or line.tooth is None:
        return False
    if line.tooth.tooth != claimed_tooth(case):
        return False
    ours, theirs = case.line.first_day, line.first_day
    if ours is not None and theirs is not None and ours != theirs:
        return theirs < ours
    return next(known for known in case.claim.lines if known is line or known is case.line) is line


def _may_be_this_visit(case: Case, service: EarlierService) -> bool:
    """A service of the same day under no claim number may be this very visit in the practice's own ledger."""
    return service.claim_number is None and service.service_date in (None, case.line.first_day)


def _evidence(services: list[EarlierService]) -> list[Evidence]:
    return [in_history(service.claim_number or "claim not stated", service_in_words(service)) for service in services]
