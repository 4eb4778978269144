"""Logged: what every program of the suite logs, kept in one file, and everybody whose name the suite uses."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from apexproof.logs import Libraries, tell_on
from fixtures.case import CASES

_ROOT = Path(__file__).resolve().parents[1]
_WRITTEN = re.compile(
    r"""(?:PatientName=|"(?:family|given|member_id|chart_number)": )"([^"{}\\]+)\"|\bname="(\w+(?:\^\w+)+)\""""
)
_RARE = re.compile(r"\w{5,}|\w+-\w+")
_NO_NAMES = frozenset({"Again", "Known", "Match", "Nobody", "Often", "Twice"})
"""Parts of made-up names that are words of everybody's."""
_places: list[Path] = []


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    """Keep what is logged, by this process and by those whose logs go to `keep` or `sink`, while the block runs."""
    path = folder / "logs.jsonl"
    libraries = Libraries()
    with path.open("a", encoding="utf-8") as stream:
        tell_on(stream, "tests")
        logging.getLogger().addHandler(libraries)
        _places.append(path)
        try:
            yield
        finally:
            _places.remove(path)
            logging.getLogger().removeHandler(libraries)


def kept() -> str:
    """All of it so far."""
    return _places[-1].read_text(encoding="utf-8", errors="replace")


def keep(lines: Iterable[str]) -> None:
    """Keep what another program logged, if anything is kept."""
    for place in _places:
        with place.open("a", encoding="utf-8") as stream:
            stream.writelines(lines)


def sink() -> IO[bytes]:
    """A file for another program to log to."""
    return _places[-1].open("ab")


@cache
def everybody() -> re.Pattern[str]:
    """Finds everybody whom a claim, a film or a test is about, by name or by number."""
    sources = [path for room in ("tests", "fixtures") for path in (_ROOT / room).rglob("*.py")]
    names = {"".join(said) for path in sources for said in _WRITTEN.findall(path.read_text(encoding="utf-8"))}
    for path in CASES.glob("*/claim.json"):
        names |= set(_people(json.loads(path.read_bytes())))
    found = set()
    for name in names:
        parts = name.split("^")
        if len(parts) > 1:
            found |= {sign.join(order) for sign in ("^", " ", ", ") for order in (parts, parts[::-1])}
        found |= {part for part in parts if _RARE.fullmatch(part) and part not in _NO_NAMES}
    written = "|".join(re.escape(one) for one in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{written})(?![^\W_])", re.IGNORECASE)


def _people(claim: object) -> Iterator[str]:
    if isinstance(claim, list):
        for one in claim:
            yield from _people(one)
    elif isinstance(claim, dict):
        patient = claim.get("patient", {})
        yield from patient.get("name", {}).values()
        yield from (patient[name] for name in ("member_id", "chart_number") if patient.get(name))
        yield from _people(claim.get("claims", []))


def named_in(log: str) -> list[str]:
    """The lines in which somebody is named."""
    return [line for line in log.splitlines() if everybody().search(line)]
