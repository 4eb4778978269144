"""So far: what is known of a claim while its files are still being read."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from apexproof.policy import Policy, load_policy
from apexproof.provisional import so_far
from apexproof.settings import Settings
from apexproof.store.tables import ClaimRow
from apexproof.verification import Finding
from api.documents import Answer


class ObstacleSoFar(Answer):
    """Something that stands in the way by what is known."""

    line: int
    check: str
    message: str
    remedy: str | None
    file: Annotated[str | None, Field(description="the file that it is about; null when it is about the line")]

    @classmethod
    def of(cls, line: int, finding: Finding) -> ObstacleSoFar:
        """Show a finding."""
        return cls(
            line=line,
            check=finding.check,
            message=finding.answer.message,
            remedy=finding.answer.remedy,
            file=finding.exhibit.file.name if finding.exhibit else None,
        )


class SoFarAnswer(Answer):
    """What is known while files are still being read. It is no verification, and what follows may change it."""

    files_read: int
    files_glimpsed: Annotated[int, Field(description="files of which the metadata are known and the pixels are not")]
    files_unread: int
    in_the_way: list[ObstacleSoFar]


def what_is_known(session: Session, settings: Settings, row: ClaimRow) -> SoFarAnswer | None:
    """What is known of a claim before all of its files are read; None when they are."""
    known = so_far(session, row.organisation, row.id, _policy(settings.policy))
    if known is None:
        return None
    return SoFarAnswer(
        files_read=known.read,
        files_glimpsed=known.glimpsed,
        files_unread=known.unread,
        in_the_way=[ObstacleSoFar.of(line, finding) for line, finding in known.obstacles],
    )


@lru_cache(maxsize=1)
def _policy(name_or_file: str) -> Policy:
    return load_policy(name_or_file)
