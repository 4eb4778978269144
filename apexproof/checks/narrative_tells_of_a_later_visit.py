"""APX807."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, unsure
from apexproof.checks.documented import quoted
from apexproof.narrative import Mention


@check("APX807", fault="narrative-tells-of-a-later-visit", failure=Failure.CONTRADICTED, since="0.1")
def narrative_tells_of_a_later_visit(case: Case) -> Answer:
    """The narrative describes a later visit of an apexification, not its first.

    ## What it looks at
    Words that belong to a later stage: the medicament changed, the second or final visit, the canal filled for good.

    ## Why it matters
    Later visits have their own codes (D3352, D3353), and the initial one is paid once.

    ## How to clear it
    Bill the visit that the notes describe, or attach the notes of the first one.

    ## References
    RARC N850, N117; CARC 16.
    """
    if case.claim.narrative.is_empty:
        return not_applicable("The claim has no narrative.")
    stated = case.claim.narrative.later_stage
    remedy = "Bill the visit that the narrative describes (D3352, D3353), or send the notes of the first visit."
    if stated.mention is Mention.AFFIRMED:
        return failed("The narrative describes a later visit, not the initial one.", remedy=remedy).because(
            *quoted(stated)
        )
    if stated.mention is Mention.DOUBTFUL:
        return unsure("The narrative may describe a later visit.", remedy=remedy).because(*quoted(stated))
    return passed("Nothing in the narrative speaks of a later visit.").because(*quoted(stated))
