"""OperationOutcome (FHIR R4, 4.0.1): what was left out, or what went wrong, issue by issue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from apexproof.formats.fhir.code_system import PROBLEM

_PLACED = re.compile(r"(?P<place>(?:Claim|Bundle|Parameters)(?:\.\w+(?:\[\d+\])?)*): ")
_ISSUES_MOST = 1000


class Severity(StrEnum):
    """How bad an issue is (http://hl7.org/fhir/issue-severity)."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Coding(_Part):
    """A code, and the system that it is one of."""

    system: str
    code: str


class Details(_Part):
    """The name of a problem."""

    coding: list[Coding]


class Issue(_Part):
    """One thing that is to be said; `expression` is its place as FHIRPath, where it has one."""

    severity: Severity
    code: str
    details: Details | None = None
    diagnostics: str
    expression: list[str] | None = None


class OperationOutcome(_Part):
    """All that is to be said of a request."""

    resourceType: Literal["OperationOutcome"] = "OperationOutcome"  # noqa: N815 - FHIR's name
    issue: list[Issue] = Field(min_length=1)

    def written(self) -> str:
        """It as JSON, without what is not there: FHIR knows no null."""
        return self.model_dump_json(exclude_none=True)


def issues(
    said: Iterable[str], severity: Severity, code: str, *, problem: str | None = None, most: int = _ISSUES_MOST
) -> list[Issue]:
    """An issue for each sentence; one that begins with a place names it. `code` is of http://hl7.org/fhir/issue-type.

    Of more sentences than `most` the last issue tells how many they are.
    """
    every = list(said)
    shown = every[:most]
    if len(every) > most:
        shown.append(f"{len(every) - most} further ones are not listed")
    details = Details(coding=[Coding(system=PROBLEM, code=problem)]) if problem else None
    return [
        Issue(
            severity=severity,
            code=code,
            details=details,
            diagnostics=sentence,
            expression=[found["place"]] if (found := _PLACED.match(sentence)) else None,
        )
        for sentence in shown
    ]
