"""APX404."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in
from apexproof.checks.exposures import why_impossible
from apexproof.claim import Exhibit


@check("APX404", fault="impossible-date", failure=Failure.MISSING, since="0.1")
def impossible_date(case: Case, exhibit: Exhibit) -> Answer:
    """A date on the picture cannot be right.

    ## What it looks at
    Every exposure date: later than the receipt of the claim, not after the patient's birth, or no date at all
    (`19000101`, `20260230`).

    ## Why it matters
    A device with a wrong clock, or an export that makes dates up, spoils the proof of when the image was taken. Such
    dates are shown and not used.

    ## How to clear it
    Correct the date in the imaging software and export again; set the clock of the device.

    ## References
    RARC MA121 (x-ray date); CARC 251.
    """
    exposures = exhibit.radiograph.exposure
    if not exposures:
        return not_applicable(f"{exhibit.label} carries no date.")
    faults = [
        (observation, reason)
        for observation in exposures
        if (
            reason := (observation.note or "cannot be used")
            if observation.value is None
            else why_impossible(case, observation.value)
        )
    ]
    if not faults:
        return passed(f"Every date of {exhibit.label} is possible.", measured=0, limit=0)
    first, reason = faults[0]
    said = f"{first.value} {reason}" if first.value is not None else reason
    more = f"; so with {len(faults) - 1} more" if len(faults) > 1 else ""
    return failed(
        f"A date of {exhibit.label} cannot be right ({first.source}): {said}{more}.",
        remedy="Correct the date in the imaging software and export again; check the clock of the device.",
        measured=len(faults),
        limit=0,
    ).because(*seen_in(exhibit, *(observation for observation, _ in faults)))
