"""Narrative: what the notes of a claim say about an apexification, question by question."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from apexproof.radiograph import TeethStatement


class Mention(StrEnum):
    """What a text says to a question."""

    AFFIRMED = "affirmed"
    DENIED = "denied"
    DOUBTFUL = "doubtful"
    """It says both, or it hedges."""
    ABSENT = "absent"


class Statement(Struct, frozen=True, kw_only=True):
    """What a text says to one question, with the words that say so."""

    mention: Mention = Mention.ABSENT
    quotes: tuple[str, ...] = ()


class Narrative(Struct, frozen=True, kw_only=True):
    """What a narrative says to each question that a payer asks of an apexification's first visit.

    Attributes:
        is_empty: whether there is no word in it.
        open_apex: the root end is open; denied when it is said to be closed.
        cause: what made it necessary: trauma, caries, necrosis, a malformation.
        canal_access: the canal was opened, cleaned or measured.
        medicament: a medicament or an apical barrier was placed.
        plan: what the next visits are for.
        later_stage: words that belong to a later visit than the first; an announcement of one does not count.
        teeth: every tooth that is named.
    """

    is_empty: bool = True
    open_apex: Statement = Statement()
    cause: Statement = Statement()
    canal_access: Statement = Statement()
    medicament: Statement = Statement()
    plan: Statement = Statement()
    later_stage: Statement = Statement()
    teeth: tuple[TeethStatement, ...] = ()
