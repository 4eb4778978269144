"""`make view-model`: fit the view model on a data folder and write it where apexproof reads it.

The same folder, versions and machine give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.crowns import fit_crowns
from training.evaluation import Judged, fitted, judge
from training.features import Examined, examine, examine_turned
from training.head import Head
from training.model_file import write_model
from training.sources import DRAWN, PACKAGED

MODEL = Path(__file__).parent.parent / "apexproof/reading/models/view.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the commands of this folder are given: where the pictures are, where features are kept, how many hands."""

    data: Path
    kept: Path
    processes: int


def requested(description: str | None) -> Request:
    """The command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("data", type=Path, help="a folder with a MANIFEST.csv and the pictures that it lists")
    parser.add_argument("--kept", type=Path, default=Path(".cache/view-model"), help="where features are kept")
    parser.add_argument("--processes", type=int, default=2)
    return Request(**vars(parser.parse_args()))


def main() -> None:
    """Fit on everything, with the temperature and the reach of pictures that were held out."""
    request = requested(__doc__)
    examined = examine(request.data, request.kept, processes=request.processes)
    judged = judge(examined)
    pictures, features = examine_turned(request.data, request.kept, processes=request.processes)
    crowns = fit_crowns(features, pictures)
    write_model(MODEL, final_head(examined, judged), crowns, fitted_on=_sources(examined))
    print(f"{MODEL.name}: {MODEL.stat().st_size:,} bytes, fitted on {len(examined.specimens):,} pictures.")


def final_head(examined: Examined, judged: Judged) -> Head:
    """The head that is shipped: fitted on every specimen but those in unseen looks."""
    seen = [number for number, specimen in enumerate(examined.specimens) if not specimen.unseen]
    return replace(fitted(examined, np.asarray(seen)), temperature=judged.temperature, reach=judged.reach)


def _sources(examined: Examined) -> str:
    named = {specimen.source for specimen in examined.specimens} - {DRAWN, PACKAGED, "composed"}
    return "; ".join(sorted(named))


if __name__ == "__main__":
    main()
