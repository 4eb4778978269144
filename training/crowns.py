"""Crowns: at which side of a periapical they are, by a linear layer on the features that the views are told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from training.sources import FOLDS
from training.turned import Turned

Features = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
_WEAKNESS = 0.003  # the inverse of the penalty on large weights
_ROUNDS = 300


@dataclass(frozen=True, kw_only=True, eq=False)
class CrownsLayer:
    """What turns features into a sum for each side: features by sides, and one number for each side."""

    weight: Features
    bias: Features

    def probabilities(self, features: Features) -> Matrix:
        """How likely each side is."""
        sums = np.asarray(features @ self.weight + self.bias, np.float64)
        powers = np.exp(sums - sums.max(1, keepdims=True))
        return np.asarray(powers / powers.sum(1, keepdims=True))


def fit_crowns(features: Features, pictures: Sequence[Turned]) -> CrownsLayer:
    """Fit on those that may be fitted on."""
    fitted = [number for number, picture in enumerate(pictures) if picture.fitted]
    scaler = StandardScaler().fit(features[fitted])
    regression = LogisticRegression(C=_WEAKNESS, max_iter=_ROUNDS)
    regression.fit(scaler.transform(features[fitted]), [pictures[number].towards for number in fitted])
    weight = (regression.coef_ / scaler.scale_).T
    bias = regression.intercept_ - scaler.mean_ @ weight
    return CrownsLayer(weight=weight.astype(np.float32), bias=bias.astype(np.float32))


def judge_crowns(features: Features, pictures: Sequence[Turned]) -> Matrix:
    """What a layer says of each picture that had not seen its fold."""
    folds = np.asarray([picture.fold for picture in pictures])
    said = np.zeros((len(pictures), 4))
    for fold in range(FOLDS):
        others = np.flatnonzero(folds != fold).tolist()
        layer = fit_crowns(features[others], [pictures[number] for number in others])
        said[folds == fold] = layer.probabilities(features[folds == fold])
    return said
