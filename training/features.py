"""Features: what the backbone says of each specimen, kept on disk until the code or the pictures change."""

from __future__ import annotations

import hashlib
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from apexproof.reading.picture import Picture
from apexproof.reading.view import SIDE, seen_by_model
from training.backbone import write_backbone
from training.sources import originals
from training.specimens import Specimen, specimens

Features = npt.NDArray[np.float32]
_ROOT = Path(__file__).parent.parent
_CODE = (
    *sorted(Path(__file__).parent.glob("*.csv")),
    *(Path(__file__).parent / f"{name}.py" for name in ("backbone", "compositions", "looks", "pages", "sources")),
    *(Path(__file__).parent / f"{name}.py" for name in ("specimens", "strangers")),
    _ROOT / "apexproof/reading/picture.py",
    _ROOT / "apexproof/reading/view.py",
)
_AT_ONCE = 32


@dataclass(frozen=True, kw_only=True, eq=False)
class Examined:
    """The specimens and, row by row, their features."""

    specimens: list[Specimen]
    features: Features


def examine(folder: Path, kept: Path, *, processes: int) -> Examined:
    """Draw every specimen of a data folder and take its features, or fetch them from the folder `kept`."""
    made = specimens(originals(folder))
    digest = _digest(folder)
    path = kept / f"features-{digest}.npy"
    if path.exists():
        return Examined(specimens=made, features=np.load(path))
    kept.mkdir(parents=True, exist_ok=True)
    backbone = kept / "backbone.onnx"
    write_backbone(backbone, SIDE)
    # Each process makes the specimens for itself: threads of libraries do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _begin, (folder, backbone)) as pool:
        features = np.stack(pool.map(_features, range(len(made)), chunksize=_AT_ONCE))
    np.save(path, features)
    return Examined(specimens=made, features=features)


_made: list[Specimen] = []
_session: list[onnxruntime.InferenceSession] = []


def _begin(folder: Path, backbone: Path) -> None:
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    _made.extend(specimens(originals(folder)))
    _session.append(onnxruntime.InferenceSession(backbone, options, providers=["CPUExecutionProvider"]))


def _features(number: int) -> Features:
    picture = Picture(samples=_made[number].pixels(), bits=8)
    (features,) = _session[0].run(None, {"image": seen_by_model(picture)})
    return np.asarray(features[0], np.float32)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256((folder / "MANIFEST.csv").read_bytes())
    for path in _CODE:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
