"""APX601."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, passed, unsure
from apexproof.checks.earlier_images import Whose, earlier_matches, fingerprint_of
from apexproof.claim import Exhibit

_REMEDY = "Attach this patient's own radiograph, and find out how the other patient's image came here."


@check("APX601", fault="image-of-another-patients-claim", failure=Failure.CONTRADICTED, since="0.1")
def image_of_another_patients_claim(case: Case, exhibit: Exhibit) -> Answer:
    """The same picture came with the claim of another patient.

    ## What it looks at
    The history of images: the same file, the same pixels in another file, or a picture that looks the same although
    it was re-encoded, resized, mirrored, turned, cropped a little or framed with words. Likeness alone is left to a
    person; pages, mounts and screens of a program, which look alike, are compared by their pixels only.

    ## Why it matters
    One film cannot show two patients: one of the two claims has the wrong image, by mistake or on purpose.

    ## How to clear it
    Attach the patient's own image.

    ## References
    RARC N206; CARC 250, 261.
    """
    name, most = exhibit.label, case.policy.reuse.perceptual_distance_most
    matches = [match for match in earlier_matches(case, exhibit) if match.whose is not Whose.SAME]
    if not matches and case.history.images and fingerprint_of(exhibit) is None:
        return unsure(
            f"{name} has no pixels that could be compared with those of other claims.",
            remedy="Compare the image with those of other claims, or attach it in a form that can be read.",
            limit=most,
        )
    if not matches:
        return passed(f"{name} is not known from another patient's claim.", limit=most)
    evidence = [match.evidence for match in matches]
    theirs = next((match for match in matches if match.whose is Whose.OTHER), matches[0])
    claim = theirs.image.claim_number
    if theirs.exact and theirs.whose is Whose.OTHER:
        return failed(
            f"{name} is the very picture that came with claim {claim} of another patient.",
            remedy=_REMEDY,
            measured=theirs.distance,
            limit=most,
        ).because(*evidence)
    how = "is the very picture" if theirs.exact else "looks like a picture"
    whom = "another patient" if theirs.whose is Whose.OTHER else "a patient whom the history does not identify"
    return unsure(
        f"{name} {how} that came with claim {claim} of {whom}.",
        remedy="Compare the two pictures and the two patients.",
        measured=theirs.distance,
        limit=most,
    ).because(*evidence)
