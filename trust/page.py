"""Page: docs/trust.md, of which each section is written by the run that it tells of, and stays until the next one."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from benchmarks.page import where_and_when

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "trust.md"
_WIDTH = 120
_HEAD = """# What it withstands

Written by `make trust`, each section by its own run on the real parts; nothing here is typed in by hand. Every run
judges: one that finds something wrong ends with an error and writes nothing.
"""


def write_section(name: str, title: str, text: str) -> None:
    """Put a section in the place of the one of that name, or behind all others."""
    page = _PAGE.read_text(encoding="utf-8") if _PAGE.exists() else _HEAD
    section = f"<!-- {name} -->\n## {title}\n\n{where_and_when()}\n\n{text.strip()}\n<!-- end of {name} -->\n"
    there = re.compile(rf"<!-- {name} -->.*<!-- end of {name} -->\n", re.DOTALL)
    found = there.search(page)
    page = page[: found.start()] + section + page[found.end() :] if found else f"{page}\n{section}"
    _PAGE.write_text(page, encoding="utf-8")


def paragraphs(text: str) -> str:
    """Paragraphs, divided by empty lines, in lines of the page's width."""
    words = (" ".join(one.split()) for one in text.strip().split("\n\n"))
    return "\n\n".join(textwrap.fill(one, _WIDTH, break_long_words=False, break_on_hyphens=False) for one in words)
