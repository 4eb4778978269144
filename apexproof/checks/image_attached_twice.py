"""APX603."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in, unsure
from apexproof.checks.earlier_images import fingerprint_of, likeness
from apexproof.claim import Exhibit
from apexproof.radiograph import Fingerprint


@check("APX603", fault="image-attached-twice", failure=Failure.CONTRADICTED, since="0.1")
def image_attached_twice(case: Case, exhibit: Exhibit) -> Answer:
    """The same picture is attached a second time in the same claim.

    ## What it looks at
    The pixels of the other pictures that came with the claim, and their looks.

    ## Why it matters
    Two copies count as one image; when the second was meant to be another film, that film is missing.

    ## How to clear it
    Take the copy off, or attach the film that was meant.

    ## References
    RARC N206; CARC 251.
    """
    ours = fingerprint_of(exhibit)
    most = case.policy.reuse.perceptual_distance_most
    if ours is None:
        return not_applicable(f"{exhibit.label} has no pixels that could be compared.")
    likest: tuple[int, bool, Exhibit] | None = None
    for other in case.exhibits:
        theirs = fingerprint_of(other)
        if other is exhibit or theirs is None:
            continue
        exact = theirs.pixel_sha256 == ours.pixel_sha256
        distance = 0 if exact else likeness(exhibit, ours, theirs.perceptual)
        if likest is None or (distance, not exact) < (likest[0], not likest[1]):
            likest = (distance, exact, other)
    if likest is None or (likest[0] > most and not likest[1]):
        measured = likest[0] if likest else None
        return passed(f"{exhibit.label} is attached once.", measured=measured, limit=most)
    distance, exact, other = likest
    evidence = [*seen_in(exhibit, *exhibit.radiograph.fingerprint, value=_in_words)]
    evidence += seen_in(other, *other.radiograph.fingerprint, value=_in_words)
    if exact:
        return failed(
            f"{exhibit.label} is the same picture as {other.label}.",
            remedy="Take the copy off, or attach the film that was meant.",
            measured=distance,
            limit=most,
        ).because(*evidence)
    return unsure(
        f"{exhibit.label} looks like {other.label}.",
        remedy="Compare the two; take the copy off, or attach the film that was meant.",
        measured=distance,
        limit=most,
    ).because(*evidence)


def _in_words(fingerprint: Fingerprint) -> str:
    return f"pixels {fingerprint.pixel_sha256[:12]}"
