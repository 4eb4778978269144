"""Fuzzing: the section of docs/trust.md about every reader and format, fed with what nobody would send."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from apexproof.reading.part import Limits
from apexproof.reading.sandbox import Sandbox
from fixtures import hostile
from trust.page import paragraphs, write_section
from trust.targets import TARGETS

_ROOT = Path(__file__).resolve().parents[1]
_FOUND = _ROOT / "fixtures" / "found"
_SECONDS_MOST, _MEMORY_MOST, _LONGEST = 10, 1024, 64 * 1024
"""Of one file: seconds, MiB of the whole process, bytes."""
_STARTING_SECONDS = 600
_COVERED = re.compile(r"^#(\d+)\s+[A-Za-z]+\s+cov: (\d+)", re.MULTILINE)
_PEAK = re.compile(r"peak_rss_mb:\s+(\d+)")
_UNCAUGHT = "Uncaught Python exception"
_LIMITS = Limits(
    seconds=_SECONDS_MOST,
    file_seconds=2 * _SECONDS_MOST,
    clock_seconds=20 * _SECONDS_MOST,
    memory_bytes=_MEMORY_MOST * 1024**2,
)
_TITLE = "Every reader and format under coverage-guided fuzzing"


class Found(Exception):
    """Something is wrong with what a target made of some bytes."""


@dataclass(slots=True, kw_only=True)
class Fuzzed:
    """What came of one target.

    Attributes:
        first, last: branches of instrumented Python that were reached, before and after.
        slowest: seconds of the processor for one file.
        peak: MiB of the process.
        contained: files at which a decoder failed, which the sandbox answered for.
    """

    name: str
    runs: int = 0
    first: int = 0
    last: int = 0
    slowest: float = 0.0
    peak: int = 0
    contained: int = 0

    def add(self, said: str) -> None:
        """Count what one process of the fuzzer said."""
        covered = [(int(runs), int(branches)) for runs, branches in _COVERED.findall(said)]
        self.runs += covered[-1][0]
        self.first = self.first or covered[0][1]
        self.last = max(self.last, covered[-1][1])
        self.peak = max([self.peak, *(int(peak) for peak in _PEAK.findall(said))])


def run_section(seed: int, minutes: float) -> None:
    """Fuzz every target for its share of the time, and write what came of it."""
    fuzz(seed, minutes, ())


def fuzz(seed: int, minutes: float, files: Iterable[Path]) -> None:
    """Fuzz all targets, beginning with these files too.

    Raises:
        Found: a target did not come back as it must; its bytes are among the fixtures now, and a test takes them.
    """
    if find_spec("atheris") is None:
        print("fuzz: left out, for atheris has no wheel for this machine")
        return
    seconds = max(1, round(minutes * 60 / len(TARGETS)))
    begin_with = tuple(files)
    rows = [_row(_fuzzed(name, seed, seconds, begin_with)) for name in TARGETS]
    words = f"""
        {seconds} s each, seed {seed} (`python -m trust fuzz --seed {seed} --minutes {minutes:g}`), by atheris
        (libFuzzer), beginning with {"the fixtures and other files" if begin_with else "the fixtures"}. A file may take
        {_SECONDS_MOST} s and the process {_MEMORY_MOST} MiB. What is read in the sandbox passed from there unchanged;
        where a decoder went beyond these limits or crashed, the sandbox ended it, said so, and read the next file
        (contained). Nothing else went wrong. What a run finds wrong is kept in `fixtures/found/` and taken again by
        `tests/trust/test_targets.py`.
    """
    head = "| target | files tried | branches at first | at last | slowest (CPU) | peak memory | contained |"
    rule = "|---|---:|---:|---:|---:|---:|---:|"
    write_section("fuzz", _TITLE, "\n".join((paragraphs(words), "", head, rule, *rows)))


def _fuzzed(name: str, seed: int, seconds: int, begin_with: Iterable[Path]) -> Fuzzed:
    with tempfile.TemporaryDirectory(prefix="apexproof-fuzz-") as place:
        folder = Path(place)
        corpus = folder / "corpus"
        corpus.mkdir()
        for number, content in enumerate((*TARGETS[name].seeds(), *(path.read_bytes() for path in begin_with))):
            (corpus / f"seed-{number}").write_bytes(content)
        until, done = time.monotonic() + seconds, Fuzzed(name=name)
        while (left := round(until - time.monotonic())) > 0:
            said = _ran(name, folder, seed + done.contained, left)
            done.add(said)
            if (folder / "slowest").exists():
                done.slowest = max(done.slowest, float((folder / "slowest").read_text()))
            if broken := _broken(folder, said):
                _demand_contained(name, broken, said)
                done.contained += 1
                broken.unlink()
        return done


def _ran(name: str, folder: Path, seed: int, seconds: int) -> str:
    """What libFuzzer said until its time was up or something was wrong."""
    options = {
        "max_total_time": seconds,
        "timeout": _SECONDS_MOST,
        "rss_limit_mb": _MEMORY_MOST,
        "max_len": _LONGEST,
        "seed": seed + 1,  # 0 would be any
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/found-",
    }
    command = [sys.executable, "-m", "trust.fuzzer", name, str(folder), str(folder / "corpus")]
    command += [f"-{option}={value}" for option, value in options.items()]
    with (folder / "said").open("wb") as said:
        fuzzer = subprocess.Popen(
            command, cwd=_ROOT, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            fuzzer.wait(timeout=seconds + _STARTING_SECONDS)
        except subprocess.TimeoutExpired:
            fuzzer.kill()
            fuzzer.wait()
    text = (folder / "said").read_text(encoding="utf-8", errors="replace")
    if not _COVERED.search(text):
        raise RuntimeError(f"the fuzzer of {name} did not run: {text[-2000:]}")
    return text


def _broken(folder: Path, said: str) -> Path | None:
    """The bytes that ended the process, or at which it hung."""
    found = next(folder.glob("found-*"), None)
    return found or (None if "DONE" in said else folder / "current")


def _demand_contained(name: str, broken: Path, said: str) -> None:
    """A decoder may fail where the service reads: in the sandbox, which says so and reads the next file.

    Raises:
        Found: it failed elsewhere, or it was no decoder.
    """
    if TARGETS[name].sandboxed and _UNCAUGHT not in said:
        with Sandbox(limits=_LIMITS) as sandbox, tempfile.NamedTemporaryFile() as good:
            good.write(hostile.picture("PNG"))
            good.flush()
            reading, after = sandbox.read(broken), sandbox.read(Path(good.name))
        if (reading.faults or reading.radiographs) and len(after.radiographs) == 1:
            return
    kept = _FOUND / name / hashlib.sha256(broken.read_bytes()).hexdigest()[:16]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(broken.read_bytes())
    raise Found(f"{name}: {kept.relative_to(_ROOT)}\n{said[-3000:]}")


def _row(done: Fuzzed) -> str:
    figures = (f"{done.runs:,}", f"{done.first:,}", f"{done.last:,}", f"{done.slowest:.2f} s", f"{done.peak} MiB")
    return f"| {done.name} | {' | '.join(figures)} | {done.contained} |"


def main() -> None:
    """`make fuzz`: for longer, and with real files."""
    parser = argparse.ArgumentParser(prog="python -m trust.fuzzing", description=__doc__)
    parser.add_argument("--files", type=Path, help="a folder of files to begin with as well, for all targets")
    parser.add_argument("--minutes", type=float, default=20, help="for all targets together")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to begin the same again")
    asked = parser.parse_args()
    files = [path for path in sorted(asked.files.rglob("*")) if path.is_file()] if asked.files else []
    fuzz(asked.seed, asked.minutes, [path for path in files if path.stat().st_size <= _LONGEST])


if __name__ == "__main__":
    main()
