"""APX102."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed
from apexproof.checks.wording import at_most


@check("APX102", fault="no-readable-image", failure=Failure.MISSING, since="0.1")
def no_readable_image(case: Case) -> Answer:
    """Files came with the claim, and none of them yields a picture.

    ## What it looks at
    Whether any attached file could be read as at least one picture.

    ## Why it matters
    A file that cannot be opened proves as little as no file, and the sender believes that the proof was sent.

    ## How to clear it
    Open the file yourself; export the radiograph again from the imaging software, as DICOM, JPEG or PNG.

    ## References
    RARC N205 (illegible), N706 (missing documentation); CARC 251, 252.
    """
    if not case.files:
        return not_applicable("No file came with the claim, so there is none to read.")
    count = len(case.exhibits)
    if count:
        pictures = "1 picture was" if count == 1 else f"{count} pictures were"
        return passed(f"{pictures} read from the attached files.", measured=count, limit=1)
    names = at_most([file.name for file in case.files])
    return failed(
        f"No picture could be read from {names}.",
        remedy="Export the radiograph again from the imaging software as DICOM, JPEG or PNG, and attach that file.",
        measured=0,
        limit=1,
    )
