"""Derive the two models of burned-in text from those in a RapidOCR wheel: `derive_models.py FOLDER` of its models.

The reader needs neither the wheel nor what it depends on (among it GEOS under the LGPL): only these two networks, with
Latin letters alone, and weights kept as half floats, which onnxruntime widens again when it loads them. This script
needs the package `onnx`, which the project itself does not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TARGET = Path(__file__).resolve().parents[2] / "apexproof" / "reading" / "burned_in" / "models"
DETECTION, RECOGNITION = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_SMALL = 1024  # values; below that a tensor is not worth halving


def main() -> None:
    """Write both; each names its origin in its own metadata."""
    source = Path(sys.argv[1])
    detection = onnx.load(source / DETECTION)
    onnx.save(_halved(detection), TARGET / "find_lines.onnx")
    recognition = onnx.load(source / RECOGNITION)
    _keep_latin(recognition)
    onnx.save(_halved(recognition), TARGET / "read_line.onnx")


def _keep_latin(model: onnx.ModelProto) -> None:
    """Cut the last layer down to the blank, Latin letters, digits, signs and the space."""
    (entry,) = (property_ for property_ in model.metadata_props if property_.key == "character")
    letters = ["", *entry.value.split("\n")]
    last = next(tensor for tensor in model.graph.initializer if tensor.name == "linear_8.b_0").dims[0]
    letters = [*letters[: last - 1], *[" "] * (last - len(letters[: last - 1]))]
    kept = [index for index, letter in enumerate(letters) if index in {0, last - 1} or _is_kept(letter)]
    entry.value = "\n".join(letters[index] for index in kept)
    for tensor in model.graph.initializer:
        if tensor.name in {"linear_8.w_0", "linear_8.b_0"}:
            values = numpy_helper.to_array(tensor)[..., kept]
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))
    shape = model.graph.output[0].type.tensor_type.shape
    shape.dim[2].dim_value = len(kept)


def _is_kept(letter: str) -> bool:
    return len(letter) == 1 and (" " < letter <= "~" or "\u00a1" <= letter <= "\u017f")


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with large weights kept in half the bytes, and widened by a Cast each."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < _SMALL:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    main()
