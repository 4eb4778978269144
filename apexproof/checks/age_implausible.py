"""APX305."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, in_claim, not_applicable, passed, unsure
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim, visit_in_claim
from apexproof.development import apex_closure_ages, eruption_ages


@check("APX305", fault="age-implausible", failure=Failure.CONTRADICTED, since="0.1")
def age_implausible(case: Case) -> Answer:
    """The patient's age makes an open apex of this tooth unlikely.

    ## What it looks at
    The patient's age on the day of the visit (of a predetermination: on the day it was received) against the ages at
    which this tooth erupts and its apex closes, with the margins of the policy on both sides.

    ## Why it matters
    A wrong tooth or a wrong birth date shows here first. It proves nothing: a pulp that died early leaves the apex
    open for life.

    ## How to clear it
    Check birth date and tooth; if both are right, say in the narrative why the root never closed.

    ## References
    RARC N129 (patient's age); CARC 6. Ages: ADA eruption chart; apex closure after a teaching table, see
    `apexproof/development.py`.
    """
    tooth = claimed_tooth(case)
    erupts, closes = (eruption_ages(tooth), apex_closure_ages(tooth)) if tooth else (None, None)
    if tooth is None or erupts is None or closes is None:
        return not_applicable("There are no ages of root development for the claimed tooth.")
    day = case.line.first_day or case.claim.received
    if day is None:
        return not_applicable("There is neither a service date nor a date of receipt on which to know the age.")
    earliest = erupts.earliest - case.policy.age.years_before_eruption
    latest = closes.latest + case.policy.age.years_after_closure
    limit = f"{earliest:g} to {latest:g} years"
    age = case.claim.patient.age_on(day)
    if age is None:
        return unsure(
            "The claim gives no birth date, so the patient's age cannot be compared with the tooth's development.",
            remedy="Enter the patient's birth date.",
            limit=limit,
        )
    born = in_claim("patient.birth_date", case.claim.patient.birth_date)
    evidence = (born, tooth_in_claim(case), visit_in_claim(case))
    # The age is in whole years, so someone of 8 may be almost 9: both ends are read in the patient's favour.
    if earliest - 1 < age <= latest:
        return passed(
            f"At {age} the apex of {tooth} may well be open: it erupts at {erupts} and closes at {closes} years.",
            measured=age,
            limit=limit,
        ).because(*evidence)
    return unsure(
        f"The patient is {age} years old on {day}; the apex of {tooth} usually closes at {closes} years and the tooth"
        f" erupts at {erupts}.",
        remedy="Check the birth date and the tooth; if both are right, tell in the narrative why the apex is open.",
        measured=age,
        limit=limit,
    ).because(*evidence)
