"""Heading: what stands above every report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apexproof.report import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose claims are told of, which of them, and as of when."""

    organisation: str
    as_of: datetime
    selection: Selection

    @property
    def which(self) -> str:
        """Which claims, in words."""
        return ", ".join(self.selection.words) or "all claims"

    @property
    def moment(self) -> str:
        """As of when, in words."""
        return f"{self.as_of:%Y-%m-%d %H:%M} UTC"
