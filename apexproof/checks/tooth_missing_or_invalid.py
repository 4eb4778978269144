"""APX302."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, passed
from apexproof.checks.claimed import tooth_in_claim


@check("APX302", fault="tooth-missing-or-invalid", failure=Failure.MISSING, since="0.1")
def tooth_missing_or_invalid(case: Case) -> Answer:
    """The line names no tooth, or one that its numbering system does not have.

    ## What it looks at
    The tooth of the D3351 line in the system that the claim states.

    ## Why it matters
    The procedure is paid once per tooth; without the tooth no image can be matched and the line is returned.

    ## How to clear it
    Enter one tooth, in the stated system: 1 to 32 in the Universal system, 11 to 48 in FDI.

    ## References
    RARC N37 (tooth number or letter); CARC 16; ISO 3950; X12 837D TOO.
    """
    claimed = case.line.tooth
    number = case.line.number
    remedy = "Enter the one tooth that was treated, and check that its numbering system is the stated one."
    if claimed is None:
        return failed(f"Line {number} names no tooth.", remedy=remedy)
    if claimed.tooth is None:
        return failed(
            f"Line {number} names tooth '{claimed.written}', which the {claimed.system.value} system does not have.",
            remedy=remedy,
            measured=claimed.written,
        ).because(tooth_in_claim(case))
    return passed(f"Line {number} is for tooth {claimed.tooth}.", measured=claimed.written).because(
        tooth_in_claim(case)
    )
