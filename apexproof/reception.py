"""Reception: claims and their files are taken in, and the work that they make is promised in the same transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.claim import Claim
from apexproof.errors import ApexproofError
from apexproof.formats.native import claim_of, written_as_read
from apexproof.formats.native_documents import ClaimDocument
from apexproof.precedents import index_claim
from apexproof.store.attachments import Sent, add_attachment, adopt, forget_readings
from apexproof.store.blobs import Blob
from apexproof.store.claims import (
    AsRead,
    Searched,
    add_revision,
    claim_by_number,
    claims_declaring,
    latest_revision,
    member_of,
    open_claim,
)
from apexproof.store.closures import reopen
from apexproof.store.jobs import Clock, Ring, Work, promise
from apexproof.store.tables import AttachmentRow, ClaimRow
from apexproof.store.tombstones import revive

_NUMBERLESS = "\x1f"
"""Stands before the control number of a file whose claim's number nobody said: no claim's number has such a sign."""


class ClaimUnknown(ApexproofError):
    """A file came for a claim that is not here, and nothing says what to hold it by."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__("There is no claim of this number; send the claim first, or state the file's control number.")


class ClaimNumberTaken(ApexproofError):
    """A claim comes under a number under which another billing provider has a claim here already."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(
            "Another billing provider (another NPI) has a claim of this number here; give this one a number of its own."
        )


class AttachmentOfAnother(ApexproofError):
    """The claim of an attachment's control number is another member's or another provider's."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(
            "The claim of this control number is another member's or another provider's; compare both with it."
        )


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


def receive_document(session: Session, organisation: str, document: ClaimDocument, clock: Clock) -> ReceivedClaim:
    """Take in a claim, in whichever format it came. What its sender says of it now becomes a revision.

    What was said before stays. The same claim is the same, however it was written: what it leaves open is left out.

    Raises:
        ClaimNumberTaken: its number is that of another provider's claim.
    """
    claim = claim_of(document)
    said = document.model_dump(mode="json", exclude_defaults=True)
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(written.encode()).hexdigest()
    row = open_claim(session, organisation, claim.number, now=clock.now)
    npi = claim.billing_provider.identifier
    if row.provider is not None and npi is not None and row.provider != npi:
        raise ClaimNumberTaken
    known = latest_revision(session, row)
    if known is not None and known.digest == digest:
        return ReceivedClaim(row=row, is_new=False, rings=())
    reopen(session, row)
    as_read = AsRead(document=written_as_read(claim), engine=__version__)
    searched = _searched(claim, provider=npi or row.provider)
    add_revision(session, row, digest=digest, document=written, searched=searched, now=clock.now, as_read=as_read)
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
    row, is_new = add_attachment(session, sent, blob, claim_id=claim.id if claim else None, now=clock.now)
    if not is_new and not _came_back(session, row, clock):
        return ReceivedAttachment(row=row, is_new=False, rings=())
    if claim is not None:
        row.claim_id = claim.id
    return ReceivedAttachment(row=row, is_new=True, rings=(promise(session, Work.READ, of=row, clock=clock),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What an attachment that came apart from its claim says of it: numbers, NPIs of providers, and whose it is."""

    control_number: str | None
    claim_number: str | None
    providers: frozenset[str] = frozenset()
    member_id: str | None = None


def number_of(session: Session, organisation: str, link: Link) -> str:
    """The number of the claim to which an attachment belongs, or under which it waits for one.

    The claim's own number decides, unless that claim is another provider's; then the one claim that declares the
    control number. Of several such claims none is taken: a wrong claim is worse than none.

    Raises:
        ClaimNumberTaken: every claim that it could belong to is another provider's.
        AttachmentOfAnother: the same, or every one is another member's, when the link names a member.
    """
    named = None if link.claim_number is None else claim_by_number(session, organisation, link.claim_number)
    declaring = [] if link.control_number is None else claims_declaring(session, organisation, link.control_number)
    if named is not None and _may_be_of(session, named, link):
        return named.number
    possible = [claim for claim in declaring if _may_be_of(session, claim, link)]
    if len(possible) == 1:
        return possible[0].number
    if not possible and (named is not None or declaring):
        raise ClaimNumberTaken if link.member_id is None else AttachmentOfAnother
    if link.claim_number is not None and named is None:
        return link.claim_number
    return f"{_NUMBERLESS}{link.control_number}"


def _may_be_of(session: Session, claim: ClaimRow, link: Link) -> bool:
    """Whether a claim is the member's, and the provider's who sent it: the one that bills, or the one that treats."""
    if link.member_id is not None and member_of(session, claim) not in {None, link.member_id}:
        return False
    if claim.provider is None or not link.providers or claim.provider in link.providers:
        return True
    revision = latest_revision(session, claim)
    said = json.loads(revision.document) if revision else {}
    treating: str | None = said.get("treating_provider", {}).get("npi")
    return treating in link.providers


def _came_back(session: Session, row: AttachmentRow, clock: Clock) -> bool:
    """Whether the file had been deleted; then it is read anew, for what stood in for it may be less."""
    if not revive(session, row, now=clock.now):
        return False
    forget_readings(session, row.organisation, row.sha256, reader=READER_VERSION)
    return True


def _searched(claim: Claim, *, provider: str | None) -> Searched:
    """What is searched for; a revision that names no provider is still that of the one before."""
    visits = sorted(line.first_day for line in claim.initial_visits() if line.first_day is not None)
    return Searched(
        payer=claim.payer.identifier or claim.payer.name,
        provider=provider,
        visit=visits[0] if visits else None,
        control_numbers=frozenset(a.control_number for a in claim.attachments if a.control_number),
    )
