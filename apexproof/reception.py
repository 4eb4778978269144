"""Reception: claims and their files are taken in, and the work that they make is promised in the same transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.claim import Claim
from apexproof.errors import ApexproofError, ClaimUnusable
from apexproof.formats.native import narrative_json, parse_claims
from apexproof.precedents import index_claim
from apexproof.store.attachments import Sent, add_attachment, adopt, forget_readings
from apexproof.store.blobs import Blob
from apexproof.store.claims import Notes, Searched, add_revision, claim_by_number, latest_revision, open_claim
from apexproof.store.closures import reopen
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.tables import AttachmentRow, ClaimRow
from apexproof.store.tombstones import revive

_ORIGIN = "request body"


class ClaimUnknown(ApexproofError):
    """A file came for a claim that is not here, and nothing says what to hold it by."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__("There is no claim of this number; send the claim first, or state the file's control number.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedClaim:
    """A claim that was taken in; `is_new` unless it says what was said already."""

    row: ClaimRow
    is_new: bool
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedAttachment:
    """A file that was taken in; `is_new` unless the same bytes came before."""

    row: AttachmentRow
    is_new: bool
    rings: tuple[Ring, ...]


def receive_claim(session: Session, organisation: str, content: bytes, clock: Clock) -> ReceivedClaim:
    """Take in one claim. What its sender says of it now becomes a revision; what was said before stays.

    Raises:
        ClaimUnusable: it is no claim, or more than one.
    """
    claims = parse_claims(content, origin=_ORIGIN)
    if len(claims) != 1:
        raise ClaimUnusable(origin=_ORIGIN, reason="it holds several claims; send each on its own")
    claim = claims[0]
    document = json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(document.encode()).hexdigest()
    row = open_claim(session, organisation, claim.number, now=clock.now)
    known = latest_revision(session, row)
    if known is not None and known.digest == digest:
        return ReceivedClaim(row=row, is_new=False, rings=())
    reopen(session, row)
    notes = Notes(document=narrative_json(claim), engine=__version__)
    add_revision(session, row, digest=digest, document=document, searched=_searched(claim), now=clock.now, notes=notes)
    adopt(session, row)
    index_claim(session, row, claim)
    return ReceivedClaim(row=row, is_new=True, rings=(promise(session, Work.VERIFY, of=row, clock=clock),))


def receive_attachment(session: Session, sent: Sent, blob: Blob, clock: Clock) -> ReceivedAttachment:
    """Take in a file that is kept already. Without its claim it is held by its control number.

    Raises:
        ClaimUnknown: the claim is not here and no control number is stated.
    """
    claim = claim_by_number(session, sent.organisation, sent.claim_number)
    if claim is None and sent.control_number is None:
        raise ClaimUnknown
    row, is_new = add_attachment(session, sent, blob, now=clock.now)
    if not is_new and not _came_back(session, row, clock):
        return ReceivedAttachment(row=row, is_new=False, rings=())
    if claim is not None:
        row.claim_id = claim.id
    return ReceivedAttachment(row=row, is_new=True, rings=(promise(session, Work.READ, of=row, clock=clock),))


def _came_back(session: Session, row: AttachmentRow, clock: Clock) -> bool:
    """Whether the file had been deleted; then it is read anew, for what stood in for it may be less."""
    if not revive(session, row, now=clock.now):
        return False
    forget_readings(session, row.organisation, row.sha256, reader=READER_VERSION)
    return True


def _searched(claim: Claim) -> Searched:
    visits = sorted(line.first_day for line in claim.initial_visits() if line.first_day is not None)
    return Searched(
        payer=claim.payer.identifier or claim.payer.name,
        provider=claim.billing_provider.identifier,
        visit=visits[0] if visits else None,
        control_numbers=frozenset(a.control_number for a in claim.attachments if a.control_number),
    )
