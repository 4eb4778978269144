"""APX901."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from apexproof.checks.case import Answer, Case, Evidence, Failure, check, passed, seen_in, unsure
from apexproof.checks.exposures import best_dated, on_clock
from apexproof.checks.names import names_agree
from apexproof.checks.tooth_readings import settled_teeth
from apexproof.checks.wording import listed, patient_in_words, teeth_in_words, view_in_words
from apexproof.claim import Exhibit
from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.radiograph import PatientStatement, TeethStatement
from apexproof.view import View, ViewStatement

T = TypeVar("T")


@check("APX901", fault="sources-disagree", failure=Failure.CONTRADICTED, since="0.1")
def sources_disagree(case: Case, exhibit: Exhibit) -> Answer:
    """Two sources say different things of the same picture.

    ## What it looks at
    View, tooth, date and patient: each statement against the strongest one of its kind that says otherwise; dates
    against the best one. A date that is a mere guess (the study date) is not held against a real one.

    ## Why it matters
    The stronger source decides the other checks, but it need not be the right one; a typing error by the sender shows
    here.

    ## How to clear it
    Correct the source that is wrong: the file in the imaging software, or what is declared in the claim.

    ## References
    RARC N206; CARC 250.
    """
    zone = case.claim.zone
    exposures = exhibit.radiograph.exposure
    found = (
        ("view", *_disagreeing(exhibit, exhibit.radiograph.view, _views_differ, view_in_words)),
        ("tooth", *_disagreeing(exhibit, settled_teeth(case, exhibit), _teeth_differ, teeth_in_words)),
        (
            "date",
            *_disagreeing(
                exhibit,
                exposures,
                lambda one, other: _disjoint(on_clock(one, zone), on_clock(other, zone)),
                str,
                best=best_dated(exposures),
                counts=_no_guess,
            ),
        ),
        ("patient", *_disagreeing(exhibit, exhibit.radiograph.patient, _patients_differ, patient_in_words)),
    )
    disagreements = [(aspect, words, evidence) for aspect, words, evidence in found if words]
    if not disagreements:
        return passed(f"The sources about {exhibit.label} agree.", measured=0, limit=0)
    aspects = listed(f"{aspect} ({words})" for aspect, words, _ in disagreements)
    return unsure(
        f"The sources about {exhibit.label} disagree on its {aspects}.",
        remedy="Find out which is right, and correct the other: the file, or what the claim declares of it.",
        measured=len(disagreements),
        limit=0,
    ).because(*(piece for _, _, evidence in disagreements for piece in evidence))


def _disagreeing(
    exhibit: Exhibit,
    observations: tuple[Observation[T], ...],
    differ: Callable[[T, T], bool],
    in_words: Callable[[T], str],
    *,
    best: Observation[T] | None = None,
    counts: Callable[[Observation[T]], bool] = lambda _: True,
) -> tuple[str, tuple[Evidence, ...]]:
    """The strongest statement that others contradict, and those; nothing when none does.

    The strongest of all may leave so much possible that it agrees with everybody: then the next one is asked. Only a
    `best` is held against the others alone.
    """
    usable = [o for o in observations if o.value is not None]
    for one in sorted(usable, key=lambda o: -o.strength) if best is None else [best]:
        others = [o for o in usable if o is not one and counts(o) and _differing(one, o, differ)]
        if others:
            sources = " against ".join((one.source, listed(dict.fromkeys(other.source for other in others))))
            return sources, seen_in(exhibit, one, *others, value=in_words)
    return "", ()


def _differing(one: Observation[T], other: Observation[T], differ: Callable[[T, T], bool]) -> bool:
    return one.value is not None and other.value is not None and differ(one.value, other.value)


def _views_differ(one: ViewStatement, other: ViewStatement) -> bool:
    return not (one.possible & other.possible or View.UNKNOWN in one.possible | other.possible)


def _teeth_differ(one: TeethStatement, other: TeethStatement) -> bool:
    ours, theirs = ({tooth for reading in s.readings for tooth in reading.teeth} for s in (one, other))
    return bool(ours and theirs) and not ours & theirs


def _disjoint(one: ExposureInterval, other: ExposureInterval) -> bool:
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: ExposureInterval, other: ExposureInterval) -> bool:
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def _no_guess(observation: Observation[ExposureInterval]) -> bool:
    bound = observation.value is not None and observation.value.earliest is None
    return bound or observation.strength > Strength.BOUND


def _patients_differ(one: PatientStatement, other: PatientStatement) -> bool:
    if one.name and other.name and not names_agree(one.name, other.name):
        return True
    ours, theirs = set(one.possible_births), set(other.possible_births)
    return bool(ours and theirs) and not ours & theirs
