"""APX401."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from apexproof.checks.case import Answer, Case, Failure, check, failed, not_applicable, passed, seen_in, unsure
from apexproof.checks.claimed import visit_in_claim, why_no_visit
from apexproof.checks.exposures import on_clock, possible_exposures
from apexproof.checks.wording import visit_in_words
from apexproof.claim import Exhibit, ServiceLine
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Stance, Weighed, Weight, weigh
from apexproof.policy import SameDay

_REMEDY = "Attach the image that was taken before the canal was opened, with its date and time in the file."


@check("APX401", fault="radiograph-taken-after-visit", failure=Failure.CONTRADICTED, since="0.1")
def radiograph_taken_after_visit(case: Case, exhibit: Exhibit) -> Answer:
    """The radiograph was exposed after the D3351 visit began, or nothing shows that it was exposed before.

    ## What it looks at
    Every statement of when the picture was taken, as an interval on the practice's clock, against the visit. An upper
    bound before the visit is enough; a late upper bound proves nothing. On the same day the policy decides: only with
    the times of both (`needs_times`), unless times say otherwise (`accept`), or never (`reject`). Impossible dates
    (APX404) are left out.

    ## Why it matters
    A later image shows the treatment, not the need for it.

    ## How to clear it
    Attach the image that was taken before the canal was opened; on the same day, state the time of the visit.

    ## References
    DICOM PS3.3 C.7.10.1 (acquisition dates); RARC N244, N206, MA121; CARC 250, 251.
    """
    reason, visit = why_no_visit(case), _visit(case)
    if reason is not None or visit is None:
        return not_applicable(f"{reason}, so nothing can be before or after it.")
    observations = possible_exposures(case, exhibit)
    weighed = weigh(observations, visit.stance, demanded=case.policy.strength.exposure)
    telling = (*weighed.supporting, *weighed.contradicting)
    shown = telling or observations or exhibit.radiograph.exposure
    seen = seen_in(exhibit, *shown)
    evidence = (*seen, visit_in_claim(case))
    name, limit = exhibit.label, visit_in_words(case.line)
    if weighed.weight is Weight.REFUTED:
        best = weighed.contradicting[0]
        return failed(
            f"{name} was taken on {best.value} ({best.source}), not before the visit of {limit}.",
            remedy=_REMEDY,
            measured=str(best.value),
            limit=limit,
        ).because(*evidence)
    if weighed.weight is Weight.ESTABLISHED:
        best = weighed.supporting[0]
        other = _stronger_other(visit, best, observations)
        if other is None:
            taken = seen[0].value
            return passed(
                f"{name} was taken before the visit of {limit}: {taken} ({best.source}).",
                measured=taken,
                limit=limit,
            ).because(*evidence)
        message = f"{name} was taken {best.value} by {best.source}, but {other.value} by {other.source}."
        return unsure(message, remedy=_REMEDY, measured=str(best.value), limit=limit).because(
            *evidence, *seen_in(exhibit, other)
        )
    best_known = next(iter(telling), None) or max(observations, key=lambda o: o.strength, default=None)
    return unsure(
        _open_question(name, case, weighed, best_known),
        remedy=_REMEDY,
        measured=str(best_known.value) if best_known else None,
        limit=limit,
    ).because(*evidence)


class _Visit(Struct, frozen=True, kw_only=True):
    """The visit as the policy's same-day rule sees it.

    Attributes:
        begins: an image wholly before this moment is earlier.
        begins_by: an image wholly at or after this moment is not.
        accepted_day: a day on which an image between the two counts as earlier.
        zone: the practice's clock, on which both are.
    """

    begins: datetime
    begins_by: datetime
    accepted_day: date | None
    zone: ZoneInfo | None

    def stance(self, interval: ExposureInterval) -> Stance:
        """What an exposure says to the question whether the image was taken before the visit."""
        local = on_clock(interval, self.zone)
        if local.before(self.begins):
            return Stance.SUPPORTS
        if local.not_before(self.begins_by):
            return Stance.CONTRADICTS
        if self.accepted_day is not None and local.latest is not None and local.latest.date() <= self.accepted_day:
            return Stance.SUPPORTS
        return Stance.SILENT


def _visit(case: Case) -> _Visit | None:
    line, rule, zone = case.line, case.policy.timing.same_day, case.claim.zone
    first, last, begins, begins_by = line.first_day, line.last_day, line.begins, line.begins_by
    if first is None or last is None or begins is None or begins_by is None:
        return None
    if rule is SameDay.REJECT:
        begins, begins_by = datetime.combine(first, time.min), datetime.combine(last, time.min)
    return _Visit(begins=begins, begins_by=begins_by, accepted_day=first if rule is SameDay.ACCEPT else None, zone=zone)


def _stronger_other(
    visit: _Visit, best: Observation[ExposureInterval], observations: tuple[Observation[ExposureInterval], ...]
) -> Observation[ExposureInterval] | None:
    """A statement at least as strong as the one that decides, which leaves the order open and excludes that one."""
    if best.value is None:
        return None
    latest = on_clock(best.value, visit.zone).latest
    for other in observations:
        if other is best or other.value is None or other.strength < best.strength:
            continue
        earliest = on_clock(other.value, visit.zone).earliest
        excludes = earliest is not None and latest is not None and earliest > latest
        if excludes and visit.stance(other.value) is Stance.SILENT:
            return other
    return None


def _open_question(
    name: str, case: Case, weighed: Weighed[ExposureInterval], best: Observation[ExposureInterval] | None
) -> str:
    if best is None or best.value is None:
        return f"Nothing usable says when {name} was taken."
    said = f"{best.value} ({best.source})"
    if weighed.weight is Weight.DISPUTED:
        other = weighed.contradicting[0]
        return f"{name} was taken before the visit by {said}, but not by {other.value} ({other.source})."
    if weighed.supporting:
        return f"{name} was taken before the visit only by {said}, which this policy does not rely on."
    if weighed.contradicting:
        return f"{name} seems to be taken after the visit, but only by a guess: {said}."
    local, line = on_clock(best.value, case.claim.zone), case.line
    if local.one_day == line.first_day == line.last_day:
        return f"{name} was taken on the day of the visit, {said}; without both times the order is open."
    if _lies_within(local, line):
        return f"{name} was taken {said}, within the time stated for the visit ({visit_in_words(line)})."
    return f"{name} was taken {said}; that may be before or after the visit."


def _lies_within(local: ExposureInterval, line: ServiceLine) -> bool:
    """Whether all of it lies on the days of the visit."""
    first, last = line.first_day, line.last_day
    if first is None or last is None or local.earliest is None or local.latest is None:
        return False
    return first <= local.earliest.date() and local.latest.date() <= last
