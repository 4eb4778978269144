"""APX502."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from apexproof.checks.case import Answer, Case, Failure, check, failed, passed, seen_in, unsure
from apexproof.checks.wording import listed
from apexproof.claim import Exhibit
from apexproof.policy import LegibilityLimits
from apexproof.radiograph import Legibility, strongest

_REMEDY = "Export the image again at full size and quality from the imaging software; otherwise take a new one."


class _Doubt(Struct, frozen=True, kw_only=True):
    """One measure beyond a limit: the fault in words, the number, the limit, and whether it costs the picture."""

    fault: str
    measured: float
    limit: float
    refused: bool


@check("APX502", fault="radiograph-illegible", failure=Failure.MISSING, since="0.1")
def radiograph_illegible(case: Case, exhibit: Exhibit) -> Answer:
    """The picture is too small, flat, blurred, dark or bright to be read.

    ## What it looks at
    The short side in pixels, the contrast, the sharpness, and the share of pixels that are fully black or white,
    measured on the pixels and compared with the two limits of the policy: below one it is refused, below the other a
    person looks.

    ## Why it matters
    A reviewer who cannot see the root end denies the claim as not documented.

    ## How to clear it
    Export the original again instead of a screen copy; if the original is no better, take a new image.

    ## References
    RARC N205 (illegible), N242; CARC 251. The limits are measured on real periapical radiographs; no payer publishes
    numbers.
    """
    best = strongest(exhibit.radiograph.legibility)
    if best is None or best.value is None:
        return unsure(f"The legibility of {exhibit.label} was not measured.", remedy=_REMEDY)
    evidence = seen_in(exhibit, best, value=_in_words)
    doubts = tuple(_doubts(best.value, case.policy.legibility))
    refused = [doubt for doubt in doubts if doubt.refused]
    if refused:
        return failed(
            f"{exhibit.label} cannot be read: {listed(doubt.fault for doubt in refused)}.",
            remedy=_REMEDY,
            measured=refused[0].measured,
            limit=refused[0].limit,
        ).because(*evidence)
    if doubts:
        return unsure(
            f"{exhibit.label} may be hard to read: {listed(doubt.fault for doubt in doubts)}.",
            remedy=_REMEDY,
            measured=doubts[0].measured,
            limit=doubts[0].limit,
        ).because(*evidence)
    return passed(f"{exhibit.label} can be read.").because(*evidence)


def _doubts(seen: Legibility, limits: LegibilityLimits) -> Iterator[_Doubt]:
    short_side, clipped = min(seen.width, seen.height), max(seen.dark, seen.bright)
    if not short_side >= limits.short_side_review:
        fault = f"its short side has {short_side} pixels"
        yield _too_low(fault, short_side, limits.short_side_least, limits.short_side_review)
    if not seen.contrast >= limits.contrast_review:
        fault = f"its contrast is {seen.contrast:.2f}"
        yield _too_low(fault, seen.contrast, limits.contrast_least, limits.contrast_review)
    if not seen.sharpness >= limits.sharpness_review:
        fault = f"its sharpness is {seen.sharpness:.2f}"
        yield _too_low(fault, seen.sharpness, limits.sharpness_least, limits.sharpness_review)
    if not clipped <= limits.clipped_review:
        refused = not clipped <= limits.clipped_most
        yield _Doubt(
            fault=f"{clipped:.0%} of it are fully {'black' if seen.dark == clipped else 'white'}",
            measured=clipped,
            limit=limits.clipped_most if refused else limits.clipped_review,
            refused=refused,
        )


def _too_low(fault: str, measured: float, least: float, review: float) -> _Doubt:
    # Written so that a measure which is no number is refused.
    refused = not measured >= least
    return _Doubt(fault=fault, measured=measured, limit=least if refused else review, refused=refused)


def _in_words(seen: Legibility) -> str:
    return (
        f"{seen.width} x {seen.height} pixels, {seen.bits} bits, contrast {seen.contrast:.2f},"
        f" sharpness {seen.sharpness:.2f}, black {seen.dark:.0%}, white {seen.bright:.0%}"
    )
