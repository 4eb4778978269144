"""What the API answers, as JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from apexproof.formats.verification_json import ClaimVerificationDocument, PolicyDocument
from apexproof.store.jobs import OPEN, JobState
from apexproof.store.tables import AttachmentRow, ClaimRow, PolicyRow, TombstoneRow, VerificationRow
from apexproof.verification import Outcome
from api.problems import FaultFound


class Answer(BaseModel):
    """The base of all of them."""

    model_config = ConfigDict(frozen=True)


class ClaimState(StrEnum):
    """Where a claim stands."""

    READING = "reading"
    """Something of it has still to be read or judged; the outcome, if there is one, is of what came before."""
    CHECKED = "checked"
    """The outcome is of everything that came."""
    SET_ASIDE = "set_aside"
    """It failed again and again, and a person has to look ('apexproof jobs')."""

    @classmethod
    def of(cls, row: ClaimRow, jobs: frozenset[str]) -> ClaimState:
        """The state that follows from the jobs that are not done."""
        if jobs & frozenset(OPEN):
            return cls.READING
        if row.verification is None:
            return cls.SET_ASIDE if JobState.SET_ASIDE in jobs else cls.READING
        return cls.CHECKED


class ReceivedClaimAnswer(Answer):
    """A claim that was taken in."""

    number: str
    revision: int
    verification: Annotated[str, Field(description="where its verification will be")]


class ReceivedClaimEntry(ReceivedClaimAnswer):
    """A claim out of a file of claims."""

    is_new: Annotated[bool, Field(description="false: the same was sent before, and nothing was changed")]
    address: str


class ReceivedClaimsAnswer(Answer):
    """The claims of a file that were taken in, and every fault that was found in it."""

    interchange: Annotated[str | None, Field(description="SHA-256 under which an X12 interchange is kept")]
    claims: list[ReceivedClaimEntry]
    faults: list[FaultFound]


class SourceAnswer(Answer):
    """Where in which interchange a revision was said: the place of its CLM segment, and ISA13, GS06 and ST02."""

    sha256: str
    address: str
    segment: int
    interchange: str
    group: str
    transaction_set: str
    line_control_numbers: Annotated[dict[int, str], Field(description="REF*6R by line number")]


class RevisionAnswer(Answer):
    """What the sender claimed, one time; `digest` is the SHA-256 of its document."""

    revision: int
    received_at: datetime
    digest: str
    document: dict[str, Any]
    source: SourceAnswer | None


class RevisionHistory(Answer):
    """Every revision of a claim, the first one first."""

    revisions: list[RevisionAnswer]


class AttachmentState(StrEnum):
    """What happens to a file that came."""

    ACCEPTED = "accepted"
    """It belongs to its claim and is read."""
    HELD = "held"
    """Its claim has not come; it is read, and joined when the claim comes."""


class ReceivedAttachmentAnswer(Answer):
    """A file that was taken in."""

    sha256: str
    size: int
    state: AttachmentState
    verification: Annotated[str, Field(description="where the claim's verification will be")]


class EnclosedAnswer(Answer):
    """A file out of a 275."""

    sha256: str
    size: int
    file_name: str
    control_number: str | None
    line: Annotated[str | None, Field(description="the service line that it is said to be of (STC10)")]
    state: AttachmentState
    is_new: bool
    claim: Annotated[str | None, Field(description="address of its claim, if that is here")]
    segment: int


class ReceivedAttachmentsAnswer(Answer):
    """The files of a 275 that were taken in, and every fault that was found in it."""

    interchange: Annotated[str, Field(description="SHA-256 under which the interchange is kept")]
    attachments: list[EnclosedAnswer]
    faults: list[FaultFound]


class AttachmentAnswer(Answer):
    """A file of a claim."""

    file_name: str
    sha256: str
    size: int
    control_number: str | None
    received_at: datetime
    read: Annotated[bool, Field(description="whether it has been read")]
    deleted_at: Annotated[
        datetime | None, Field(description="when the file was deleted, for its claim was closed; what was read stays")
    ]

    @classmethod
    def of(cls, row: AttachmentRow, *, read: bool, tombstone: TombstoneRow | None) -> AttachmentAnswer:
        """Show a file."""
        return cls(
            file_name=row.file_name,
            sha256=row.sha256,
            size=row.size,
            control_number=row.control_number,
            received_at=row.received_at,
            read=read,
            deleted_at=tombstone.deleted_at if tombstone else None,
        )


class ClaimSummary(Answer):
    """A claim in a list."""

    number: str
    revision: int
    received_at: datetime
    state: ClaimState
    outcome: Outcome | None
    in_the_way: Annotated[list[str], Field(description="the checks that keep it from being verified")]

    @classmethod
    def of(cls, row: ClaimRow, jobs: frozenset[str], in_the_way: list[str]) -> ClaimSummary:
        """Show a claim."""
        return cls(
            number=row.number,
            revision=row.revision,
            received_at=row.received_at,
            state=ClaimState.of(row, jobs),
            outcome=Outcome(row.outcome) if row.outcome else None,
            in_the_way=in_the_way,
        )


class ClaimPage(Answer):
    """A page of claims; `next` is the address of the page behind it, or null."""

    claims: list[ClaimSummary]
    next: str | None


class VerificationAnswer(Answer):
    """One verification of a claim: `verification` is what `apexproof verify --format json` says of it.

    `claim_state` tells whether something newer is on its way.
    """

    number: int
    revision: int
    made_at: datetime
    outcome: Outcome
    policy: PolicyDocument
    engine: str
    reader: str
    claim_state: ClaimState
    verification: ClaimVerificationDocument


class VerificationSummary(Answer):
    """One verification in a claim's history."""

    number: int
    revision: int
    made_at: datetime
    outcome: Outcome
    policy: PolicyDocument
    engine: str
    reader: str
    address: str


class VerificationHistory(Answer):
    """All verifications of a claim, the first one first."""

    verifications: list[VerificationSummary]


def made(row: VerificationRow, policy: PolicyRow) -> dict[str, Any]:
    """What all shapes of a verification have in common."""
    return {
        "number": row.number,
        "revision": row.revision,
        "made_at": row.made_at,
        "outcome": Outcome(row.outcome),
        "policy": PolicyDocument(name=policy.name, version=policy.version, digest=policy.digest),
        "engine": row.engine,
        "reader": row.reader,
    }


def claim_address(number: str) -> str:
    """The address of a claim."""
    return f"/v1/claims/{quote(number, safe='')}"


def verification_address(number: str, which: int | str = "latest") -> str:
    """The address of a verification."""
    return f"{claim_address(number)}/verifications/{which}"
