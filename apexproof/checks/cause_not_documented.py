"""APX803."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check
from apexproof.checks.documented import documented


@check("APX803", fault="cause-not-documented", failure=Failure.MISSING, since="0.1")
def cause_not_documented(case: Case) -> Answer:
    """The narrative does not say why the pulp was lost.

    ## What it looks at
    Words for a cause: trauma, avulsion, fracture, caries, exposure, necrosis, a malformed tooth.

    ## Why it matters
    The cause tells the reviewer that the procedure was needed, and whether an accident insurer is to pay.

    ## How to clear it
    Say what happened to the tooth, and when.

    ## References
    RARC N850 (narrative); CARC 252. That D3351 needs it is a default that no payer confirmed.
    """
    return documented(
        case,
        case.claim.narrative.cause,
        what="a cause",
        remedy="Say in the narrative what happened to the tooth (trauma, caries, a malformation) and when.",
    )
