"""APX804."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, unsure
from apexproof.checks.documented import quoted
from apexproof.checks.wording import listed
from apexproof.claim import ClaimKind
from apexproof.narrative import Mention


@check("APX804", fault="treatment-not-documented", failure=Failure.MISSING, since="0.1")
def treatment_not_documented(case: Case) -> Answer:
    """The narrative does not tell of both the access to the canal and the first medicament or barrier.

    ## What it looks at
    Words for opening and cleaning the canal, and for calcium hydroxide, MTA or another first medicament or barrier.

    ## Why it matters
    These two are what the initial visit consists of; without them the notes describe another procedure.

    ## How to clear it
    Say how the canal was opened and cleaned and what was placed.

    ## References
    RARC N850 (narrative); CARC 252. That D3351 needs it is a default that no payer confirmed.
    """
    if case.claim.kind is ClaimKind.PREDETERMINATION:
        return not_applicable("This is a predetermination: the treatment has not been done yet.")
    access, medicament = case.claim.narrative.canal_access, case.claim.narrative.medicament
    steps = (("access to the canal", access.mention), ("a first medicament or barrier", medicament.mention))
    evidence = quoted(access, medicament)
    told = sum(mention is Mention.AFFIRMED for _, mention in steps)
    remedy = "Say in the narrative how the canal was opened and cleaned, and which medicament or barrier was placed."
    untold = [step for step, mention in steps if mention in (Mention.ABSENT, Mention.DENIED)]
    if untold:
        return failed(
            f"The narrative does not tell of {listed(untold)}.", remedy=remedy, measured=told, limit=len(steps)
        ).because(*evidence)
    doubtful = [step for step, mention in steps if mention is Mention.DOUBTFUL]
    if doubtful:
        return unsure(
            f"The narrative leaves {listed(doubtful)} in doubt.", remedy=remedy, measured=told, limit=len(steps)
        ).because(*evidence)
    return passed(
        "The narrative tells of access to the canal and of the first medicament or barrier.",
        measured=told,
        limit=len(steps),
    ).because(*evidence)
