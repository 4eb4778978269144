"""APX402."""

from __future__ import annotations

from datetime import date

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in, unsure
from apexproof.checks.claimed import visit_in_claim, why_no_visit
from apexproof.checks.exposures import best_dated, on_clock, possible_exposures
from apexproof.checks.wording import days_in_words
from apexproof.claim import Exhibit
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation

_REMEDY = "Attach a current radiograph, or put the day on which it was taken into the file."


@check("APX402", fault="radiograph-too-old", failure=Failure.MISSING, since="0.1")
def radiograph_too_old(case: Case, exhibit: Exhibit) -> Answer:
    """The radiograph was exposed too long before the visit.

    ## What it looks at
    The days from the exposure to the visit against the greatest age in the policy. As this is the lesser question,
    the strongest statement that says from when to when decides, even a guess. An upper bound alone does not say how
    old an image may be, only that it is too old when the bound itself is.

    ## Why it matters
    A root goes on growing: an old image may show an apex that has closed since.

    ## How to clear it
    Attach a current periapical radiograph.

    ## References
    RARC M1 (x-ray not taken within the past 12 months), N785; CARC 251, 252. One year: M1, and Delta Dental's rule
    for crowns; for D3351 no payer confirmed it.
    """
    reason = why_no_visit(case)
    visit = case.line.first_day
    if reason is not None or visit is None:
        return not_applicable(f"{reason}, so the image has no age on that day.")
    observations = possible_exposures(case, exhibit)
    best, most = best_dated(observations), case.policy.timing.max_age_days
    if best is None or best.value is None:
        return _bounded_only(case, exhibit, observations, visit)
    evidence = (*seen_in(exhibit, best), visit_in_claim(case))
    youngest, oldest = _ages(on_clock(best.value, case.claim.zone), visit)
    if youngest is None or oldest is None or youngest <= most < oldest:
        return unsure(
            f"{exhibit.label} is {youngest} to {oldest} days old at the visit ({best.source}), and {most} are allowed.",
            remedy=_REMEDY,
            measured=oldest,
            limit=most,
        ).because(*evidence)
    if youngest > most:
        return failed(
            f"{exhibit.label} was taken {days_in_words(youngest)} before the visit ({best.source}), and {most} are"
            " allowed.",
            remedy=_REMEDY,
            measured=youngest,
            limit=most,
        ).because(*evidence)
    when = f"{days_in_words(oldest)} before the visit" if oldest >= 0 else "later than the visit, which APX401 judges"
    return passed(f"{exhibit.label} was taken {when} ({best.source}).", measured=oldest, limit=most).because(*evidence)


def _ages(local: ExposureInterval, visit: date) -> tuple[int | None, int | None]:
    """The least and the greatest number of days that the image can be old on the day of the visit."""
    youngest = (visit - local.latest.date()).days if local.latest else None
    oldest = (visit - local.earliest.date()).days if local.earliest else None
    return youngest, oldest


def _bounded_only(
    case: Case, exhibit: Exhibit, observations: tuple[Observation[ExposureInterval], ...], visit: date
) -> Answer:
    """What upper bounds alone say: that the image is too old, or nothing."""
    most = case.policy.timing.max_age_days
    evidence = (*seen_in(exhibit, *(observations or exhibit.radiograph.exposure)), visit_in_claim(case))
    bounds = [
        (youngest, observation)
        for observation in observations
        if observation.value and (youngest := _ages(on_clock(observation.value, case.claim.zone), visit)[0]) is not None
    ]
    if bounds:
        youngest, bound = max(bounds, key=lambda pair: pair[0])
        if youngest > most:
            return failed(
                f"{exhibit.label} is at least {days_in_words(youngest)} old at the visit ({bound.source}), and {most}"
                " are allowed.",
                remedy=_REMEDY,
                measured=youngest,
                limit=most,
            ).because(*evidence)
    return unsure(f"Nothing says how old {exhibit.label} may be.", remedy=_REMEDY, limit=most).because(*evidence)
