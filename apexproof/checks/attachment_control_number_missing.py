"""APX105."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, in_claim, not_applicable, passed
from apexproof.checks.wording import at_most


@check("APX105", fault="attachment-control-number-missing", failure=Failure.MISSING, since="0.1")
def attachment_control_number_missing(case: Case) -> Answer:
    """An attachment has no control number by which the payer joins it to the claim.

    ## What it looks at
    The control number of every attachment that the claim declares.

    ## Why it matters
    Files and claim travel by different ways; what carries no number on both sides is never put together
    (X12 837D loop 2300, PWK06; 275 loop 2000A, TRN02).

    ## How to clear it
    Enter the number that the clearinghouse gave for the upload (NEA#, CHC#) in the claim.

    ## References
    RARC N753 (attachment control number); CARC 252.
    """
    declared = case.claim.attachments
    if not declared and not case.files:
        return not_applicable("Nothing is attached or declared, so no control number is due.")
    remedy = "Enter the control number that the clearinghouse gave for the upload."
    if not declared:
        return failed(
            "Files came, but the claim declares no attachment and so gives no control number for them.",
            remedy=remedy,
            measured=0,
            limit=1,
        )
    without = [index for index, attachment in enumerate(declared) if not attachment.control_number]
    measured, limit = len(declared) - len(without), len(declared)
    if not without:
        return passed("Every declared attachment has a control number.", measured=measured, limit=limit)
    return failed(
        f"No attachment control number is given for {at_most([declared[index].label for index in without])}.",
        remedy=remedy,
        measured=measured,
        limit=limit,
    ).because(*(in_claim(f"attachments[{index}].control_number", "none") for index in without))
