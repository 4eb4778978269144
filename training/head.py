"""Head: from features to a probability for each view and a distance from what was learnt.

A small network (one hidden layer; three nets from different starts, their sums averaged), and the Mahalanobis distance
to the nearest kind of picture under one covariance for all (Lee et al. 2018, arXiv:1807.03888).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from sklearn.covariance import ledoit_wolf
from torch.nn import functional

from apexproof.view import View
from training.backbone import CHANNELS, REGIONS
from training.sources import DRAWN
from training.specimens import Specimen

Matrix = npt.NDArray[np.float64]
Features = npt.NDArray[np.float32]

VIEWS = (
    View.PERIAPICAL,
    View.BITEWING,
    View.OCCLUSAL,
    View.PANORAMIC,
    View.CEPHALOMETRIC,
    View.FULL_MOUTH_SERIES,
    View.PHOTOGRAPH,
    View.DOCUMENT,
    View.OTHER_RADIOGRAPH,
)
"""The views that are told apart, in the order of the model's columns."""
_NETS = 3
_HIDDEN = 96
_ROUNDS = 14
_BATCH = 128
_RATE, _DECAY = 2e-3, 1e-2
_SMOOTHING = 0.02
_DROPPED_FEATURES, _DROPPED_HIDDEN = 0.2, 0.5
# Drawings stand for themselves and not for radiographs: a small share of their view.
_DRAWN_SHARE = 0.05
_DIRECTIONS = 96
_TEMPERATURES = np.exp(np.linspace(np.log(0.3), np.log(5), 400))


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """What turns features into sums for the views and into a distance.

    Attributes:
        hidden: features by hidden units, of raw features; all nets side by side.
        hidden_bias: one per unit.
        weight: hidden units by views, divided by the number of nets.
        bias: one per view.
        directions: channels by directions, in which the pictures of one kind have unit variance.
        centres: kinds by directions: where each kind of picture lies.
        temperature: what the sums are divided by before the softmax.
        reach: the distance that counts as strangeness 1.
    """

    hidden: Features
    hidden_bias: Features
    weight: Features
    bias: Features
    directions: Matrix
    centres: Matrix
    temperature: float = 1.0
    reach: float = 1.0

    def sums(self, features: Features) -> Matrix:
        """The sum for each view, before temperature and softmax."""
        units = np.maximum(features @ self.hidden + self.hidden_bias, 0)
        return np.asarray(units @ self.weight + self.bias, np.float64)

    def distances(self, features: Features) -> Matrix:
        """The distance to the nearest kind, as a root mean square over the directions."""
        placed = over_regions(features) @ self.directions
        squares = (placed**2).sum(1)[:, None] - 2 * placed @ self.centres.T + (self.centres**2).sum(1)
        return np.asarray(np.sqrt(np.maximum(squares.min(1), 0) / self.directions.shape[1]))


def over_regions(features: Features) -> Matrix:
    """The mean over the regions: one number for each channel."""
    return np.asarray(features.reshape(-1, CHANNELS, REGIONS).mean(2, dtype=np.float64))


def fit_head(features: Features, specimens: Sequence[Specimen]) -> Head:
    """Fit network and distance. Temperature and reach are left at 1: they take pictures that were held out."""
    mean = features.mean(0, dtype=np.float64).astype(np.float32)
    deviation = features.std(0, dtype=np.float64).astype(np.float32) + np.float32(1e-3)
    wanted, importance = _wanted(specimens), _importance(specimens)
    nets = [_net((features - mean) / deviation, wanted, importance, start) for start in range(_NETS)]
    first, first_bias, second, second_bias = (list(part) for part in zip(*nets, strict=True))
    hidden = np.concatenate(first, axis=1) / deviation[:, None]
    known = np.flatnonzero(columns_of(specimens) >= 0).tolist()
    directions, centres = _kinds(over_regions(features[known]), [specimens[number] for number in known])
    return Head(
        hidden=hidden,
        hidden_bias=np.concatenate(first_bias) - mean @ hidden,
        weight=(np.concatenate(second) / _NETS).astype(np.float32),
        bias=np.mean(second_bias, axis=0, dtype=np.float32),
        directions=directions,
        centres=centres,
    )


def columns_of(specimens: Sequence[Specimen]) -> npt.NDArray[np.int_]:
    """The column of each specimen's view, -1 for what is a picture of nothing in particular."""
    return np.asarray([VIEWS.index(s.view) if s.view in VIEWS else -1 for s in specimens])


def _wanted(specimens: Sequence[Specimen]) -> Features:
    """All on the view, or the same on each for what belongs to none."""
    columns = columns_of(specimens)
    even = np.full((len(specimens), len(VIEWS)), 1 / len(VIEWS), np.float32)
    return np.where(columns[:, None] < 0, even, np.eye(len(VIEWS), dtype=np.float32)[columns]).astype(np.float32)


def _importance(specimens: Sequence[Specimen]) -> Features:
    """Every view counts the same, and within it drawings for little; 1 on average."""
    drawn = np.asarray([specimen.source == DRAWN for specimen in specimens])
    columns = columns_of(specimens)
    importance = np.zeros(len(specimens))
    for column in np.unique(columns):
        for kind, share in ((drawn, _DRAWN_SHARE), (~drawn, 1 - _DRAWN_SHARE)):
            members = (columns == column) & kind
            importance[members] = share / max(members.sum(), 1)
    return np.asarray(importance / importance.mean(), np.float32)


def _net(
    scaled: Features, wanted: Features, importance: Features, start: int
) -> tuple[Features, Features, Features, Features]:
    """One net: its two matrices, each with its biases."""
    torch.set_num_threads(1)  # sums in another order are other sums
    torch.manual_seed(start)
    net = torch.nn.Sequential(
        torch.nn.Dropout(_DROPPED_FEATURES),
        torch.nn.Linear(scaled.shape[1], _HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Dropout(_DROPPED_HIDDEN),
        torch.nn.Linear(_HIDDEN, len(VIEWS)),
    )
    pictures, views, weights = torch.from_numpy(scaled), torch.from_numpy(wanted), torch.from_numpy(importance)
    batches = -(-len(scaled) // _BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=_ROUNDS * batches)
    for _ in range(_ROUNDS):
        for batch in torch.randperm(len(scaled)).split(_BATCH):
            losses = functional.cross_entropy(
                net(pictures[batch]), views[batch], reduction="none", label_smoothing=_SMOOTHING
            )
            optimiser.zero_grad()
            (losses * weights[batch]).mean().backward()
            optimiser.step()
            schedule.step()
    first, second = net[1], net[4]
    return (_array(first.weight).T, _array(first.bias), _array(second.weight).T, _array(second.bias))


def _array(parameter: torch.Tensor) -> Features:
    return np.asarray(parameter.detach().numpy(), np.float32)


def _kinds(channels: Matrix, specimens: Sequence[Specimen]) -> tuple[Matrix, Matrix]:
    """The directions of most variance over all pictures, whitened within the kinds; and where the kinds lie."""
    names = np.asarray([f"{specimen.view}/{kind_of(specimen)}" for specimen in specimens])
    mean, deviation = channels.mean(0), channels.std(0) + 1e-3
    scaled = (channels - mean) / deviation
    axes = np.linalg.svd(scaled.T @ scaled / len(scaled), hermitian=True)[2]
    main = axes[:_DIRECTIONS].T
    placed = scaled @ main
    kinds = np.unique(names)
    means = np.stack([placed[names == kind].mean(0) for kind in kinds])
    within = placed - means[np.searchsorted(kinds, names)]
    covariance, _ = ledoit_wolf(within, assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    directions = main @ (vectors / np.sqrt(values)) / deviation[:, None]
    return directions, np.stack([channels[names == kind].mean(0) for kind in kinds]) @ directions


def kind_of(specimen: Specimen) -> str:
    """Whether a specimen is real, drawn, or how it was composed."""
    if specimen.source == DRAWN:
        return "drawn"
    return specimen.recipe if specimen.source == "composed" else "real"


def probabilities(sums: Matrix, temperature: float) -> Matrix:
    """The softmax at a temperature."""
    scaled = sums / temperature
    return np.asarray(np.exp(scaled - _log_sum(scaled)))


def best_temperature(sums: Matrix, target: npt.NDArray[np.int_], importance: Matrix) -> float:
    """The temperature of the least cross-entropy on pictures that were held out (Guo et al. 2017, arXiv:1706.04599)."""
    rows = np.arange(len(target))

    def surprise(temperature: float) -> float:
        logs = sums / temperature - _log_sum(sums / temperature)
        return float(-(importance * logs[rows, target]).sum())

    return float(min(_TEMPERATURES, key=surprise))


def _log_sum(sums: Matrix) -> Matrix:
    top = sums.max(1, keepdims=True)
    return np.asarray(top + np.log(np.exp(sums - top).sum(1, keepdims=True)))
