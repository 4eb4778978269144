"""Interchanges: files of many claims (`batch`) or attachments (275), taken in one by one.

The file is kept first, whole. Then each claim or film is taken in in a transaction of its own: one that cannot be used
stops no other, and a service that is killed halfway has kept what it had; the same file again brings the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from apexproof.errors import ClaimUnusable
from apexproof.formats.native_documents import AttachmentDocument
from apexproof.formats.x12.enclosed import EnclosedFile
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.read_275 import ReadAttachment, read_attachments
from apexproof.reception import (
    ClaimNumberTaken,
    ClaimUnknown,
    Link,
    number_of,
    receive_attachment,
)
from apexproof.retention import demand_kept
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob, FileTooLarge
from apexproof.store.sources import keep_interchange, note_attachment
from api.documents import (
    AttachmentState,
    EnclosedAnswer,
    ReceivedAttachmentsAnswer,
    claim_address,
)
from api.premises import Premises
from api.problems import BodyTooLarge, FaultFound, InterchangeUnusable
from api.trail import Trail
from api.uploads import take_stream

_ORIGIN = "request body"
_PLACE = "segment "
_OF_ANOTHER = (
    "the claim of this attachment is another provider's: NM1*1P has another NPI than the claim; it was left out"
)
_FAULTS_MOST = 10_000


async def take_interchange(stream: AsyncIterator[bytes], here: Premises) -> Blob:
    """Take in an interchange as it is.

    Raises:
        BodyTooLarge: it is larger than is taken.
    """
    most = here.settings.largest_interchange
    try:
        with here.blobs.incoming(most=most) as incoming:
            return await run_in_threadpool(await take_stream(stream, incoming))
    except FileTooLarge:
        raise BodyTooLarge(f"The interchange is larger than {most} bytes; send it in several.") from None


class Faults:
    """What is wrong in a file; a file that is wrong in every segment is not told of to its end."""

    def __init__(self) -> None:
        self._found: list[FaultFound] = []
        self._more = 0

    def add(self, reason: str, *, segment: int | None = None, claim: str | None = None) -> None:
        """Add one."""
        if len(self._found) < _FAULTS_MOST:
            self._found.append(FaultFound(segment=segment, claim=claim, reason=reason))
        else:
            self._more += 1

    def add_fault(self, fault: Fault) -> None:
        """Add one that was found while reading."""
        self.add(fault.reason, segment=fault.position, claim=fault.claim)

    def add_end(self, error: ClaimUnusable) -> None:
        """Add the one behind which nothing could be read."""
        place = (error.place or "").removeprefix(_PLACE)
        self.add(f"nothing can be read from here on: {error.reason}", segment=int(place) if place.isdecimal() else None)

    def listed(self) -> list[FaultFound]:
        """All of them."""
        if not self._more:
            return self._found
        more = FaultFound(segment=None, claim=None, reason=f"{self._more} further faults are not listed")
        return [*self._found, more]


class EnclosedBatch:
    """A file of attachments (275) that is being taken in."""

    def __init__(self, here: Premises, trail: Trail, blob: Blob) -> None:
        self._here, self._trail, self._blob = here, trail, blob
        self._kept = Kept(here, trail, blob)
        self._faults = Faults()
        self._files: list[EnclosedAnswer] = []

    def take(self) -> ReceivedAttachmentsAnswer:
        """Take in the files of a 275.

        Raises:
            InterchangeUnusable: there is none that can be taken in; then nothing is kept.
        """
        try:
            with self._here.blobs.at_hand(self._blob.sha256) as path, path.open("rb") as stream:
                for found in read_attachments(stream, origin=_ORIGIN):
                    if isinstance(found, Fault):
                        self._faults.add_fault(found)
                    else:
                        for file in found.files:
                            self._take(found, file)
        except ClaimUnusable as error:
            self._faults.add_end(error)
        if not self._files:
            self._kept.drop()
            message = "The interchange holds no attachment (275) that can be used; claims (837D) go to /v1/claims."
            raise InterchangeUnusable(message, self._faults.listed())
        return ReceivedAttachmentsAnswer(
            interchange=self._blob.sha256, attachments=self._files, faults=self._faults.listed()
        )

    def _take(self, found: ReadAttachment, file: EnclosedFile) -> None:
        try:
            blob = self._here.keep([file.content])
        except FileTooLarge as error:
            self._faults.add(str(error), segment=found.position)
            return
        try:
            self._files.append(self._received(found, file.name, blob))
        except (ClaimUnknown, ClaimNumberTaken) as error:
            self._here.drop([blob.sha256], now=self._trail.clock.now)
            reason = str(error) if isinstance(error, ClaimUnknown) else _OF_ANOTHER
            self._faults.add(reason, segment=found.position)

    def _received(self, found: ReadAttachment, file_name: str, blob: Blob) -> EnclosedAnswer:
        organisation = self._trail.caller.organisation
        providers = frozenset(filter(None, [found.provider]))
        link = Link(control_number=found.control_number, claim_number=found.claim_number, providers=providers)
        with self._here.database.writing() as session:
            sent = Sent(
                organisation=organisation,
                claim_number=number_of(session, organisation, link),
                control_number=found.control_number,
                file_name=file_name,
                declared=_declared(found.line),
            )
            demand_kept(session, self._here.blobs, blob.sha256)
            received = receive_attachment(session, sent, blob, self._here.clock())
            row = received.row
            identity = self._kept.identity(session)
            note_attachment(session, row, identity, segment=found.position, line=found.line)
            self._trail.note(session, claim_id=row.claim_id, thing=blob.sha256)
        self._here.doorbell.ring_aside(received.rings)
        return EnclosedAnswer(
            sha256=row.sha256,
            size=row.size,
            file_name=row.file_name,
            control_number=found.control_number,
            line=found.line,
            state=AttachmentState.HELD if row.claim_id is None else AttachmentState.ACCEPTED,
            is_new=received.is_new,
            claim=None if row.claim_id is None else claim_address(row.claim_number),
            segment=found.position,
        )


def _declared(line: str | None) -> str | None:
    """That a film is for a line, when STC10 is the number of one."""
    try:
        return AttachmentDocument(lines=[int(line or "")]).model_dump_json(exclude_defaults=True)
    except ValueError:
        return None


class Kept:
    """The interchange among what is kept: it counts as received with the first thing that was received out of it."""

    def __init__(self, here: Premises, trail: Trail, blob: Blob) -> None:
        self._here, self._trail, self._blob = here, trail, blob

    def identity(self, session: Session) -> int:
        """Its number, made in this transaction if it has none."""
        organisation, now = self._trail.caller.organisation, self._trail.clock.now
        identity, is_new = keep_interchange(session, organisation, self._blob, now=now)
        if is_new:
            demand_kept(session, self._here.blobs, self._blob.sha256)
        return identity

    def drop(self) -> None:
        """Let nothing remain of it, unless it came before."""
        self._here.drop([self._blob.sha256], now=self._trail.clock.now)
