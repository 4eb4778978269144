"""Review: what a machine could not settle, one decision at a time; each is added to the record, and none is erased."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from sqlalchemy.orm import Session

from apexproof.attestation import Attestation, Decision, in_force
from apexproof.attesting import attest, known_attestations
from apexproof.formats.verification_json import FindingDocument
from apexproof.policy import Policy
from apexproof.store.attestations import attestations_of
from apexproof.store.claims import Wanted, claim_by_number
from apexproof.store.tables import AttestationRow, ClaimRow
from apexproof.store.verifications import verification
from apexproof.store.worklist import spot_of, worklist
from apexproof.verification import Outcome
from api.claims import find_claim
from api.pages.headline import headline
from api.pages.page import HEADERS, page
from api.pages.questions import Question, beyond_a_person, questions
from api.pages.visit import Fields, PageReviewer, PageReviewerTrail
from api.parameters import LARGEST_NUMBER, NUMBER_MOST
from api.premises import Here
from api.results import shown
from api.trail import Trail

router = APIRouter(include_in_schema=False)
_REVIEW = "/review"
_AT_ONCE = 25
_DIGITS_MOST = 9
_LOOKED_AT_MOST = 500
"""Claims that are gone through for one that has a question: those before it need evidence, and no person's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A claim with its questions, the first of which is asked."""

    claim: ClaimRow
    sentence: str
    questions: tuple[Question, ...]
    beyond: tuple[FindingDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was settled a moment ago, and can be taken back."""

    number: str
    said: Attestation


@router.get(_REVIEW)
def review_page(
    request: Request,
    here: Here,
    caller: PageReviewer,
    after: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
    settled: Annotated[str, Query(max_length=NUMBER_MOST)] = "",
    word: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
) -> Response:
    """The next question, of the claim that waits longest; `after` is the claim that was passed over."""
    with here.database.looking() as session:
        done = _done(session, caller.organisation, settled, word) if settled else None
        found = _next(session, caller.organisation, after)
    return page(request, "review.html", open=found, done=done, is_passed_over=after is not None)


@router.post(_REVIEW)
def settle(here: Here, trail: PageReviewerTrail, fields: Fields, background: BackgroundTasks) -> Response:
    """Take in a decision, and go on to the next question."""
    said = {
        **_who_and_why(fields),
        "decision": fields.get("decision", ""),
        "line": _number(fields, "line"),
        "check": fields.get("check", ""),
        "file": fields.get("file") or None,
        "place": fields.get("place", ""),
    }
    word = _attested(here, trail, fields, said, background)
    return _to(f"{_REVIEW}?{urlencode({'settled': fields.get('number', ''), 'word': word})}")


@router.post(f"{_REVIEW}/undo")
def undo(here: Here, trail: PageReviewerTrail, fields: Fields, background: BackgroundTasks) -> Response:
    """Take a decision back by another word: both stay on record."""
    said = {**_who_and_why(fields), "decision": Decision.REVOKED.value, "revokes": _number(fields, "word")}
    _attested(here, trail, fields, said, background)
    return _to(_REVIEW)


def _who_and_why(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: fields.get(name, "").strip() for name in ("person", "why")}


def _number(fields: Mapping[str, str], name: str) -> int | None:
    said = fields.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS_MOST else None


def _attested(
    here: Here, trail: Trail, fields: Mapping[str, str], said: Mapping[str, Any], background: BackgroundTasks
) -> int:
    """The number that the word got on its claim's record."""
    with here.database.writing() as session:
        claim = find_claim(session, trail.caller.organisation, fields.get("number", ""))
        attested = attest(session, claim.id, json.dumps(said).encode(), trail.caller, here.clock())
        trail.note(session, claim_id=claim.id)
    background.add_task(here.doorbell.ring, attested.rings)
    return attested.row.number


def _to(place: str) -> Response:
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={**HEADERS, "Location": place})


def _next(session: Session, organisation: str, after: int | None) -> Open | None:
    """The first claim behind that one which has a question."""
    behind = session.get(ClaimRow, after) if after is not None else None
    spot = spot_of(behind) if behind is not None and behind.organisation == organisation else None
    for _ in range(_LOOKED_AT_MOST // _AT_ONCE):
        rows = worklist(session, organisation, Wanted(), (Outcome.NEEDS_REVIEW,), after=spot, most=_AT_ONCE)
        words = attestations_of(session, organisation, [row.id for row in rows])
        for row in rows:
            found = _open(session, row, words.get(row.id, ()))
            if found.questions:
                return found
        if len(rows) < _AT_ONCE:
            return None
        spot = spot_of(rows[-1])
    return None


def _open(session: Session, row: ClaimRow, words: Sequence[AttestationRow]) -> Open:
    found = verification(session, row.id, row.verification or 0)
    if found is None:
        return Open(claim=row, sentence="", questions=(), beyond=())
    document, policy = shown(found[0].document), Policy.model_validate_json(found[1].document)
    return Open(
        claim=row,
        sentence=headline(document),
        questions=tuple(questions(document, policy, in_force(known_attestations(words)))),
        beyond=tuple(beyond_a_person(document, policy)),
    )


def _done(session: Session, organisation: str, number: str, word: int) -> Done | None:
    """What was settled a moment ago, as long as it holds."""
    claim = claim_by_number(session, organisation, number)
    rows = attestations_of(session, organisation, [claim.id]).get(claim.id, ()) if claim else ()
    holding = {one.number: one for one in in_force(known_attestations(rows))}
    return Done(number=number, said=holding[word]) if word in holding else None
