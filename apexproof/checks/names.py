"""Names: whether two names can be the same person's."""

from __future__ import annotations

from functools import lru_cache

from apexproof.person import NameAgreement, PersonName, compare_names


@lru_cache(maxsize=256)
def names_agree(one: PersonName, other: PersonName) -> bool:
    """Whether the names are the same or differ only by what one of them leaves out.

    Kept for a while: every picture of a claim asks for the same two names in several checks.
    """
    return compare_names(one, other) is not NameAgreement.DIFFERENT
