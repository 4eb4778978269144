"""APX802."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, not_applicable
from apexproof.checks.documented import documented
from apexproof.narrative import Mention


@check("APX802", fault="open-apex-not-documented", failure=Failure.MISSING, since="0.1")
def open_apex_not_documented(case: Case) -> Answer:
    """The narrative does not speak of the open apex.

    ## What it looks at
    Whether the narrative mentions the root end at all. What it says of it is the matter of APX801.

    ## Why it matters
    The open apex is the reason for the procedure; a reviewer looks for the word before looking at the image.

    ## How to clear it
    Say in the narrative that the root is immature and its apex open.

    ## References
    RARC N850 (narrative); CARC 252. That D3351 needs one is a default that no payer confirmed.
    """
    stated = case.claim.narrative.open_apex
    if stated.mention in (Mention.DENIED, Mention.DOUBTFUL):
        return not_applicable("The narrative speaks of the apex; what it says is judged by APX801.")
    return documented(
        case,
        stated,
        what="an open apex",
        remedy="Say in the narrative that the root is immature and its apex open, and how that was seen.",
    )
