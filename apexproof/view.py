"""View: what kind of picture it is; what a source says of it; how likely each is by the pixels alone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from apexproof.observation import Observation


class View(StrEnum):
    """What kind of picture it is."""

    PERIAPICAL = "periapical"
    BITEWING = "bitewing"
    OCCLUSAL = "occlusal"
    PANORAMIC = "panoramic"
    CEPHALOMETRIC = "cephalometric"
    FULL_MOUTH_SERIES = "full_mouth_series"
    CBCT = "cbct"
    PHOTOGRAPH = "photograph"
    DOCUMENT = "document"
    OTHER_RADIOGRAPH = "other_radiograph"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The view in words, as in `full mouth series`."""
        return self.value.replace("_", " ")


class ViewProbabilities(Struct, frozen=True, kw_only=True):
    """The probability of each view that the pixels can show, the likeliest first, and how strange the picture is.

    Attributes:
        shares: views with their calibrated probabilities (0-1); they add up to 1. A view that is not named was never
            learnt and cannot be told.
        strangeness: how far the picture lies from all that was learnt from. 1 is as far as one in a hundred of the
            pictures that the model was judged by; beyond it the probabilities speak of something they do not know.
    """

    shares: tuple[tuple[View, float], ...]
    strangeness: float

    def of(self, view: View) -> float:
        """The probability of a view; 0 for one that the pixels cannot show."""
        return next((share for named, share in self.shares if named is view), 0.0)

    def likeliest(
        self, *, probability_least: float, strangeness_most: float, other_probability_least: float | None = None
    ) -> View:
        """The likeliest view, or unknown when it is not likely enough or the picture too strange.

        `other_probability_least` is what any view but periapical needs, unless it needs as much; a periapical then has
        to be no likelier than what `probability_least` leaves.
        """
        view, share = self.shares[0]
        least = probability_least
        if view is not View.PERIAPICAL and other_probability_least is not None:
            least = other_probability_least
            if self.of(View.PERIAPICAL) > 1 - probability_least:
                return View.UNKNOWN
        known = share >= least and self.strangeness <= strangeness_most
        return view if known else View.UNKNOWN


class ViewStatement(Struct, frozen=True, kw_only=True):
    """The views that an observation leaves possible: one when it names a view, several when it only narrows.

    `probabilities` are there when the pixels say it; a check then goes by them and by the policy, and `possible` is
    what the reader makes of them without one. So with `colourfulness`, which is there when the statement is made of the
    picture's colours: how far they go beyond one tint, as a share (0-1) of the scale.
    """

    possible: frozenset[View]
    probabilities: ViewProbabilities | None = None
    colourfulness: float | None = None

    @property
    def view(self) -> View:
        """The one view that is possible, or unknown."""
        return next(iter(self.possible)) if len(self.possible) == 1 else View.UNKNOWN


def narrowed_view(observations: Iterable[Observation[ViewStatement]]) -> View:
    """The view that remains when each observation, strongest first, narrows what the stronger ones leave possible.

    An observation that contradicts stronger ones narrows nothing; unknown when more than one view remains.
    """
    possible = frozenset(View)
    for observation in sorted(observations, key=lambda observation: -observation.strength):
        if observation.value is not None and observation.value.possible & possible:
            possible &= observation.value.possible
    return ViewStatement(possible=possible).view
