"""Caption: words that somebody typed beside a picture, and what they say of teeth and view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apexproof.observation import Observation, Strength
from apexproof.radiograph import TeethStatement
from apexproof.view import ViewStatement
from apexproof.words.teeth import find_teeth
from apexproof.words.together import together
from apexproof.words.views import find_views

_LONGEST = 4000  # characters; what comes after is no caption


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Words with the place in the file where they stand. They may say anything, so they stay free text."""

    text: str
    source: str

    def teeth(self) -> Iterator[Observation[TeethStatement]]:
        """All teeth that are mentioned, as one statement; a bare number is none."""
        statements = find_teeth(self.text[:_LONGEST], bare_numbers=False)
        if statements:
            yield Observation(value=together(statements), source=self.source, strength=Strength.FREE_TEXT)

    def view(self) -> Iterator[Observation[ViewStatement]]:
        """The views that are named."""
        statement = find_views(self.text[:_LONGEST])
        if statement is not None:
            yield Observation(value=statement, source=self.source, strength=Strength.FREE_TEXT)
