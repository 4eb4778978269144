"""APX805."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check
from apexproof.checks.documented import documented


@check("APX805", fault="plan-not-documented", failure=Failure.MISSING, since="0.1")
def plan_not_documented(case: Case) -> Answer:
    """The narrative does not say which visits are planned.

    ## What it looks at
    Words for a recall, the change of the medicament, or the final visit.

    ## Why it matters
    An initial visit announces others; a narrative without them reads like a treatment that ended in one visit.

    ## How to clear it
    Say when the patient comes back and for what.

    ## References
    RARC N850 (narrative); CARC 252. That D3351 needs it is a default that no payer confirmed.
    """
    return documented(
        case,
        case.claim.narrative.plan,
        what="the planned visits",
        remedy="Say in the narrative when the patient comes back and for what.",
    )
