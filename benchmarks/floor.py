"""The floor: the same work as a straight-line script, without observations, limits, isolation or errors."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pydicom
from pydicom.uid import JPEGLSLossless


def read_straight(path: Path) -> tuple[str, str, float, int]:
    """Hash, header, decode, 8-bit view, Laplacian, histogram and a 256-bit perceptual hash of one DICOM file."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    dataset = pydicom.dcmread(BytesIO(content))
    if dataset.file_meta.TransferSyntaxUID == JPEGLSLossless:
        dataset.pixel_array_options(decoding_plugin="pyjpegls")  # faster than the one that pydicom would take
    samples = dataset.pixel_array
    view = cv2.convertScaleAbs(samples, alpha=255 / 65535)
    _, deviation = cv2.meanStdDev(cv2.Laplacian(view, cv2.CV_16S))
    histogram = cv2.calcHist([samples], [0], None, [256], [0, 65536])
    thumbnail = cv2.resize(view, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    signs = cv2.dct(thumbnail)[:16, :16] > 0
    return digest, np.packbits(signs).tobytes().hex(), float(deviation[0][0]), int(histogram.argmax())


def read_header_straight(path: Path) -> str:
    """The header alone."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    return str(dataset.get("PatientName", ""))
