"""Page: docs/speed.md and its like: what a benchmark printed, part by part, and how busy the machine was meanwhile."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

_DOCS = Path(__file__).resolve().parents[1] / "docs"


class _Told(StringIO):
    """What is printed, which is seen at once and kept."""

    def write(self, text: str) -> int:
        sys.__stdout__.write(text)  # type: ignore[union-attr]  # a program that prints has one
        return super().write(text)


def write_page(parts: Mapping[str, Callable[[], None] | None], *, to: str, head: str) -> None:
    """Run the parts in their order, each under its title, and write the page of docs/ when all have ended.

    Where there is no part to run, what the page has under that title stays.
    """
    path = _DOCS / to
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    sections = [_kept(title, before) if part is None else _ran(title, part) for title, part in parts.items()]
    path.write_text("".join((f"{head}\n{where_and_when()}\n", *sections)), encoding="utf-8")


def _ran(title: str, part: Callable[[], None]) -> str:
    with redirect_stdout(_Told()) as told:
        print(f"\n{title}, beside {os.getloadavg()[0]:.1f} programs that ran in the last minute")
        part()
    first, _, figures = told.getvalue().strip().partition("\n")
    rows = figures.strip("\n")
    return f"\n## {title}\n\n{first.partition(', ')[2].capitalize()}:\n\n```text\n{rows}\n```\n"


def _kept(title: str, page: str) -> str:
    found = re.search(rf"\n## {re.escape(title)}\n.*?\n```\n", page, re.DOTALL)
    return found[0] if found else ""


def where_and_when() -> str:
    """The day, the machine and the interpreter."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}."
    )
