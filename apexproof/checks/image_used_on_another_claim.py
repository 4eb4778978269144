"""APX602."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, not_applicable, passed, unsure
from apexproof.checks.earlier_images import Whose, earlier_matches, fingerprint_of
from apexproof.checks.wording import at_most
from apexproof.claim import Exhibit


@check("APX602", fault="image-used-on-another-claim", failure=Failure.CONTRADICTED, since="0.1")
def image_used_on_another_claim(case: Case, exhibit: Exhibit) -> Answer:
    """The same picture came with another claim of the same patient.

    ## What it looks at
    The history of images, as APX601 does, for claims of this patient under another number.

    ## Why it matters
    One film may serve a predetermination and then the claim, or two teeth that it shows. It may also be the film of an
    earlier treatment, so a person should know.

    ## How to clear it
    Nothing, when the other claim was the predetermination or an earlier try; otherwise attach the image of this visit.

    ## References
    RARC N206; CARC 250.
    """
    matches = [match for match in earlier_matches(case, exhibit) if match.whose is Whose.SAME]
    name, most = exhibit.label, case.policy.reuse.perceptual_distance_most
    if not matches and fingerprint_of(exhibit) is None:
        return not_applicable(f"{name} has no pixels that could be compared with those of other claims.")
    if not matches:
        return passed(f"{name} is not known from another claim of this patient.", limit=most)
    how = "came" if matches[0].exact else "seems to have come"
    claims = at_most(list(dict.fromkeys(match.image.claim_number for match in matches)))
    return unsure(
        f"{name} {how} with claim {claims} of this patient too.",
        remedy="If that was the predetermination of this claim or an earlier try, all is well; otherwise attach the"
        " image that belongs to this visit.",
        measured=matches[0].distance,
        limit=most,
    ).because(*(match.evidence for match in matches))
