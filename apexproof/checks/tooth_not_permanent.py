"""APX303."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, unsure
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim
from apexproof.tooth import Dentition


@check("APX303", fault="tooth-not-permanent", failure=Failure.CONTRADICTED, since="0.1")
def tooth_not_permanent(case: Case) -> Answer:
    """The line is for a milk tooth, and apexification is for permanent teeth.

    ## What it looks at
    The dentition of the claimed tooth. A supernumerary tooth is left to a person.

    ## Why it matters
    The roots of milk teeth dissolve before they are shed; a payer rejects the code on them without looking further.

    ## How to clear it
    Check the tooth: a letter, or FDI 51 to 85, is a milk tooth. Often the system was mixed up.

    ## References
    RARC N39 (procedure code is not compatible with tooth number/letter); CARC 16.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    evidence = tooth_in_claim(case)
    if tooth.dentition is Dentition.DECIDUOUS:
        return failed(
            f"Line {case.line.number} is for {tooth}, the {tooth.name}, and apexification is for permanent teeth.",
            remedy="Check the tooth number and its system; for a milk tooth another procedure applies.",
            measured=tooth.dentition.value,
            limit=Dentition.PERMANENT.value,
        ).because(evidence)
    if tooth.supernumerary:
        return unsure(
            f"Line {case.line.number} is for {tooth}, the {tooth.name}; a person has to decide about that.",
            remedy="Check that a supernumerary tooth was meant, and say so in the narrative.",
            measured="supernumerary",
            limit=Dentition.PERMANENT.value,
        ).because(evidence)
    return passed(
        f"{tooth} is a permanent tooth.", measured=tooth.dentition.value, limit=Dentition.PERMANENT.value
    ).because(evidence)
