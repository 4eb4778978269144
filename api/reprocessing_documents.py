"""What is asked of a run of reprocessing, and what the API answers of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from apexproof.formats.verification_json import PolicyDocument
from apexproof.store.claims import Wanted
from apexproof.store.reprocessing import RunState
from apexproof.store.tables import DifferenceRow, PolicyRow, ReprocessingRow
from apexproof.verification import Outcome
from api.documents import Answer, claim_address, verification_address
from api.parameters import NUMBER_MOST, PLAIN, Day

_LISTED_MOST = 10_000
Number = Annotated[str, StringConstraints(min_length=1, max_length=NUMBER_MOST, pattern=PLAIN)]


class Asked(BaseModel):
    """The base of what is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClaimsAsked(Asked):
    """Which claims: these numbers, or all that fit; nothing stated is every claim."""

    numbers: Annotated[list[Number] | None, Field(min_length=1, max_length=_LISTED_MOST)] = None
    outcome: Outcome | None = None
    payer: Annotated[str | None, Field(max_length=200, pattern=PLAIN)] = None
    provider: Annotated[str | None, Field(pattern=r"^[0-9]{10}$")] = None
    check: Annotated[str | None, Field(pattern=r"^APX[0-9]{3}$")] = None
    visited_from: Day | None = None
    visited_until: Day | None = None

    @property
    def wanted(self) -> Wanted:
        """The filter."""
        return Wanted(**{key: value for key, value in self if key != "numbers"})


class RunAsked(Asked):
    """A run: which claims are judged anew, why, and under which policy.

    Without `policy` and `policy_toml` it is the policy that uploads are judged by.
    """

    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=PLAIN)]
    claims: ClaimsAsked = ClaimsAsked()
    policy: Annotated[str | None, Field(max_length=100, description="the name of a policy that comes with it")] = None
    policy_toml: Annotated[str | None, Field(max_length=256 * 1024, description="a policy of one's own, as TOML")] = (
        None
    )
    dry_run: Annotated[bool, Field(description="only tell what would change: no history is touched")] = False


class Progress(Answer):
    """How far a run is. What was judged is `done`, `changed` and `failed` among it; the total is as of the start."""

    total: int
    done: int
    changed: int
    failed: int
    waiting: Annotated[int, Field(description="claims whose files a newer reader has to read first")]


class Move(Answer):
    """How many claims went from one outcome to another; null is a claim that was never judged."""

    before: Outcome | None
    after: Outcome | None
    claims: int


class RunAnswer(Answer):
    """A run."""

    id: int
    state: RunState
    reason: Annotated[str | None, Field(description="why it stopped")]
    why: str
    asked_by: Annotated[str, Field(description="the key that asked for it")]
    policy: PolicyDocument
    dry_run: bool
    progress: Progress
    created_at: datetime
    ended_at: datetime | None
    address: str

    @classmethod
    def of(cls, row: ReprocessingRow, policy: PolicyRow) -> RunAnswer:
        """Show a run."""
        return cls(
            id=row.id,
            state=RunState(row.state),
            reason=row.reason,
            why=row.why,
            asked_by=row.asked_by,
            policy=PolicyDocument(name=policy.name, version=policy.version, digest=policy.digest),
            dry_run=row.dry_run,
            progress=Progress(
                total=row.total, done=row.done, changed=row.changed, failed=row.failed, waiting=row.waiting
            ),
            created_at=row.created_at,
            ended_at=row.ended_at,
            address=run_address(row.id),
        )


class WholeRunAnswer(RunAnswer):
    """A run with the difference that it made so far."""

    moves: list[Move]
    changes: Annotated[str, Field(description="where each change is")]
    failures: Annotated[str, Field(description="where each claim is that could not be judged")]

    @classmethod
    def whole(
        cls, row: ReprocessingRow, policy: PolicyRow, moves: Mapping[tuple[str | None, str | None], int]
    ) -> WholeRunAnswer:
        """Show a run with its difference."""
        counted = [
            Move(before=Outcome(before) if before else None, after=Outcome(after) if after else None, claims=number)
            for (before, after), number in sorted(moves.items(), key=lambda move: (-move[1], str(move[0])))
        ]
        address = run_address(row.id)
        return cls(
            **dict(RunAnswer.of(row, policy)),
            moves=counted,
            changes=f"{address}/changes",
            failures=f"{address}/failures",
        )


class RunPage(Answer):
    """Runs, the newest first; `next` is the address of the page behind it, or null."""

    runs: list[RunAnswer]
    next: str | None


class ChangeAnswer(Answer):
    """A claim whose outcome came out otherwise, and the checks that made it so."""

    number: str
    claim: Annotated[str, Field(description="its address")]
    before: Outcome | None
    after: Outcome | None
    arisen: Annotated[list[str], Field(description="the checks that stand in the way now and did not before")]
    cleared: Annotated[list[str], Field(description="the checks that stood in the way before and do no more")]
    verification: Annotated[str | None, Field(description="its new verification; null in a dry run")]

    @classmethod
    def of(cls, row: DifferenceRow, number: str) -> ChangeAnswer:
        """Show a change."""
        before, after = set(row.checks_before.split()), set(row.checks_after.split())
        return cls(
            number=number,
            claim=claim_address(number),
            before=Outcome(row.before) if row.before else None,
            after=Outcome(row.after) if row.after else None,
            arisen=sorted(after - before),
            cleared=sorted(before - after),
            verification=verification_address(number, row.verification) if row.verification else None,
        )


class ChangePage(Answer):
    """Changes in the order in which the claims came; `next` is the address of the page behind it, or null."""

    changes: list[ChangeAnswer]
    next: str | None


class FailureAnswer(Answer):
    """A claim that could not be judged, and why; what held before holds on."""

    number: str
    claim: Annotated[str, Field(description="its address")]
    reason: str

    @classmethod
    def of(cls, row: DifferenceRow, number: str) -> FailureAnswer:
        """Show a failure."""
        return cls(number=number, claim=claim_address(number), reason=row.fault or "")


class FailurePage(Answer):
    """Failures; `next` is the address of the page behind it, or null."""

    failures: list[FailureAnswer]
    next: str | None


def run_address(run: int) -> str:
    """The address of a run."""
    return f"/v1/reprocessing/{run}"
