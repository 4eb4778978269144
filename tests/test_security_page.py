"""docs/security.md names only tests, files and settings that are there, and both of the former in every row."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from apexproof.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
FILE = re.compile(r"`((?:api|apexproof|docs|requirements|tests|worker)/[\w/.]*)`")
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")][1:]


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_test_that_the_page_names_is_there() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > len(ROWS)
    assert [f"{path}::{test}" for path, test in named if test not in _tests_in(path)] == []


def test_every_file_that_the_page_names_is_there() -> None:
    named = FILE.findall(PAGE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_setting_that_the_page_names_is_there() -> None:
    named = {name.lower() for name in re.findall(r"`APEXPROOF_(\w+)`", PAGE)}
    assert named
    assert named <= Settings.model_fields.keys()


def test_every_row_names_what_stops_the_attack_and_what_shows_it() -> None:
    assert ROWS
    for attack, _who, stops, shown, remains in ROWS:
        assert FILE.search(stops), attack
        assert TEST.search(shown), attack
        assert remains.strip(), attack
