"""What the API answers of kept reports and their schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from apexproof.report import ReportForm, ReportKind, Selection
from apexproof.reports import Every
from apexproof.store.kept_reports import SELECTION, ReportState
from apexproof.store.tables import ReportRow, ReportScheduleRow
from apexproof.verification import Outcome
from api.documents import Answer
from api.parameters import PLAIN, Day, Moment

CHECK = r"^APX[0-9]{3}$"
PROVIDER = r"^[0-9]{10}$"
WAITING_MOST = 36500


class SelectionAsked(BaseModel):
    """Which claims are told of; nothing stated is every claim."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome | None = None
    payer: Annotated[str | None, Field(max_length=200, pattern=PLAIN)] = None
    provider: Annotated[str | None, Field(pattern=PROVIDER)] = None
    check: Annotated[str | None, Field(pattern=CHECK)] = None
    visited_from: Day | None = None
    visited_until: Day | None = None
    waiting_days: Annotated[int | None, Field(strict=True, ge=0, le=WAITING_MOST)] = None

    @property
    def selection(self) -> Selection:
        """The same as a noun."""
        return Selection(**dict(self))


class SelectionSent(SelectionAsked):
    """The same as a form sends it: in words, of which those are empty that were left empty."""

    waiting_days: Annotated[int | None, Field(ge=0, le=WAITING_MOST)] = None

    @model_validator(mode="before")
    @classmethod
    def _left_empty(cls, said: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in said.items() if value != ""}


class ScheduleAsked(BaseModel):
    """A report that is to be made again and again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    report: ReportKind
    format: ReportForm = ReportForm.HTML
    every: Every
    starts_at: Annotated[
        Moment | None, Field(description="when it is made first, and its hour from then on; without it now")
    ] = None
    selection: SelectionAsked = SelectionAsked()


class ScheduleAnswer(Answer):
    """A schedule."""

    id: int
    report: ReportKind
    format: ReportForm
    every: Every
    next_at: datetime
    selection: Selection
    created_at: datetime

    @classmethod
    def of(cls, row: ReportScheduleRow) -> ScheduleAnswer:
        """Show a schedule."""
        return cls(
            id=row.id,
            report=ReportKind(row.report),
            format=ReportForm(row.form),
            every=Every(row.every),
            next_at=row.next_at,
            selection=SELECTION.validate_json(row.wanted),
            created_at=row.created_at,
        )


class ScheduleList(Answer):
    """The schedules of the organisation."""

    schedules: list[ScheduleAnswer]


class ReportAnswer(Answer):
    """A report that was made by a schedule, or is being made."""

    id: int
    report: ReportKind
    format: ReportForm
    state: ReportState
    as_of: datetime
    made_at: datetime | None
    size: Annotated[int | None, Field(description="bytes")]
    selection: Selection
    schedule: Annotated[int | None, Field(description="the schedule that had it made")]
    content: Annotated[str | None, Field(description="where it is, once it is made")]

    @classmethod
    def of(cls, row: ReportRow) -> ReportAnswer:
        """Show a report."""
        return cls(
            id=row.id,
            report=ReportKind(row.report),
            format=ReportForm(row.form),
            state=ReportState(row.state),
            as_of=row.as_of,
            made_at=row.made_at,
            size=row.size,
            selection=SELECTION.validate_json(row.wanted),
            schedule=row.schedule_id,
            content=f"/v1/reports/{row.id}/content" if row.state == ReportState.MADE else None,
        )


class ReportPage(Answer):
    """Kept reports, the newest first; `next` is the address of the page behind it, or null."""

    reports: list[ReportAnswer]
    next: str | None
