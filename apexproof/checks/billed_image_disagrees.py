"""APX704."""

from __future__ import annotations

from datetime import date

from apexproof.checks.case import (
    Answer,
    Case,
    Failure,
    check,
    failed,
    in_claim,
    not_applicable,
    passed,
    seen_in,
    unsure,
)
from apexproof.checks.claimed import place_of
from apexproof.checks.exposures import best_dated, on_clock, possible_exposures
from apexproof.checks.wording import at_most, visit_in_words
from apexproof.claim import ServiceLine
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation
from apexproof.view import View, narrowed_view

_PERIAPICAL_CODES = frozenset({"D0220", "D0230"})
Span = tuple[date, date]


@check("APX704", fault="billed-image-disagrees", failure=Failure.CONTRADICTED, since="0.1")
def billed_image_disagrees(case: Case) -> Answer:
    """The claim bills a periapical image of a day, and no such image came.

    ## What it looks at
    D0220 and D0230 lines against the pictures that may be periapical, and the days on which those were taken.

    ## Why it matters
    The payer sees the billed image and expects that very one; another date makes the rest of the claim doubtful.

    ## How to clear it
    Attach the image that was billed, or correct the date of its line.

    ## References
    RARC N206 (documentation does not match the claim); CARC 250. CDT D0220 and D0230.
    """
    billed = [line for line in case.claim.lines if line.procedure in _PERIAPICAL_CODES]
    if not billed:
        return not_applicable("The claim bills no periapical image.")
    evidence = [in_claim(place_of(case, "service_date", line), visit_in_words(line)) for line in billed]
    lines = at_most([f"{line.procedure} on line {line.number} ({visit_in_words(line)})" for line in billed])
    remedy = "Attach the periapical image that was billed, or correct its line."
    candidates = [
        exhibit
        for exhibit in case.exhibits
        if narrowed_view(exhibit.radiograph.view) in (View.PERIAPICAL, View.UNKNOWN, View.FULL_MOUTH_SERIES)
    ]
    if not candidates:
        return failed(
            f"The claim bills {lines}, and no periapical image came.", remedy=remedy, measured=0, limit=len(billed)
        ).because(*evidence)
    spans: list[Span | None] = []
    for exhibit in candidates:
        best = best_dated(possible_exposures(case, exhibit))
        spans.append(_days(case, best))
        if best is not None:
            evidence += seen_in(exhibit, best)
    strays = [line for line in billed if not any(_within(line, span) for span in spans if span)]
    if not strays:
        return passed(f"The claim bills {lines}, and an image of that day came.").because(*evidence)
    if any(span is None for span in spans) or any(line.first_day is None for line in strays):
        return unsure(
            f"The claim bills {lines}; whether the attached images are those cannot be told without their dates.",
            remedy="State when each attached image was taken.",
        ).because(*evidence)
    stray = strays[0]
    return failed(
        f"{stray.procedure} on line {stray.number} is billed for {visit_in_words(stray)}, and no attached image is of"
        " that day.",
        remedy=remedy,
        measured=at_most(sorted({_span_in_words(span) for span in spans if span})),
        limit=visit_in_words(stray),
    ).because(*evidence)


def _days(case: Case, best: Observation[ExposureInterval] | None) -> Span | None:
    """The first and the last day on which the picture can have been taken, as far as anything says so."""
    interval = on_clock(best.value, case.claim.zone) if best and best.value else None
    if interval is None or interval.earliest is None or interval.latest is None:
        return None
    return interval.earliest.date(), interval.latest.date()


def _within(line: ServiceLine, span: Span) -> bool:
    first, last = line.first_day, line.last_day
    return first is not None and last is not None and span[0] <= last and span[1] >= first


def _span_in_words(span: Span) -> str:
    first, last = span
    return str(first) if first == last else f"{first} to {last}"
