"""APX503."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in, unsure
from apexproof.claim import Exhibit


@check("APX503", fault="image-mirrored", failure=Failure.CONTRADICTED, since="0.1")
def image_mirrored(case: Case, exhibit: Exhibit) -> Answer:
    """The picture is stored mirrored, so that right and left are exchanged.

    ## What it looks at
    What the file or the sender says of mirroring (DICOM Field of View Horizontal Flip, EXIF Orientation, the
    right-to-left mark of the clearinghouse).

    ## Why it matters
    A reviewer takes a mirrored upper right incisor for the left one, and denies the line for the wrong tooth.

    ## How to clear it
    Export the image the right way round, or tell the payer that it is mirrored.

    ## References
    DICOM PS3.3 C.8.11.3.1.2 (field of view); RARC N206; CARC 250.
    """
    del case
    stated = [observation for observation in exhibit.radiograph.mirrored if observation.value is not None]
    if not stated:
        return not_applicable(f"Nothing says whether {exhibit.label} is mirrored.")
    mirrored = [observation for observation in stated if observation.value]
    evidence = seen_in(exhibit, *stated, value=lambda value: "mirrored" if value else "not mirrored")
    remedy = "Export the image the right way round, or say in the narrative that it is mirrored."
    if not mirrored:
        return passed(f"{exhibit.label} is not mirrored ({stated[0].source}).").because(*evidence)
    if len(mirrored) < len(stated):
        return unsure(
            f"{exhibit.label} is mirrored by {mirrored[0].source}, and another source denies it.", remedy=remedy
        ).because(*evidence)
    return failed(f"{exhibit.label} is mirrored ({mirrored[0].source}).", remedy=remedy).because(*evidence)
