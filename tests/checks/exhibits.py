"""Asking an exhibit check about the first picture of a case."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Check, ExhibitCheck
from apexproof.claim import Claim
from apexproof.radiograph import Radiograph
from tests.builders import attached, case


def ask(
    check: Check[ExhibitCheck], *pictures: Radiograph, of: Claim | None = None, policy: str = "payer", about: int = 0
) -> Answer:
    """The answer about one of the pictures, each of which came in a file of its own."""
    files = (attached(picture, name=f"film-{number}.dcm") for number, picture in enumerate(pictures))
    return ask_of(check, case(*files, of=of, policy=policy), about=about)


def ask_of(check: Check[ExhibitCheck], made: Case, *, about: int = 0) -> Answer:
    """The answer about one picture of a case."""
    return check.function(made, made.exhibits[about])
