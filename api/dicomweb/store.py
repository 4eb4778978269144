"""Store: STOW-RS. Instances are taken in, each for itself, and answered for one by one (PS3.18 10.5 and annex I)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool

from apexproof.admission import Overloaded
from apexproof.imaging import ReceivedInstance, receive_instance
from apexproof.reading.dicom.instance import Failure, InstanceRefused, read_instance
from apexproof.retention import BlobVanished, demand_kept, remove
from apexproof.store.blobs import Blob, BlobsAway, StorageFull
from api.dicomweb.answers import JSON_FORMS, ONE, Accepted, Attribute, DicomJson, values
from api.dicomweb.parts import RELATED, Parts, boundary_of
from api.premises import Here, Premises
from api.problems import BodyTooLarge, MediaTypeUnsupported, NotAcceptable, StudyUnusable, documented
from api.security import SenderTrail
from api.trail import Trail

router = APIRouter(prefix="/dicom-web/studies", tags=["DICOMweb"])
Uid = Annotated[str, Path(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=64)]
SENDER = "STOW-RS"
OTHER_BYTES = 0xB111
"""Our own warning, of the class Bxxx (PS3.7 annex C): another data set came under this SOP Instance UID before."""
_WARNING = '299 apexproof "Another data set came before under a SOP Instance UID; both are kept, a person is asked."'
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {RELATED: {"schema": {"type": "string", "format": "binary"}}}}
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "All are stored", "content": ONE},
    202: {"description": "Some are refused, or stored beside another of the same UID", "content": ONE},
    **documented(
        *(StudyUnusable, MediaTypeUnsupported, BodyTooLarge, NotAcceptable),
        *(BlobsAway, BlobVanished, Overloaded, StorageFull),
    ),
    409: {"description": "None is stored", "content": ONE},
}


@router.post("", summary="Store instances", response_class=DicomJson, openapi_extra=_BODY, responses=_ANSWERS)
async def store_instances(request: Request, here: Here, trail: SenderTrail) -> DicomJson:
    """Take in DICOM files; each joins a claim by the rules of docs/dicom.md, or waits in the inbox for a person.

    What the answer lists as referenced is on disk and recorded. The same instance again is the same.
    """
    return await _stored(request, here, trail, None)


@router.post(
    "/{study}", summary="Store instances of a study", response_class=DicomJson, openapi_extra=_BODY, responses=_ANSWERS
)
async def store_instances_of_study(study: Uid, request: Request, here: Here, trail: SenderTrail) -> DicomJson:
    """The same for instances of one study; those of another are refused."""
    return await _stored(request, here, trail, study)


async def _stored(request: Request, here: Premises, trail: Trail, study: str | None) -> DicomJson:
    boundary = boundary_of(request.headers.get("content-type", ""))
    Accepted(request).demand_one(JSON_FORMS, "DICOM JSON")
    most = here.settings.largest_file
    parts = Parts(boundary, lambda: here.blobs.incoming(most=most), most=here.settings.largest_study)
    reception = _Reception(here, trail, f"{request.base_url}dicom-web/studies", study)
    try:
        await parts.take(request.stream())
        await run_in_threadpool(reception.take, parts.kept)
    finally:
        await run_in_threadpool(reception.drop_unrecorded, parts.kept)
    return reception.answer()


class _Reception:
    """Instances that are being taken in: what is answered for each, and what was recorded."""

    def __init__(self, here: Premises, trail: Trail, address: str, study: str | None) -> None:
        self._here, self._trail, self._address, self._study = here, trail, address, study
        self._stored: list[Attribute] = []
        self._failed: list[Attribute] = []
        self._warned = False
        self._recorded = set[str]()

    def take(self, parts: Sequence[Blob | InstanceRefused]) -> None:
        """Take in each part by itself: one that cannot be stored stops no other."""
        for part in parts:
            try:
                if isinstance(part, InstanceRefused):
                    raise part
                self._take(part)
            except InstanceRefused as refused:
                self._failed.append(
                    {
                        "00081150": values("UI", refused.sop_class),
                        "00081155": values("UI", refused.uid),
                        "00081197": values("US", int(refused.reason)),
                    }
                )

    def _take(self, blob: Blob) -> None:
        with self._here.blobs.at_hand(blob.sha256) as path:
            instance = read_instance(path)
        if self._study not in {None, instance.study}:
            message = "The instance is of another study than the address names."
            raise InstanceRefused(Failure.DOES_NOT_MATCH, message, sop_class=instance.sop_class, uid=instance.uid)
        with self._here.database.writing() as session:
            demand_kept(session, self._here.blobs, blob.sha256)
            organisation = self._trail.caller.organisation
            received = receive_instance(session, organisation, instance, blob, SENDER, self._here.clock())
            self._trail.note(session, claim_id=received.claim_id, thing=received.row.sha256)
        if received.row.sha256 == blob.sha256:
            self._recorded.add(blob.sha256)
        self._here.doorbell.ring_aside(received.rings)
        self._note(received)

    def _note(self, received: ReceivedInstance) -> None:
        row = received.row
        stored = {
            "00081150": values("UI", row.sop_class),
            "00081155": values("UI", row.uid),
            "00081190": values("UR", f"{self._address}/{row.study}/series/{row.series}/instances/{row.uid}"),
        }
        if received.has_another:
            stored["00081196"] = values("US", OTHER_BYTES)
            self._warned = True
        self._stored.append(stored)

    def drop_unrecorded(self, parts: Sequence[Blob | InstanceRefused]) -> None:
        """Let nothing remain of what was not answered for, unless it is needed elsewhere."""
        for sha256 in {part.sha256 for part in parts if isinstance(part, Blob)} - self._recorded:
            with self._here.database.writing() as session:
                remove(session, self._here.blobs, sha256, now=self._trail.clock.now)

    def answer(self) -> DicomJson:
        """The response data set of PS3.18 annex I.2.2."""
        said: Attribute = {"00081190": values("UR", f"{self._address}/{self._study}" if self._study else "")}
        if self._stored:
            said["00081199"] = values("SQ", *self._stored)
        if self._failed:
            said["00081198"] = values("SQ", *self._failed)
        status = HTTPStatus.ACCEPTED if self._failed or self._warned else HTTPStatus.OK
        headers = {"Warning": _WARNING} if self._warned else None
        return DicomJson(said, status_code=status if self._stored else HTTPStatus.CONFLICT, headers=headers)
