"""APX104."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, not_applicable, passed
from apexproof.checks.wording import at_most
from apexproof.claim import last_step


@check("APX104", fault="declared-attachment-not-received", failure=Failure.MISSING, since="0.1")
def declared_attachment_not_received(case: Case) -> Answer:
    """The claim declares an attachment that did not come.

    ## What it looks at
    Each declared attachment against the files that came: by its SHA-256, else by its file name (also within a ZIP).
    Declarations that name no file are only counted against the files that nobody declared by name.

    ## Why it matters
    The payer waits for a file that was lost on the way, and denies the claim when the wait is over.

    ## How to clear it
    Send the named file, or take its declaration off the claim.

    ## References
    CARC 163 (attachment referenced on the claim was not received).
    """
    declared = case.claim.attachments
    if not declared:
        return not_applicable("The claim declares no attachment.")
    hashes = {file.reading.sha256 for file in case.files}
    names = {last_step(file.name) for file in case.files}
    names |= {last_step(exhibit.radiograph.place.partition(",")[0]) for exhibit in case.exhibits}
    missing: list[int] = []
    unnamed: list[int] = []
    for index, attachment in enumerate(declared):
        if attachment.sha256 is not None:
            if attachment.sha256 not in hashes:
                missing.append(index)
        elif attachment.file_name:
            if last_step(attachment.file_name) not in names:
                missing.append(index)
        else:
            unnamed.append(index)
    missing += unnamed[sum(file.declared is None for file in case.files) :]
    if not missing:
        return passed("Every declared attachment came.", measured=len(declared), limit=len(declared))
    missing.sort()
    return failed(
        f"Declared but not received: {at_most([declared[index].label for index in missing])}.",
        remedy="Send the missing file, or take it off the claim.",
        measured=len(declared) - len(missing),
        limit=len(declared),
    ).because(*(in_claim(f"attachments[{index}]", declared[index].label) for index in missing))
