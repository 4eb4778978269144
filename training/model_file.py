"""The model's file: backbone and head in one ONNX graph from a grey square to probabilities and strangeness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from apexproof.reading.view import SIDE
from training.backbone import CHANNELS, REGIONS, Graph, add_backbone, load_weights
from training.crowns import CrownsLayer
from training.head import VIEWS, Head
from training.turned import TOWARDS

LARGEST = 8_000_000
"""Bytes that the file may have."""


def write_model(path: Path, head: Head, crowns: CrownsLayer, *, fitted_on: str) -> None:
    """Write the model, naming its views, the sides at which crowns may be, and what it was fitted on.

    Raises:
        ValueError: the file would be larger than the project keeps.
    """
    graph = Graph()
    features = add_backbone(graph, load_weights(), SIDE)
    _add_probabilities(graph, features, head)
    _add_strangeness(graph, features, head)
    _add_crowns(graph, features, crowns)
    outputs = {"probabilities": [1, len(VIEWS)], "strangeness": [1, 1], "crowns": [1, len(TOWARDS)]}
    model = graph.model(image_side=SIDE, outputs=outputs)
    named = {"views": ",".join(VIEWS), "sides": ",".join(TOWARDS), "fitted_on": fitted_on}
    helper.set_model_props(model, named)
    content = model.SerializeToString(deterministic=True)
    if len(content) > LARGEST:
        raise ValueError(f"the model has {len(content)} bytes, more than {LARGEST}")
    onnx.checker.check_model(content, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _add_crowns(graph: Graph, features: str, crowns: CrownsLayer) -> None:
    weight, bias = graph.constant(crowns.weight), graph.constant(crowns.bias, exact=True)
    graph.node("Softmax", [graph.node("Gemm", [features, weight, bias])], "crowns", axis=1)


def _add_probabilities(graph: Graph, features: str, head: Head) -> None:
    hidden, hidden_bias = graph.constant(head.hidden), graph.constant(head.hidden_bias, exact=True)
    units = graph.node("Relu", [graph.node("Gemm", [features, hidden, hidden_bias])])
    weight = graph.constant((head.weight / head.temperature).astype(np.float32), exact=True)
    bias = graph.constant((head.bias / head.temperature).astype(np.float32), exact=True)
    graph.node("Softmax", [graph.node("Gemm", [units, weight, bias])], "probabilities", axis=1)


def _add_strangeness(graph: Graph, features: str, head: Head) -> None:
    """The least of |z - c|^2 = |z|^2 - 2zc + |c|^2, about the middle of the centres so that little cancels."""
    shape = graph.constant(np.asarray([1, CHANNELS, REGIONS], np.int64))
    channels = graph.node("ReduceMean", [graph.node("Reshape", [features, shape])], axes=[2], keepdims=0)
    middle = head.centres.mean(0)
    centres = head.centres - middle
    directions = graph.constant(head.directions.astype(np.float32), exact=True)
    shift = graph.constant((-middle).astype(np.float32), exact=True)
    placed = graph.node("Gemm", [channels, directions, shift])
    axes = graph.constant(np.asarray([1], np.int64))
    own = graph.node("ReduceSum", [graph.node("Mul", [placed, placed]), axes], keepdims=1)
    cross = graph.constant((-2 * centres.T).astype(np.float32), exact=True)
    squares = graph.constant((centres**2).sum(1).astype(np.float32), exact=True)
    nearest = graph.node(
        "ReduceMin", [graph.node("Add", [graph.node("Gemm", [placed, cross, squares]), own])], axes=[1], keepdims=1
    )
    positive = graph.node("Relu", [nearest])
    scale = graph.constant(np.asarray(1 / (head.directions.shape[1] * head.reach**2), np.float32), exact=True)
    graph.node("Sqrt", [graph.node("Mul", [positive, scale])], "strangeness")
