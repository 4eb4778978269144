"""APX304."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, not_applicable, passed
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim


@check("APX304", fault="tooth-listed-missing", failure=Failure.CONTRADICTED, since="0.1")
def tooth_listed_missing(case: Case) -> Answer:
    """The same claim lists the treated tooth as missing.

    ## What it looks at
    The claimed tooth against the missing teeth of the patient (X12 837D DN2, box 33 of the paper form).

    ## Why it matters
    A tooth that is not there has no root to treat: one of the two statements is wrong.

    ## How to clear it
    Correct the tooth of the line, or the list of missing teeth.

    ## References
    RARC N37, N39; CARC 16.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth; see APX302.")
    missing = case.claim.patient.missing_teeth
    if not missing:
        return not_applicable("The claim lists no missing teeth.")
    if tooth in missing:
        return failed(
            f"Line {case.line.number} treats {tooth}, which the claim lists as missing.",
            remedy="Correct the tooth of the line or the list of missing teeth.",
            measured=str(tooth),
        ).because(tooth_in_claim(case), in_claim("patient.missing_teeth", tooth))
    return passed(f"{tooth} is not among the teeth that the claim lists as missing.").because(tooth_in_claim(case))
