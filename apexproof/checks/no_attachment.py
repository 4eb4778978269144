"""APX101."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, passed


@check("APX101", fault="no-attachment", failure=Failure.MISSING, since="0.1")
def no_attachment(case: Case) -> Answer:
    """No file came with the claim.

    ## What it looks at
    The files that were attached, readable or not.

    ## Why it matters
    Without a pre-operative radiograph nothing shows the open apex, and the payer asks for it or denies the line.

    ## How to clear it
    Attach the periapical radiograph of the tooth that was taken before the visit.

    ## References
    CARC 252 (an attachment is required); RARC N178, N40, N706.
    """
    if case.files:
        count = len(case.files)
        return passed(f"{count} {'file' if count == 1 else 'files'} came with the claim.", measured=count, limit=1)
    declared = len(case.claim.attachments)
    message = "No file came with the claim"
    answer = failed(
        f"{message}, although it declares {declared}." if declared else f"{message}.",
        remedy="Attach the periapical radiograph of the tooth that was taken before the visit.",
        measured=0,
        limit=1,
    )
    return answer.because(in_claim("attachments", f"{declared} declared")) if declared else answer
