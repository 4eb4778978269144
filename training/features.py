"""Features: what the backbone says of each specimen, kept on disk until the code or the pictures change."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from apexproof.reading.picture import Picture
from apexproof.reading.view import SIDE, seen_by_model
from training.backbone import write_backbone
from training.sources import Original, originals
from training.specimens import Specimen, specimens
from training.turned import Turned, turned

Features = npt.NDArray[np.float32]
_ROOT = Path(__file__).parent.parent
_CODE = (
    *sorted(Path(__file__).parent.glob("*.csv")),
    *(Path(__file__).parent / f"{name}.py" for name in ("backbone", "compositions", "looks", "packaged", "pages")),
    *(Path(__file__).parent / f"{name}.py" for name in ("sources", "specimens", "strangers", "turned", "unseen")),
    _ROOT / "apexproof/reading/picture.py",
    _ROOT / "apexproof/reading/view.py",
)
_AT_ONCE = 32


@dataclass(frozen=True, kw_only=True, eq=False)
class Examined:
    """The specimens and, row by row, their features as they stand and mirrored."""

    specimens: list[Specimen]
    features: Features
    mirrored: Features


def examine(folder: Path, kept: Path, *, processes: int) -> Examined:
    """Draw every specimen of a data folder and take its features, or fetch them from the folder `kept`."""
    features = _kept(folder, kept, _SPECIMENS, processes=processes)
    return Examined(specimens=specimens(originals(folder)), features=features[:, 0], mirrored=features[:, 1])


def examine_turned(folder: Path, kept: Path, *, processes: int) -> tuple[list[Turned], Features]:
    """The same for the periapicals in all four turns, as they stand."""
    features = _kept(folder, kept, _TURNED, processes=processes)
    return turned(originals(folder)), np.ascontiguousarray(features[:, 0])


def _kept(folder: Path, kept: Path, kind: str, *, processes: int) -> Features:
    path = kept / f"{kind}-{_digest(folder)}.npy"
    if path.exists():
        return np.asarray(np.load(path), np.float32)
    kept.mkdir(parents=True, exist_ok=True)
    backbone = kept / "backbone.onnx"
    write_backbone(backbone, SIDE)
    count = len(_MAKERS[kind](originals(folder)))
    # Each process makes the specimens for itself: threads of libraries do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _begin, (folder, backbone, kind)) as pool:
        features = np.stack(pool.map(_features, range(count), chunksize=_AT_ONCE))
    np.save(path, features)
    return features


_SPECIMENS, _TURNED = "specimens", "turned"
_MAKERS: dict[str, Callable[[list[Original]], Sequence[Specimen | Turned]]] = {_SPECIMENS: specimens, _TURNED: turned}
_made: list[Specimen | Turned] = []
_session: list[onnxruntime.InferenceSession] = []


def _begin(folder: Path, backbone: Path, kind: str) -> None:
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    _made.extend(_MAKERS[kind](originals(folder)))
    _session.append(onnxruntime.InferenceSession(backbone, options, providers=["CPUExecutionProvider"]))


def _features(number: int) -> Features:
    """The features of the picture and of its mirror image."""
    seen = seen_by_model(Picture(samples=_made[number].pixels(), bits=8))
    sides = (seen, np.ascontiguousarray(seen[..., ::-1]))
    return np.stack([np.asarray(_session[0].run(None, {"image": side})[0][0], np.float32) for side in sides])


def _digest(folder: Path) -> str:
    digest = hashlib.sha256((folder / "MANIFEST.csv").read_bytes())
    for path in _CODE:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
