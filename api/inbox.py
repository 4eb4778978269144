"""Inbox: DICOM instances that came by themselves and whose claim a person has to name (docs/dicom.md)."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from apexproof.imaging import assign, dismiss
from apexproof.joining import Why
from apexproof.store.instances import waiting, waiting_instance
from apexproof.store.tables import InstanceRow
from api.claims import find_claim
from api.documents import Answer, claim_address
from api.parameters import LARGEST_NUMBER, NUMBER_MOST, PLAIN
from api.premises import Here
from api.problems import NotFound, documented
from api.security import Reader, ReviewerTrail

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])
Entry = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="the number of the entry")]


class InboxEntry(Answer):
    """An instance that waits, with what it says of itself."""

    id: int
    why: Annotated[Why, Field(description="why no claim was found for it")]
    study: Annotated[str, Field(description="Study Instance UID")]
    series: Annotated[str, Field(description="Series Instance UID")]
    instance: Annotated[str, Field(description="SOP Instance UID")]
    sha256: str
    patient_name: Annotated[str, Field(description="as the file writes it; empty when it does not say")]
    birth_date: date | None
    patient_id: str
    accession: str
    taken: Annotated[date | None, Field(description="the day on which it was taken, by its own word")]
    modality: str
    sender: Annotated[str, Field(description="STOW-RS, or the AE title that sent it")]
    received_at: datetime
    retrieve: Annotated[str, Field(description="where it can be fetched")]

    @classmethod
    def of(cls, row: InstanceRow) -> InboxEntry:
        """The entry of a row."""
        place = f"/dicom-web/studies/{row.study}/series/{row.series}/instances/{row.uid}"
        return cls(
            id=row.id,
            why=Why(row.why),
            study=row.study,
            series=row.series,
            instance=row.uid,
            sha256=row.sha256,
            patient_name=row.patient_name,
            birth_date=row.birth_date,
            patient_id=row.patient_id,
            accession=row.accession,
            taken=row.taken,
            modality=row.modality,
            sender=row.sender,
            received_at=row.received_at,
            retrieve=place,
        )


class InboxPage(Answer):
    """What waits, the longest waiting first."""

    entries: list[InboxEntry]
    next: Annotated[str | None, Field(description="where the next page is")]


class Assignment(BaseModel):
    """The claim to which an instance belongs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: Annotated[str, StringConstraints(min_length=1, max_length=NUMBER_MOST, pattern=PLAIN)]


class AssignedAnswer(Answer):
    """The claim to which it belongs now."""

    claim: Annotated[str, Field(description="where the claim is")]


@router.get("", summary="List what waits for a person", responses=documented())
def inbox(
    here: Here,
    caller: Reader,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="the number of the last entry seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> InboxPage:
    """DICOM instances for which no claim, or more than one, was found; each page names the address of the next."""
    with here.database.looking() as session:
        rows = waiting(session, caller.organisation, after=after, most=limit + 1)
    page = rows[:limit]
    further = f"/v1/inbox?after={page[-1].id}&limit={limit}" if len(rows) > limit else None
    return InboxPage(entries=[InboxEntry.of(row) for row in page], next=further)


@router.post("/{entry}/assignment", summary="Say to which claim it belongs", responses=documented(NotFound))
def assign_entry(entry: Entry, said: Assignment, here: Here, trail: ReviewerTrail) -> AssignedAnswer:
    """Let an instance belong to a claim; the claim is judged again with it."""
    with here.database.writing() as session:
        row = _waiting(session, trail.caller.organisation, entry)
        claim = find_claim(session, trail.caller.organisation, said.claim)
        rings = assign(session, row, claim, here.clock())
        trail.note(session, claim_id=claim.id, thing=row.sha256)
    here.doorbell.ring_aside(rings)
    return AssignedAnswer(claim=claim_address(claim.number))


@router.delete(
    "/{entry}", summary="Dismiss an instance", status_code=HTTPStatus.NO_CONTENT, responses=documented(NotFound)
)
def dismiss_entry(entry: Entry, here: Here, trail: ReviewerTrail) -> Response:
    """Let an instance belong to no claim: its file is deleted, and that it came stays on record."""
    with here.database.writing() as session:
        row = _waiting(session, trail.caller.organisation, entry)
        dismiss(session, row, now=trail.clock.now)
        trail.note(session, thing=row.sha256)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _waiting(session: Session, organisation: str, entry: int) -> InstanceRow:
    row = waiting_instance(session, organisation, entry)
    if row is None:
        raise NotFound("Nothing of this number waits in the inbox.")
    return row
