"""Evaluation: what the model says of pictures whose source, or whose film, it has never seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apexproof.view import View
from training.features import Examined
from training.head import VIEWS, Head, best_temperature, columns_of, fit_head, probabilities
from training.sources import DRAWN, FOLDS
from training.specimens import Specimen

Matrix = npt.NDArray[np.float64]
Chosen = npt.NDArray[np.bool_]

PROBABILITY_LEAST = 0.8
"""From which probability the report counts a picture as periapical; the proposal for the policy."""
OTHER_PROBABILITY_LEAST = 0.5
"""From which probability as another view: a picture that is not accepted risks less; likewise."""
STRANGENESS_MOST = 1.0
"""Up to which strangeness; likewise."""
COLOURFULNESS_MOST = 0.03
"""From which colourfulness on a picture counts as one in colour; likewise."""
CROWNS_LEAST = 0.95
"""From which probability the side of the crowns counts as told; likewise."""
REACH = 0.99
"""The share of held-out pictures of views that were learnt which lie within strangeness 1."""
_BINS = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Every specimen with what a model said that had not seen its fold.

    Attributes:
        probabilities: specimens by views, at a temperature that the other folds chose.
        distances: to the nearest kind.
        reach: the distance of strangeness 1.
        temperature: the one that all folds together choose.
    """

    specimens: list[Specimen]
    target: npt.NDArray[np.int_]
    probabilities: Matrix
    distances: Matrix
    reach: float
    temperature: float

    @property
    def answers(self) -> npt.NDArray[np.int_]:
        """The column of the view that is answered, -1 for unknown."""
        return self.answers_from(PROBABILITY_LEAST)

    def answers_from(
        self, probability_least: float, other_probability_least: float = OTHER_PROBABILITY_LEAST
    ) -> npt.NDArray[np.int_]:
        """The same, when another probability is demanded of a periapical, or of any other view."""
        likeliest, periapical = self.probabilities.argmax(1), VIEWS.index(View.PERIAPICAL)
        demanded = np.where(likeliest == periapical, probability_least, other_probability_least)
        torn = (likeliest != periapical) & (self.probabilities[:, periapical] > 1 - probability_least)
        known = (self.probabilities.max(1) >= demanded) & ~torn & (self.distances <= STRANGENESS_MOST * self.reach)
        return np.where(known, likeliest, -1)

    def chosen(self, **wanted: object) -> Chosen:
        """The specimens with these values of their attributes."""
        return np.asarray([all(getattr(s, name) == value for name, value in wanted.items()) for s in self.specimens])

    @property
    def in_colour(self) -> Chosen:
        """The specimens of which the picture that they were made of is one in colour, so that a person looks at it."""
        return np.asarray([specimen.colours > COLOURFULNESS_MOST for specimen in self.specimens])

    @property
    def real(self) -> Chosen:
        """The specimens that are neither drawn nor composed."""
        return np.asarray([specimen.source not in {DRAWN, "composed"} for specimen in self.specimens])


def judge(examined: Examined) -> Judged:
    """Fit one head for each fold, on all others, and let it say what the fold shows."""
    made, count = examined.specimens, len(examined.specimens)
    folds = np.asarray([specimen.fold for specimen in made])
    seen = np.asarray([not specimen.unseen for specimen in made])
    target = columns_of(made)
    sums, distances = np.zeros((count, len(VIEWS))), np.zeros(count)
    for fold in range(FOLDS):
        head = fitted(examined, np.flatnonzero((folds != fold) & seen))
        held_out = np.flatnonzero(folds == fold)
        sums[held_out] = head.sums(examined.features[held_out])
        distances[held_out] = head.distances(examined.features[held_out])
    importance = importance_of(made)
    shares = np.zeros_like(sums)
    for fold in range(FOLDS):
        others = folds != fold
        temperature = best_temperature(sums[others], target[others], importance[others])
        shares[folds == fold] = probabilities(sums[folds == fold], temperature)
    return Judged(
        specimens=made,
        target=target,
        probabilities=shares,
        distances=distances,
        reach=float(np.quantile(distances[seen & (target >= 0)], REACH)),
        temperature=best_temperature(sums, target, importance),
    )


def without(examined: Examined, view: View, judged: Judged) -> Judged:
    """What a model says of a view that it was never shown: the test of `unknown` and of the periapical's own bounds."""
    made = examined.specimens
    rest = [number for number, specimen in enumerate(made) if specimen.view is not view and not specimen.unseen]
    left = [number for number, specimen in enumerate(made) if specimen.view is view and specimen.source != DRAWN]
    head = fitted(examined, np.asarray(rest))
    return Judged(
        specimens=[made[number] for number in left],
        target=judged.target[left],
        probabilities=probabilities(head.sums(examined.features[left]), judged.temperature),
        distances=head.distances(examined.features[left]),
        reach=judged.reach,
        temperature=judged.temperature,
    )


def fitted(examined: Examined, numbers: npt.NDArray[np.int_]) -> Head:
    """A head fitted on the pictures of these numbers and on their mirror images, which show the same views."""
    both = np.concatenate([examined.features[numbers], examined.mirrored[numbers]])
    return fit_head(both, [examined.specimens[number] for number in numbers] * 2)


def importance_of(made: list[Specimen]) -> Matrix:
    """Every view the same; drawings, and pictures of nothing in particular, for nothing."""
    target = columns_of(made)
    counted = np.asarray([specimen.source != DRAWN for specimen in made]) & (target >= 0)
    importance = np.zeros(len(made))
    for view in np.unique(target[counted]):
        members = (target == view) & counted
        importance[members] = 1 / members.sum()
    return np.asarray(importance / importance.sum())


def calibration(judged: Judged, importance: Matrix) -> list[tuple[float, float, float]]:
    """Mean confidence, share that was right and weight, for each of 15 equal bins of confidence that has any."""
    confidence = judged.probabilities.max(1)
    right = judged.probabilities.argmax(1) == judged.target
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    rows = []
    for number in range(_BINS):
        weight = importance[bins == number]
        if weight.sum() > 0:
            members = bins == number
            rows.append(
                (
                    float(np.average(confidence[members], weights=weight)),
                    float(np.average(right[members], weights=weight)),
                    float(weight.sum()),
                )
            )
    return rows


def calibration_error(rows: list[tuple[float, float, float]]) -> float:
    """The expected calibration error: the gap between confidence and truth, weighted by how often it occurs."""
    total = sum(weight for _, _, weight in rows)
    return sum(abs(confidence - right) * weight for confidence, right, weight in rows) / total
