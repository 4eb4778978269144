"""Observation: a value, where it was found, and how strong that is.

A tooth, a date, a view or a patient is never just a value. Several observations may disagree, and the disagreement is
shown. `weigh` is the one rule by which disagreeing observations decide a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, IntEnum
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Strength(IntEnum):
    """How much an observation is worth, weakest first. The policy says from which strength a question is decided."""

    BOUND = 1
    """A guess, or a bound that is no statement of its own."""
    DECLARED = 2
    """The word of whoever sent the claim."""
    FREE_TEXT = 3
    """Words that somebody typed into the file, or metadata that any program may rewrite (EXIF)."""
    BURNED_IN = 4
    """Words burned into the picture."""
    ATTRIBUTE = 5
    """A DICOM attribute whose meaning the standard fixes."""
    CODED = 6
    """A DICOM attribute that holds a code of a published code system."""
    ATTESTED = 7
    """A person who looked says so, with a name and a reason; the policy says where that is heard."""

    @property
    def label(self) -> str:
        """The word for it in documents and policies, as in `free_text`."""
        return _LABELS[self]


_LABELS = ("", *(strength.name.lower() for strength in Strength))  # by number: a claim's answer asks forty times


class Observation(Struct, Generic[T], frozen=True, kw_only=True):
    """What one place in a file, or its sender, says of one aspect of a radiograph.

    A `value` of None with a `note` is a statement that was found and cannot be used: `19000101`, tooth `#99`.
    """

    value: T | None
    source: str
    strength: Strength
    note: str | None = None


class Stance(Enum):
    """What an observation has to say to a yes-or-no question."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    SILENT = "silent"


class Weight(Enum):
    """What all observations together say to a yes-or-no question."""

    ESTABLISHED = "established"
    """Somebody strong enough says yes and nobody strong enough says no."""
    REFUTED = "refuted"
    """It is contradicted and nobody strong enough says yes."""
    DISPUTED = "disputed"
    """Observations that count say both."""
    WEAK = "weak"
    """Only observations below the demanded strength say yes, or a mere guess says no."""
    UNKNOWN = "unknown"
    """Nobody says anything."""


class Weighed(Struct, Generic[T], frozen=True, kw_only=True):
    """The weight and the observations on either side, strongest first."""

    weight: Weight
    supporting: tuple[Observation[T], ...]
    contradicting: tuple[Observation[T], ...]


def weigh(
    observations: Iterable[Observation[T]],
    stance: Callable[[T], Stance],
    *,
    demanded: Strength,
) -> Weighed[T]:
    """Decide a question by the observations that bear on it.

    Only observations of the `demanded` strength establish anything. When none of them speaks, the sender's own word
    still refutes (nobody needs proof of what was admitted) but never establishes; a guess does neither.
    """
    supporting: list[Observation[T]] = []
    contradicting: list[Observation[T]] = []
    for observation in observations:
        if observation.value is None:
            continue
        stands = stance(observation.value)
        if stands is Stance.SUPPORTS:
            supporting.append(observation)
        elif stands is Stance.CONTRADICTS:
            contradicting.append(observation)
    supporting.sort(key=_strongest_first)
    contradicting.sort(key=_strongest_first)
    return Weighed(
        weight=_weight(supporting, contradicting, demanded),
        supporting=tuple(supporting),
        contradicting=tuple(contradicting),
    )


def _strongest_first(observation: Observation[T]) -> int:
    return -observation.strength


def _weight(supporting: list[Observation[T]], contradicting: list[Observation[T]], demanded: Strength) -> Weight:
    yes = bool(supporting) and supporting[0].strength >= demanded
    no = bool(contradicting) and contradicting[0].strength >= demanded
    if yes:
        return Weight.DISPUTED if no else Weight.ESTABLISHED
    if no:
        return Weight.REFUTED
    if supporting and contradicting:
        return Weight.DISPUTED
    if contradicting and contradicting[0].strength >= Strength.DECLARED:
        return Weight.REFUTED
    return Weight.WEAK if supporting or contradicting else Weight.UNKNOWN
