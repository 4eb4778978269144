"""APX403."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, not_applicable, passed, unsure
from apexproof.checks.claimed import visit_in_claim
from apexproof.checks.wording import visit_in_words
from apexproof.claim import ClaimKind


@check("APX403", fault="service-date-missing", failure=Failure.MISSING, since="0.1")
def service_date_missing(case: Case) -> Answer:
    """The line does not say when the visit was, or says a day that cannot be.

    ## What it looks at
    The service date of the line. A period is accepted: the image then has to lie before its first day, and one that
    lies within it is left to a person (APX401). A predetermination has no visit yet.

    ## Why it matters
    Without the date nobody can tell whether the radiograph shows the tooth before or after it was opened.

    ## How to clear it
    Enter the day on which the canal was first opened.

    ## References
    RARC N301 (procedure date); CARC 16; X12 837D DTP*472.
    """
    if case.claim.kind is ClaimKind.PREDETERMINATION:
        return not_applicable("This is a predetermination: the visit has not taken place yet, so it has no date.")
    line, number = case.line, case.line.number
    remedy = "Enter the day of the first visit, on which the canal was opened."
    if line.first_day is None:
        return failed(f"Line {number} has no service date.", remedy=remedy)
    received, born = case.claim.received, case.claim.patient.birth_date
    if received is not None and line.first_day > received:
        return unsure(
            f"The service date of line {number} ({line.first_day}) lies after the claim was received ({received}).",
            remedy=remedy,
            measured=line.first_day.isoformat(),
            limit=received.isoformat(),
        ).because(visit_in_claim(case), in_claim("received", received))
    if born is not None and line.first_day < born:
        return unsure(
            f"The service date of line {number} ({line.first_day}) lies before the patient's birth.",
            remedy=remedy,
            measured=line.first_day.isoformat(),
            limit=born.isoformat(),
        ).because(visit_in_claim(case), in_claim("patient.birth_date", born))
    when = visit_in_words(line)
    if line.last_day != line.first_day:
        message = f"Line {number} states a period, {when}; images are compared with all of it."
    else:
        message = f"The visit of line {number} was on {when}."
    return passed(message, measured=when).because(visit_in_claim(case))
