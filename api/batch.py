"""Batch: a file of claims that is taken in one by one: each in a transaction of its own, with the files in it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from mmap import mmap

from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir import read_claim as fhir
from apexproof.formats.fhir.embedded import Base64Unusable
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.read_837d import ReadClaim, read_claims
from apexproof.reception import ClaimNumberTaken, ReceivedClaim, receive_attachment, receive_document
from apexproof.retention import demand_kept
from apexproof.store.attachments import Sent
from apexproof.store.blobs import Blob, FileTooLarge
from apexproof.store.jobs import Ring
from apexproof.store.sources import Source, note_revision
from api.documents import ReceivedClaimEntry, ReceivedClaimsAnswer, claim_address, verification_address
from api.interchanges import Faults, Kept
from api.premises import Premises
from api.problems import FaultFound, InterchangeUnusable, ResourceUnusable
from api.trail import Trail

_ORIGIN = "request body"


class Batch:
    """A file of claims that is being taken in."""

    def __init__(self, here: Premises, trail: Trail, blob: Blob | None) -> None:
        self.claims: list[ReceivedClaimEntry] = []
        self.identities: dict[str, int] = {}
        self._here, self._trail, self._blob = here, trail, blob
        self._kept = Kept(here, trail, blob) if blob else None
        self._faults = Faults()
        self._left_out = Faults()
        self._seen: set[str] = set()

    @property
    def faults(self) -> list[FaultFound]:
        """What kept a claim from being taken in, or is wrong with the file."""
        return self._faults.listed()

    @property
    def left_out(self) -> list[FaultFound]:
        """What the claims that were taken in were read without."""
        return self._left_out.listed()

    def answer(self) -> ReceivedClaimsAnswer:
        """What was taken in, and what was not, in the order of the segments."""
        faults = sorted([*self.faults, *self.left_out], key=lambda fault: fault.segment or sys.maxsize)
        return ReceivedClaimsAnswer(
            interchange=self._blob.sha256 if self._blob else None, claims=self.claims, faults=faults
        )

    def take_interchange(self) -> None:
        """Take in the claims of an 837D.

        Raises:
            InterchangeUnusable: there is none that can be taken in; then nothing is kept.
        """
        if self._blob is None:
            return
        try:
            with self._here.blobs.at_hand(self._blob.sha256) as path, path.open("rb") as stream:
                for found in read_claims(stream, origin=_ORIGIN):
                    if isinstance(found, Fault):
                        self._faults.add_fault(found)
                    else:
                        self._take_read(found)
        except ClaimUnusable as error:
            self._faults.add_end(error)
        if not self.claims:
            if self._kept:
                self._kept.drop()
            self._refuse(
                "The interchange holds no dental claim (837D) that can be used; attachments (275) go to"
                " /v1/attachments/x12."
            )

    def take_documents(self, documents: Iterable[ClaimDocument]) -> None:
        """Take in claims of another format.

        Raises:
            InterchangeUnusable: none of them can be taken in.
        """
        for document in documents:
            self._take(document, None)
        if not self.claims:
            self._refuse("None of the claims can be taken in.")

    def take_resource(self, octets: bytes | mmap) -> None:
        """Take in the claims of a FHIR resource, each with the files that came in it.

        Raises:
            ClaimUnusable: it is no resource that is taken.
            ClaimNumberTaken: it is one claim, whose number is another provider's.
            ResourceUnusable: none of its claims can be taken in.
        """
        whole = list(fhir.read_resource(octets, origin=_ORIGIN))
        for found in whole:
            if isinstance(found, fhir.Fault):
                self._faults.add(str(found), claim=found.claim)
            elif self._take_with_files(found, is_alone=len(whole) == 1):
                for left_out in found.left_out:
                    self._left_out.add(left_out)
        if not self.claims:
            raise ResourceUnusable("No claim of this resource can be used.", self.faults)

    def _take_with_files(self, found: fhir.ReadClaim, *, is_alone: bool) -> bool:
        """Take in a claim and its files as one; nothing of either is kept unless all of it can be."""
        files: dict[int, tuple[str, Blob]] = {}
        number = found.document.claim_number
        is_taken = False
        try:
            for index, file in found.files.items():
                try:
                    files[index] = file.name, self._here.keep(file.pieces())
                except (Base64Unusable, FileTooLarge) as error:
                    fault = fhir.Fault(reason=f"{file.place}: {error}", claim=number)
                    self._faults.add(str(fault), claim=number)
                    return False
            document = found.attached({index: blob.sha256 for index, (_, blob) in files.items()})
            is_taken = self._take(document, None, is_alone=is_alone, files=list(files.values()))
        finally:
            if not is_taken:
                self._here.drop((blob.sha256 for _, blob in files.values()), now=self._trail.clock.now)
        return is_taken

    def _refuse(self, message: str) -> None:
        raise InterchangeUnusable(message, self.faults)

    def _take_read(self, found: ReadClaim) -> None:
        source = Source(
            segment=found.position,
            interchange=found.interchange,
            group=found.group,
            transaction_set=found.transaction_set,
            line_control_numbers=found.line_control_numbers,
        )
        if self._take(found.document, source):
            for left_out in found.left_out:
                self._left_out.add(f"the claim was read without {left_out}", segment=found.position)

    def _take(
        self,
        document: ClaimDocument,
        source: Source | None,
        *,
        is_alone: bool = False,
        files: Sequence[tuple[str, Blob]] = (),
    ) -> bool:
        """Take in one claim, and say whether that was possible."""
        number, segment = document.claim_number, source.segment if source else None
        if number in self._seen:
            reason = "a claim of this number stands in the file twice, and the second one was left out"
            self._faults.add(reason, segment=segment, claim=number)
            return False
        self._seen.add(number)
        try:
            received, rings = self._received(document, source, files)
        except ClaimNumberTaken as error:
            if is_alone:
                raise
            self._faults.add(str(error), segment=segment, claim=number)
            return False
        self._here.doorbell.ring_aside(rings)
        self.identities[number] = received.row.id
        self.claims.append(
            ReceivedClaimEntry(
                number=number,
                revision=received.row.revision,
                is_new=received.is_new,
                address=claim_address(number),
                verification=verification_address(number),
            )
        )
        return True

    def _received(
        self, document: ClaimDocument, source: Source | None, files: Sequence[tuple[str, Blob]]
    ) -> tuple[ReceivedClaim, tuple[Ring, ...]]:
        with self._here.database.writing() as session:
            organisation, clock = self._trail.caller.organisation, self._here.clock()
            received = receive_document(session, organisation, document, clock)
            rings = received.rings
            for name, blob in files:
                demand_kept(session, self._here.blobs, blob.sha256)
                sent = Sent(organisation=organisation, claim_number=received.row.number, file_name=name)
                rings += receive_attachment(session, sent, blob, clock).rings
            if source and self._kept and received.is_new:
                note_revision(session, received.row, self._kept.identity(session), source)
            self._trail.note(session, claim_id=received.row.id, thing=self._blob.sha256 if self._blob else None)
        return received, rings
