"""APX103."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Evidence, Failure, check, failed, not_applicable, passed
from apexproof.checks.wording import at_most


@check("APX103", fault="file-unreadable", failure=Failure.MISSING, since="0.1")
def file_unreadable(case: Case) -> Answer:
    """A file, or a part of one, could not be read.

    ## What it looks at
    Every fault met while reading the attached files that cost a picture.

    ## Why it matters
    The other files are still judged, but what could not be read may have been the proof.

    ## How to clear it
    Export or scan the named file again, and attach it instead.

    ## References
    RARC N205 (illegible), N706; CARC 251 (attachment incomplete or deficient).
    """
    if not case.files:
        return not_applicable("No file came with the claim, so there is none to read.")
    faults = [(file, fault) for file in case.files for fault in file.reading.faults if fault.fatal]
    if not faults:
        return passed("Every attached file could be read.", measured=0, limit=0)
    names = [f"{file.name} ({fault.place})" if fault.place else file.name for file, fault in faults]
    return failed(
        f"Could not be read: {at_most(list(dict.fromkeys(names)))}.",
        remedy="If one of these is the radiograph, export it again from the imaging software and attach the new file.",
        measured=len(faults),
        limit=0,
    ).because(
        *(
            Evidence(
                value=f"{fault.fault}: {fault.message}",
                source="reading the file",
                file=file.name,
                sha256=file.reading.sha256,
                place=fault.place,
            )
            for file, fault in faults
        )
    )
