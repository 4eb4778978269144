"""Documented: whether the narrative tells one thing that a payer asks for, and its words as evidence."""

from __future__ import annotations

from apexproof.checks.case import Answer, Case, Evidence, failed, in_claim, passed, unsure
from apexproof.narrative import Mention, Statement


def quoted(*statements: Statement) -> tuple[Evidence, ...]:
    """The words of the narrative that gave an answer."""
    return tuple(in_claim("narrative", quote) for statement in statements for quote in statement.quotes)


def documented(case: Case, stated: Statement, *, what: str, remedy: str) -> Answer:
    """Pass when the narrative tells of it, fail when it does not or denies it, unsure when it hedges."""
    evidence = quoted(stated)
    if stated.mention is Mention.AFFIRMED:
        return passed(f"The narrative tells of {what}.").because(*evidence)
    if stated.mention is Mention.DOUBTFUL:
        return unsure(f"The narrative leaves {what} in doubt.", remedy=remedy).because(*evidence)
    if stated.mention is Mention.DENIED:
        return failed(f"The narrative says that there was none: {what}.", remedy=remedy).because(*evidence)
    if case.claim.narrative.is_empty:
        return failed(f"The claim has no narrative, so nothing tells of {what}.", remedy=remedy)
    return failed(f"The narrative does not tell of {what}.", remedy=remedy)
