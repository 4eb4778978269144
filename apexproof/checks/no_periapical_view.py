"""APX201."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from apexproof.checks.case import Answer, Case, Failure, check, failed, passed, seen_in, unsure
from apexproof.checks.wording import view_in_words
from apexproof.claim import Exhibit
from apexproof.observation import Observation, Stance, Weighed, Weight, weigh
from apexproof.policy import ViewLimits
from apexproof.view import View, ViewStatement

_REMEDY = "Attach a periapical radiograph of the tooth, and declare it as one."
# What frames in a picture leave possible, or whoever calls it a series.
_SERIES = frozenset({View.FULL_MOUTH_SERIES, View.DOCUMENT})
_EVERY_VIEW = frozenset(View)


@check("APX201", fault="no-periapical-view", failure=Failure.MISSING, since="0.1")
def no_periapical_view(case: Case, exhibit: Exhibit) -> Answer:
    """The picture is not a periapical radiograph.

    ## What it looks at
    Everything that says which view it is: codes and words of the file, its physical size, the sender, and the pixels
    themselves, which speak from the probability on that the policy demands. Where anybody calls the picture periapical,
    pixels that say otherwise are for a person to look at: they may err on a film unlike those they know. A panoramic,
    bitewing, occlusal or cephalometric view, a CBCT, a photograph and a document never stand in. A picture in colour,
    beyond the tint of a film or its scan, is for a person too, whoever calls it periapical; so is one that the spacing
    of its pixels makes larger than any film in a mouth. A full-mouth series contains periapical views: each film that
    can be cut out of it is asked for itself, and the whole is for a person.

    ## Why it matters
    Only the periapical view shows the root end at the detail on which an open apex is told from a closed one.

    ## How to clear it
    Attach the periapical radiograph itself, not the panoramic or the printout.

    ## References
    RARC N178, N244, N242; CARC 250, 251. "Do not substitute a panoramic radiograph": Delta Dental, x-ray claim tips,
    2022 (said of crowns; for D3351 a default that no payer confirmed).
    """
    limits = case.policy.view
    observations = [_under(limits, observation) for observation in exhibit.radiograph.view]
    weighed = weigh(observations, _stance, demanded=case.policy.strength.view)
    periapical, other = weighed.supporting, weighed.contradicting
    coloured = list(_in_colour(limits, observations))
    series = [o for o in observations if o.value is not None and View.FULL_MOUTH_SERIES in o.value.possible <= _SERIES]
    outside = [] if series else [o for o in observations if _lies_outside(o)]
    against = (*other, *series, *outside, *(o for o, _ in coloured))
    evidence = seen_in(exhibit, *periapical, *against, value=view_in_words)
    name, measured = exhibit.label, _measured(weighed)
    if weighed.weight is Weight.REFUTED and not _only_pixels_object(weighed):
        return failed(
            f"{name} is not periapical but {measured} ({other[0].source}).",
            remedy=_REMEDY,
            measured=measured,
            limit=View.PERIAPICAL.label,
        ).because(*evidence)
    if weighed.weight is Weight.ESTABLISHED and not (coloured or _outweighed((*series, *outside), periapical)):
        return passed(
            f"{name} is periapical ({periapical[0].source}).", measured=measured, limit=View.PERIAPICAL.label
        ).because(*evidence)
    if coloured and not (series or other):
        return unsure(
            f"{name} is in colour, as no radiograph is; whether it is a photograph a person has to see.",
            remedy=_REMEDY,
            measured=max(beyond for _, beyond in coloured),
            limit=limits.colourfulness_most,
        ).because(*evidence)
    return unsure(
        _open_question(name, weighed, series, outside),
        remedy=_REMEDY,
        measured=View.FULL_MOUTH_SERIES.label if series else measured,
        limit=View.PERIAPICAL.label,
    ).because(*(evidence or seen_in(exhibit, *exhibit.radiograph.view, value=view_in_words)))


def _under(limits: ViewLimits, observation: Observation[ViewStatement]) -> Observation[ViewStatement]:
    """The observation with what the pixels say taken by the policy's own limits."""
    statement = observation.value
    if statement is None or statement.probabilities is None:
        return observation
    view = statement.probabilities.likeliest(
        probability_least=limits.probability_least,
        other_probability_least=limits.other_probability_least,
        strangeness_most=limits.strangeness_most,
    )
    possible = _EVERY_VIEW if view is View.UNKNOWN else frozenset({view})
    return replace(observation, value=replace(statement, possible=possible))


def _in_colour(
    limits: ViewLimits, observations: list[Observation[ViewStatement]]
) -> Iterator[tuple[Observation[ViewStatement], float]]:
    for observation in observations:
        beyond = observation.value.colourfulness if observation.value is not None else None
        if beyond is not None and not beyond <= limits.colourfulness_most:
            yield observation, beyond


def _only_pixels_object(weighed: Weighed[ViewStatement]) -> bool:
    """Whether somebody calls it periapical, however weak their word, and nothing but the pixels says otherwise."""
    by_pixels = (o.value is not None and o.value.probabilities is not None for o in weighed.contradicting)
    return bool(weighed.supporting) and all(by_pixels)


def _stance(statement: ViewStatement) -> Stance:
    if statement.colourfulness is not None:
        # Colours refute nothing: a radiograph may be shown in false ones.
        return Stance.SILENT
    if statement.possible == {View.PERIAPICAL}:
        return Stance.SUPPORTS
    if statement.possible & {View.PERIAPICAL, View.FULL_MOUTH_SERIES, View.UNKNOWN} or not statement.possible:
        return Stance.SILENT
    return Stance.CONTRADICTS


def _lies_outside(observation: Observation[ViewStatement]) -> bool:
    """Whether it leaves no view from within the mouth possible, yet perhaps a series: a film of that size."""
    statement = observation.value
    if statement is None or statement.colourfulness is not None or statement.possible <= _SERIES:
        return False
    return View.FULL_MOUTH_SERIES in statement.possible and not statement.possible & {View.PERIAPICAL, View.UNKNOWN}


def _outweighed(others: Sequence[Observation[ViewStatement]], periapical: Sequence[Observation[ViewStatement]]) -> bool:
    """Whether something at least as strong as the word `periapical` calls it a series or makes it too large."""
    return any(observation.strength >= periapical[0].strength for observation in others)


def _measured(weighed: Weighed[ViewStatement]) -> str | None:
    telling = weighed.contradicting if weighed.weight is Weight.REFUTED else weighed.supporting
    best = next(iter(telling or weighed.contradicting), None)
    return view_in_words(best.value) if best and best.value else None


def _open_question(
    name: str,
    weighed: Weighed[ViewStatement],
    series: list[Observation[ViewStatement]],
    outside: list[Observation[ViewStatement]],
) -> str:
    if series:
        return f"{name} is a full-mouth series ({series[0].source}); whether it shows the root end a person has to see."
    against = (*weighed.contradicting, *outside)
    if weighed.supporting and against:
        periapical, other = weighed.supporting[0], against[0]
        view = view_in_words(other.value) if other.value else "another view"
        return f"{name} is periapical by {periapical.source}, but {view} by {other.source}."
    if weighed.supporting:
        return f"{name} is periapical only by {weighed.supporting[0].source}, which this policy does not rely on."
    if weighed.contradicting:
        return f"{name} seems not to be periapical, but only by a guess ({weighed.contradicting[0].source})."
    return f"Nothing says that {name} is a periapical view."
