"""`make words`: how many dates, teeth and names are read right, wrong or not at all, on generated overlays.

`python -m benchmarks.words [PICTURES] [FOLDER]`: with a folder of pictures without words, what is invented in them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2

from apexproof.claim import AttachedFile
from apexproof.intake import check_in_depth
from apexproof.observation import Observation, Strength
from apexproof.policy import load_policy
from apexproof.radiograph import FileReading, Radiograph
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.reading.sandbox import read_many
from benchmarks.words.score import Read, score
from fixtures.canvas import Dice
from fixtures.judged import written_cases
from fixtures.overlays import MANNERS, Font, Ink, Overlay

_PICTURES = 400
_GOOD_QUALITY = 75  # of a JPEG, from which the goal of 98 % holds


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else _PICTURES
    with tempfile.TemporaryDirectory() as folder:
        _overlays(overlays(number), Path(folder))
        _overlays(coloured_overlays(number), Path(folder))
    _needed()
    if len(sys.argv) > 2:  # noqa: PLR2004 - both were given
        _inventions(Path(sys.argv[2]))


def overlays(number: int) -> list[Overlay]:
    """As many overlays, in every manner and letter by turns, of chance size, quality and scale."""
    manners, fonts = list(MANNERS), list(Font)
    made = []
    for index in range(number):
        dice = Dice(f"words {index}")
        quality = (None, 60, 75, 85, 95)[dice.between(0, 4)]
        manner, font = manners[index % len(manners)], fonts[index // len(manners) % len(fonts)]
        size, halved = dice.between(22, 40), dice.chance(40)
        made.append(Overlay(name=str(index), manner=manner, font=font, size=size, quality=quality, halved=halved))
    return made


def coloured_overlays(number: int) -> list[Overlay]:
    """As many overlays in every ink by turns, in the manners that write brightly on the film or on a dark bar."""
    inks, manners = list(Ink), ["corners", "bar", "outlined", "exported", "bare", "stacked"]
    return [
        replace(overlay, ink=inks[index // len(manners) % len(inks)], manner=manners[index % len(manners)])
        for index, overlay in enumerate(overlays(number))
    ]


def _overlays(made: list[Overlay], folder: Path) -> None:
    counts: Counter[tuple[str, str, Read]] = Counter()
    seconds, missed = [], list[str]()
    for overlay in made:
        path = folder / "picture"
        path.write_bytes(overlay.content())
        begun = time.perf_counter()
        (radiograph,) = read_file(path, limits=Limits(), depth=Depth.WORDS).radiographs
        seconds.append(time.perf_counter() - begun)
        group = "quality 75 and above" if (overlay.quality or 100) >= _GOOD_QUALITY else "quality 60"
        if overlay.ink is not None:
            group = f"{overlay.ink.name.lower()} ink"
        for aspect, read in score(radiograph, overlay.told, overlay.manner):
            counts[group, aspect, read] += 1
            if read is not Read.RIGHT:
                missed.append(f"  {read.value}: {aspect} of {overlay}")
    print(*missed, sep="\n")
    for group, aspect in sorted({(group, aspect) for group, aspect, _ in counts}):
        found = {read.value: counts[group, aspect, read] for read in Read}
        share = 100 * found["right"] / sum(found.values())
        print(f"{group:22} {aspect:14} {share:5.1f} % right {found}")
    print(f"{statistics.median(seconds):.2f} s for a picture (median), {max(seconds):.2f} s at most")


def _needed() -> None:
    """How often a case of fixtures/ leaves a question open that words may answer."""
    cases = written_cases()
    readings = read_many([named.path for case in cases for named in case.paths], processes=os.cpu_count() or 1)
    claims, files = 0, 0
    for case in cases:
        attached = [AttachedFile(name=named.name, reading=next(readings)) for named in case.paths]
        asked: list[AttachedFile] = []

        def count(open_files: Sequence[AttachedFile], asked: list[AttachedFile] = asked) -> list[FileReading]:
            asked += open_files
            return [file.reading for file in open_files]

        policy = load_policy(case.expected.policy)
        words = policy.words.burned_in
        check_in_depth(case.claims, attached, case.history, policy, words=words, read_words=count)
        claims, files = claims + bool(asked), files + len(asked)
    print(f"asked for in {claims} of the {len(cases)} cases of fixtures/, for {files} files")


def _inventions(folder: Path) -> None:
    pictures, seconds = 0, []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        begun = time.perf_counter()
        reading = read_file(path, limits=Limits(), depth=Depth.WORDS)
        for radiograph in reading.radiographs:
            pictures += 1
            seconds.append(time.perf_counter() - begun)
            for aspect, source in _burned_in(radiograph):
                print(f"  {aspect} in {path.relative_to(folder)}: {source}")
    if seconds:
        print(f"{pictures} pictures, {statistics.median(seconds):.2f} s each (median), {max(seconds):.2f} s at most")


def _burned_in(radiograph: Radiograph) -> Iterator[tuple[str, str]]:
    """Each aspect on which the words are taken to say something, and where."""
    for aspect in ("view", "teeth", "exposure", "patient", "mirrored"):
        observations: tuple[Observation[object], ...] = getattr(radiograph, aspect)
        for one in observations:
            if one.strength is Strength.BURNED_IN and one.value is not None:
                yield aspect, one.source


if __name__ == "__main__":
    main()
