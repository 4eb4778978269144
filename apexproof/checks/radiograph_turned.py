"""APX504."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, not_applicable, passed, seen_in, unsure
from apexproof.checks.claimed import claimed_tooth, tooth_in_claim
from apexproof.claim import Exhibit
from apexproof.radiograph import Crowns, Towards


@check("APX504", fault="radiograph-turned", failure=Failure.CONTRADICTED, since="0.1")
def radiograph_turned(case: Case, exhibit: Exhibit) -> Answer:
    """The radiograph seems to lie on its side, or upside down for the jaw of the claimed tooth.

    ## What it looks at
    At which side of a periapical the pixels show the crowns, from the probability on that the policy demands: upper
    teeth are shown with their crowns at the bottom, lower teeth with them at the top. It is a guess, and asks for no
    more than a look.

    ## Why it matters
    A lower film that is laid down like an upper one passes for another tooth; so does one that is of another jaw.

    ## How to clear it
    Export the image the right way round; if it is, attach the image of the claimed tooth.

    ## References
    RARC N206; CARC 250. How films are mounted: crowns at the bottom for upper teeth, at the top for lower ones (the
    common convention; no payer states it). How often the pixels are right: docs/view-model.md.
    """
    tooth = claimed_tooth(case)
    if tooth is None:
        return not_applicable("The line names no valid tooth, so it has no jaw to compare the image with; see APX302.")
    least = case.policy.view.crowns_probability_least
    told = [o for o in exhibit.radiograph.crowns if o.value is not None and o.value.probability >= least]
    if not told or told[0].value is None:
        return not_applicable(f"The pixels do not tell which way up {exhibit.label} is.")
    evidence = (*seen_in(exhibit, *told, value=_in_words), tooth_in_claim(case))
    towards = told[0].value.towards
    expected = Towards.BOTTOM if tooth.maxillary else Towards.TOP
    if towards is expected:
        return passed(
            f"{exhibit.label} lies as an image of {tooth} does: the crowns are at the {towards}.",
            measured=towards.value,
            limit=expected.value,
        ).because(*evidence)
    lies = "upside down, or is of the other jaw" if towards in {Towards.TOP, Towards.BOTTOM} else "on its side"
    return unsure(
        f"{exhibit.label} seems to lie {lies}: its crowns are at the {towards}, and those of {tooth} belong at the"
        f" {expected}.",
        remedy="Look which tooth it shows; export the image the right way round, or attach that of the claimed tooth.",
        measured=towards.value,
        limit=expected.value,
    ).because(*evidence)


def _in_words(crowns: Crowns) -> str:
    return f"crowns at the {crowns.towards} with a probability of {crowns.probability:.0%}"
