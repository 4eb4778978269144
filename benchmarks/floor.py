"""The floor: the same work as a straight-line script, without observations, limits, isolation or errors.

The view model is part of it: the same network on a plainly resized picture.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pydicom
from pydicom.uid import JPEGLSLossless


@cache
def _network() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = resources.files("apexproof.reading").joinpath("models", "view.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def read_straight(path: Path) -> tuple[str, str, float, int, float]:
    """Hash, header, decode, 8-bit view, Laplacian, histogram, words of marks and view of one DICOM file."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    dataset = pydicom.dcmread(BytesIO(content))
    if dataset.file_meta.TransferSyntaxUID == JPEGLSLossless:
        dataset.pixel_array_options(decoding_plugin="pyjpegls")  # faster than the one that pydicom would take
    samples = dataset.pixel_array
    view = cv2.convertScaleAbs(samples, alpha=255 / 65535)
    _, deviation = cv2.meanStdDev(cv2.Laplacian(view, cv2.CV_16S))
    histogram = cv2.calcHist([samples], [0], None, [256], [0, 65536])
    small = cv2.resize(view, (195, 255), interpolation=cv2.INTER_AREA)
    _, marks = cv2.SIFT.create(nfeatures=64, contrastThreshold=0.005).detectAndCompute(small, None)
    square = cv2.resize(view, (224, 224), interpolation=cv2.INTER_AREA).astype(np.float32)
    probabilities = _network().run(["probabilities"], {"image": ((square - 127) / 128)[None, None]})[0]
    return (
        digest,
        np.packbits(marks > np.float32(marks.mean())).tobytes().hex(),
        float(deviation[0][0]),
        int(histogram.argmax()),
        float(probabilities.max()),
    )


def read_header_straight(path: Path) -> str:
    """The header alone."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    return str(dataset.get("PatientName", ""))
