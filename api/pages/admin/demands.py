"""Demands: what a policy says, thing by thing in words, so that two can be laid side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel

from apexproof.observation import Strength
from apexproof.policy import Policy
from api.pages.words import FAULTS, STRENGTHS

WORDS: Mapping[str, str] = {
    "strength.view": "What kind of picture it is counts from",
    "strength.tooth": "Which tooth it shows counts from",
    "strength.exposure": "When it was taken counts from",
    "strength.patient": "Whose it is counts from",
    "timing.same_day": "A picture of the day of the visit",
    "timing.max_age_days": "Days before the visit at most",
    "view.probability_least": "Pixels name a periapical from a probability of",
    "view.other_probability_least": "Pixels name another kind of picture from a probability of",
    "view.strangeness_most": "Pixels say nothing of a picture stranger than",
    "view.colourfulness_most": "A picture of more colour is for a person",
    "view.crowns_probability_least": "Pixels name the side of the crowns from a probability of",
    "legibility.short_side_least": "Shorter side at least (pixels)",
    "legibility.short_side_review": "A person looks below (pixels)",
    "legibility.contrast_least": "Contrast at least",
    "legibility.contrast_review": "A person looks below a contrast of",
    "legibility.sharpness_least": "Sharpness at least",
    "legibility.sharpness_review": "A person looks below a sharpness of",
    "legibility.clipped_most": "Fully black or white at most (share)",
    "legibility.clipped_review": "A person looks above (share)",
    "sequence.min_days_between_visits": "Days between two visits at least",
    "age.years_before_eruption": "Years before the tooth erupts",
    "age.years_after_closure": "Years after its apex closes",
    "reuse.perceptual_distance_most": "Two pictures are the same film up to (of 256 signs)",
    "words.burned_in": "Words burned into pictures are read",
    "words.dates": "Of day and month, where both are possible",
    "attestations.may_settle": "A person may settle what was left open of",
    "attestations.may_overrule": "A person may turn round what was refuted of",
}
_SECTIONS = ("strength", "timing", "view", "legibility", "sequence", "age", "reuse", "words", "attestations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing that policies say something of, and what each of them says."""

    what: str
    said: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether they do not all say the same."""
        return len(set(self.said)) > 1


def demands(*policies: Policy) -> list[Demand]:
    """What policies demand: of each check, and of each limit."""
    checks = sorted({check for policy in policies for check in policy.checks})
    of_checks = [
        Demand(
            what=f"{FAULTS.get(check, check)} ({check})", said=tuple(str(policy.demand(check)) for policy in policies)
        )
        for check in checks
    ]
    limits = [dict(_limits(policy)) for policy in policies]
    return of_checks + [
        Demand(what=WORDS.get(place, place), said=tuple(of[place] for of in limits)) for place in limits[0]
    ]


def _limits(policy: Policy) -> Iterator[tuple[str, str]]:
    for name in _SECTIONS:
        section: BaseModel = getattr(policy, name)
        for limit, value in section:
            yield f"{name}.{limit}", _said(value)


def _said(value: object) -> str:
    if isinstance(value, Strength):
        return STRENGTHS[value.label]
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value)
