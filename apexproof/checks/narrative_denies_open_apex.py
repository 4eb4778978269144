"""APX801."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, unsure
from apexproof.checks.documented import quoted
from apexproof.narrative import Mention


@check("APX801", fault="narrative-denies-open-apex", failure=Failure.CONTRADICTED, since="0.1")
def narrative_denies_open_apex(case: Case) -> Answer:
    """The narrative says that the apex is closed, or leaves it in doubt.

    ## What it looks at
    What the narrative says of the root end; negation is understood ("no open apex", "apex not closed"). A narrative
    that does not speak of it is the matter of APX802.

    ## Why it matters
    Apexification closes an open apex. Notes that say otherwise speak against the code, whatever the image shows.

    ## How to clear it
    If the apex is closed, bill the root canal treatment; if it is open, correct the narrative.

    ## References
    RARC N850 (narrative); CARC 252, 150. Negation after Chapman et al. 2001 (NegEx).
    """
    stated = case.claim.narrative.open_apex
    evidence = quoted(stated)
    remedy = "Bill what was done; if the apex is open, say so plainly in the narrative."
    if stated.mention is Mention.DENIED:
        return failed("The narrative says that the apex is closed.", remedy=remedy).because(*evidence)
    if stated.mention is Mention.DOUBTFUL:
        return unsure("The narrative leaves in doubt whether the apex is open.", remedy=remedy).because(*evidence)
    if stated.mention is Mention.AFFIRMED:
        return passed("The narrative says that the apex is open.").because(*evidence)
    return not_applicable("The narrative does not speak of the apex; see APX802.")
