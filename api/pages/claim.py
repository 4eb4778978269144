"""A claim: the answer in one line, why, what to do, and everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from apexproof.claim import EarlierService
from apexproof.formats.native_documents import ClaimDocument, LineDocument, WrittenTooth
from apexproof.formats.verification_json import (
    ClaimVerificationDocument,
    FindingDocument,
    LineVerificationDocument,
    holds_back,
)
from apexproof.policy import Policy
from apexproof.precedents import past_as_kept
from apexproof.reading.drawing import SIDE_MOST
from apexproof.store.attachments import attachments_of
from apexproof.store.claims import latest_revision
from apexproof.store.jobs import states_of_claims
from apexproof.store.keys import Scope
from apexproof.store.tables import ClaimRow, PolicyRow, VerificationRow
from apexproof.store.tombstones import tombstones_of
from apexproof.store.verifications import history, verification
from api.attached import Sha256
from api.claims import find_claim
from api.documents import AttachmentAnswer, ClaimState
from api.pages.changes import Change, changes
from api.pages.headline import headline, obstacles, reason, tooth_in_words
from api.pages.page import HEADERS, page
from api.pages.pictures import Film, films
from api.pages.timeline import Service, Timeline, timeline
from api.pages.tooth_chart import Chart, tooth_chart
from api.pages.visit import PageReader
from api.parameters import LARGEST_NUMBER, ClaimNumber
from api.premises import Here
from api.previews import Previews, Wanted, picture_of, previews_of
from api.problems import NotFound
from api.progress import follow
from api.results import shown, summary_of

router = APIRouter(include_in_schema=False)
_SIDE = 1024
_CLAIM = "/claims/{number:path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSeen:
    """A D3351 line as the page shows it."""

    line: LineVerificationDocument
    title: str
    reason: str
    in_the_way: Sequence[FindingDocument]
    warnings: Sequence[FindingDocument]
    codes: Sequence[str]
    timeline: Timeline | None
    chart: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A claim's verification as the page shows it."""

    sentence: str
    document: ClaimVerificationDocument
    made: VerificationRow
    policy: PolicyRow
    lines: Sequence[LineSeen]
    films: Sequence[Film]
    to_do: Sequence[str]


@router.get(f"{_CLAIM}/files/{{sha256}}/picture")
def picture(  # noqa: PLR0913, PLR0917 - one argument for each thing that came
    number: str,
    sha256: Sha256,
    here: Here,
    caller: PageReader,
    previews: Annotated[Previews, Depends(previews_of)],
    place: Annotated[str, Query(max_length=1000)] = "",
    side: Annotated[int, Query(ge=16, le=SIDE_MOST)] = _SIDE,
    words: Annotated[str, Query(pattern="^(covered|shown)$")] = "covered",
) -> Response:
    """A picture of a file, its words covered; who may settle questions may see them."""
    wanted = Wanted(sha256=sha256, place=place, side=side, covered=words == "covered")
    response = picture_of(here, previews, caller, number, wanted)
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    return response


@router.get(f"{_CLAIM}/summary.pdf")
def one_page(number: ClaimNumber, here: Here, caller: PageReader) -> Response:
    """The printed page of the verification that holds now."""
    return summary_of(here, caller.organisation, number)


@router.get(f"{_CLAIM}/events")
async def events(
    number: str,
    request: Request,
    here: Here,
    caller: PageReader,
    last_event_id: Annotated[str, Header(max_length=64)] = "",
) -> Response:
    """What happens to the claim, as it happens."""
    return await follow(number, request, here, caller, last_event_id)


@router.get(f"{_CLAIM}/verifications/{{which}}")
def what_changed(
    request: Request,
    number: ClaimNumber,
    which: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)],
    here: Here,
    caller: PageReader,
) -> Response:
    """One verification of the claim's history: its answer, and what it says otherwise than the one before."""
    with here.database.looking() as session:
        row = find_claim(session, caller.organisation, number)
        found = verification(session, row.id, which)
        before = verification(session, row.id, which - 1)
    if found is None:
        raise NotFound("This claim has no verification of this number.")
    after = shown(found[0].document)
    said: tuple[Change, ...] = changes(shown(before[0].document), after) if before else ()
    return page(
        request,
        "verification.html",
        number=number,
        made=found[0],
        policy=found[1],
        before=before,
        sentence=headline(after),
        changes=said,
    )


@router.get(_CLAIM)
def claim_page(request: Request, number: ClaimNumber, here: Here, caller: PageReader) -> Response:
    """Where the claim stands and why."""
    with here.database.looking() as session:
        row = find_claim(session, caller.organisation, number)
        revision = latest_revision(session, row)
        files = attachments_of(session, row)
        gone = tombstones_of(session, [file.id for file in files])
        state = ClaimState.of(row, states_of_claims(session, [row.id])[row.id])
        claimed = _claimed(revision.document) if revision else None
        seen = _seen(session, row, claimed)
        told = [(made, policy) for made, policy in history(session, row.id)]
    return page(
        request,
        "claim.html",
        claim=row,
        claimed=claimed,
        state=state,
        seen=seen,
        history=told[::-1],
        files=[AttachmentAnswer.of(file, read=True, tombstone=gone.get(file.id)) for file in files],
        may_see_words=Scope.REVIEW in caller.scopes,
    )


def _claimed(document: str) -> ClaimDocument | None:
    """What the sender claimed; None of what another version of this program took for a claim and this one does not."""
    try:
        return ClaimDocument.model_validate_json(document)
    except ValidationError:
        return None


def _seen(session: Session, row: ClaimRow, claimed: ClaimDocument | None) -> Seen | None:
    found = verification(session, row.id, row.verification) if row.verification else None
    if found is None:
        return None
    made, policy = found
    document = shown(made.document)
    earlier = past_as_kept(session, row.organisation, row.id, made.history_digest).history.services
    window = Policy.model_validate_json(policy.document).timing.max_age_days
    services = tuple(_services(claimed, earlier))
    lines = tuple(_line(document, line, services, window) for line in document["lines"])
    return Seen(
        sentence=headline(document),
        document=document,
        made=made,
        policy=policy,
        lines=lines,
        films=films(document),
        to_do=_to_do(lines),
    )


def _line(
    document: ClaimVerificationDocument,
    line: LineVerificationDocument,
    services: Sequence[tuple[str | None, int | None, Service]],
    window: int,
) -> LineSeen:
    tooth = line["tooth"]["universal"] if line["tooth"] else None
    on_it = [service for of, number, service in services if of is not None and of == tooth and number != line["line"]]
    warnings = [
        finding
        for finding in line["findings"]
        if not holds_back(finding) and finding["result"] in ("fail", "unsure", "crashed") and finding["settled"] is None
    ]
    in_the_way = obstacles(line)
    return LineSeen(
        line=line,
        title=f"Line {line['line']}: {line['procedure']}, {tooth_in_words(line['tooth'])}",
        reason=reason(document, line) if in_the_way else "",
        in_the_way=in_the_way,
        warnings=warnings,
        codes=tuple(dict.fromkeys(code for finding in in_the_way for code in finding["remark_codes"])),
        timeline=timeline(line, document["files"], on_it, window_days=window),
        chart=tooth_chart(line["tooth"], document["files"]),
    )


def _services(
    claimed: ClaimDocument | None, earlier: Sequence[EarlierService]
) -> Iterator[tuple[str | None, int | None, Service]]:
    """What was done on which tooth: this claim's lines with their numbers, and what is known from before."""
    for line in claimed.lines if claimed else ():
        if day := _first_day(line):
            yield _universal(line.tooth), line.line, Service(procedure=line.procedure, day=day)
    for before in claimed.history if claimed else ():
        if before.service_date:
            service = Service(procedure=before.procedure, day=before.service_date, claim=before.claim_number)
            yield _universal(before.tooth), None, service
    for one in earlier:
        if one.service_date and one.tooth:
            service = Service(procedure=one.procedure, day=one.service_date, claim=one.claim_number)
            yield one.tooth.universal, None, service


def _first_day(line: LineDocument) -> date | None:
    return line.service_date or (line.service_period.start if line.service_period else None)


def _universal(tooth: WrittenTooth | None) -> str | None:
    parsed = tooth.parsed() if tooth else None
    return parsed.universal if parsed else None


def _to_do(lines: Sequence[LineSeen]) -> tuple[str, ...]:
    """What to do, once each, the most pressing first."""
    remedies = (finding["remedy"] for line in lines for finding in line.in_the_way)
    return tuple(dict.fromkeys(remedy for remedy in remedies if remedy))
