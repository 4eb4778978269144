"""APX702."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, Result, check, failed, not_applicable, passed, unsure
from apexproof.checks.claimed import KnownService, claimed_tooth, services_on_tooth, visit_in_claim
from apexproof.checks.wording import days_in_words
from apexproof.claim import FINAL_VISIT, INTERIM_VISIT

_LATER_VISITS = frozenset({INTERIM_VISIT, FINAL_VISIT})


@check("APX702", fault="visits-out-of-order", failure=Failure.CONTRADICTED, since="0.1")
def visits_out_of_order(case: Case) -> Answer:
    """A later visit of the same apexification lies before the initial one, on its day, or too soon after it.

    ## What it looks at
    D3352 and D3353 on the same tooth, in this claim and in the history, against the day of the D3351 visit and the
    least number of days between two visits in the policy.

    ## Why it matters
    The medicament needs weeks to months to work; visits in the wrong order show a wrong code, tooth or date.

    ## How to clear it
    Correct the codes or the dates so that D3351 comes first.

    ## References
    RARC N357 (time frame requirements), N117; CARC 16. The least spacing is a default that no payer confirmed.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    later = tuple(services_on_tooth(case, _LATER_VISITS))
    if not later:
        return passed(f"No later visit of {tooth} is known.")
    visit = visit_in_claim(case)
    answers = [_doubted(service, _placed(case, service)).because(service.evidence, visit) for service in later]
    return min(answers, key=_worst_first)


def _doubted(service: KnownService, answer: Answer) -> Answer:
    """The answer; but a visit that was perhaps another patient's refutes nothing."""
    if answer.result is not Result.FAIL or not service.patient_doubted:
        return answer
    return unsure(
        f"A later visit lies before the initial one or on its day, but was perhaps another patient's: {service.words}.",
        remedy="Look up whose visit that was.",
        measured=answer.measured,
        limit=answer.limit,
    )


def _worst_first(answer: Answer) -> int:
    return (Result.FAIL, Result.UNSURE, Result.PASS).index(answer.result)


def _placed(case: Case, service: KnownService) -> Answer:
    """Where one later visit lies against the initial one."""
    first, last = case.line.first_day, case.line.last_day
    remedy = "Correct the code or the date of one of the two visits."
    if first is None or last is None or service.first_day is None or service.last_day is None:
        return unsure(
            f"{service.words} cannot be put in order with this initial visit, because one of them has no date.",
            remedy="Enter the missing date; if the apexification has begun already, this is not its initial visit.",
        )
    if service.last_day < first:
        return failed(
            f"A later visit lies before the initial one: {service.words}, initial visit on {first}.",
            remedy=remedy,
            measured=(service.last_day - first).days,
            limit=case.policy.sequence.min_days_between_visits,
        )
    gap = (service.first_day - last).days
    least = case.policy.sequence.min_days_between_visits
    if gap <= 0 and first == last and service.first_day == service.last_day:
        return failed(
            f"A later visit is billed for the day of the initial one: {service.words}.",
            remedy=remedy,
            measured=gap,
            limit=least,
        )
    if gap < max(least, 1):
        return unsure(
            f"{service.words} follows the initial visit by only {days_in_words(max(gap, 0))}; {least} are usual at"
            " least.",
            remedy=remedy,
            measured=gap,
            limit=least,
        )
    return passed(f"{service.words} follows the initial visit by {days_in_words(gap)}.", measured=gap, limit=least)
