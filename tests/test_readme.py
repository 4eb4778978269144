"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from apexproof.cli import main
from apexproof.formats.native import parse_claims

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The text of the README's block in that language."""
    (text,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert isinstance(text, str)
    return text


def test_the_claim_of_the_readme_is_a_claim() -> None:
    (claim,) = parse_claims(block("json").encode(), origin="README.md")
    assert len(list(claim.initial_visits())) == 1


def test_the_answer_of_the_readme_is_the_real_one() -> None:
    command, *shown = block("console").splitlines()
    words = [str(ROOT / word) if word.startswith("fixtures/") else word for word in command.split()[2:]]
    printed = [line.rstrip() for line in CliRunner().invoke(main, words).output.splitlines()]
    assert printed[: len(shown)] == shown


def test_every_page_and_picture_that_the_readme_links_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
