"""Retrieve: WADO-RS. Instances as they came, their metadata, their frames, and a picture to look at (PS3.18 10.4)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse

from apexproof.errors import ReadingFailed
from apexproof.reading.child_process import SandboxBroken
from apexproof.reading.dicom.instance import InstanceRefused, read_frames, read_metadata
from apexproof.store.blobs import BlobsAway
from apexproof.store.instances import Matching, matching_instances
from apexproof.store.tables import InstanceRow
from api.attached import UNTRUSTED
from api.dicomweb.answers import JSON_FORMS, MANY, Accepted, DicomJson, values
from api.dicomweb.parts import DICOM, PARTS_MOST, RELATED
from api.dicomweb.search import place_of
from api.dicomweb.store import Uid
from api.premises import Here, Premises
from api.previews import Previews, Wanted, drawn_picture, previews_of
from api.problems import NotAcceptable, NotFound, StudyUnusable, documented
from api.security import Reader

router = APIRouter(prefix="/dicom-web/studies", tags=["DICOMweb"])
_AT_ONCE = 1024**2
_FRAMES_MOST = 200
_PNG = "image/png"
_SIDE = 1024
Frames = Annotated[
    str, Path(pattern=r"^[1-9][0-9]{0,4}(,[1-9][0-9]{0,4})*$", max_length=1000, description="from 1, by commas")
]
# PS3.18 table 8.7.3-3 and 8.7.3-5: the media types of frames as they are stored.
_FRAME_FORMS = {
    "1.2.840.10008.1.2": "application/octet-stream",
    "1.2.840.10008.1.2.1": "application/octet-stream",
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {RELATED: _BINARY}},
    **documented(NotFound, NotAcceptable, StudyUnusable, BlobsAway),
}
_JSON: dict[int | str, dict[str, Any]] = {
    200: {"description": "The attributes of each instance", "content": MANY},
    **documented(NotFound, NotAcceptable, StudyUnusable, BlobsAway),
}
_IN_STUDY, _IN_SERIES = "/{study}", "/{study}/series/{series}"
_ONE = "/{study}/series/{series}/instances/{instance}"


@router.get(_IN_STUDY, summary="Fetch a study", response_class=StreamingResponse, responses=_FILES)
def study_files(study: Uid, request: Request, here: Here, caller: Reader) -> Response:
    """Its instances as they came, as parts of application/dicom."""
    return _files(request, here, _found(here, caller.organisation, study=study))


@router.get(_IN_SERIES, summary="Fetch a series", response_class=StreamingResponse, responses=_FILES)
def series_files(study: Uid, series: Uid, request: Request, here: Here, caller: Reader) -> Response:
    """Its instances as they came, as parts of application/dicom."""
    return _files(request, here, _found(here, caller.organisation, study=study, series=series))


@router.get(_ONE, summary="Fetch an instance", response_class=StreamingResponse, responses=_FILES)
def instance_files(study: Uid, series: Uid, instance: Uid, request: Request, here: Here, caller: Reader) -> Response:
    """The instance as it came; where several data sets came under its UID, each of them is a part."""
    return _files(request, here, _found(here, caller.organisation, study=study, series=series, uid=instance))


@router.get(f"{_IN_STUDY}/metadata", summary="Metadata of a study", response_class=DicomJson, responses=_JSON)
def study_metadata(study: Uid, request: Request, here: Here, caller: Reader) -> DicomJson:
    """The attributes of its instances, without pixels and other binary values."""
    return _metadata(request, here, _found(here, caller.organisation, study=study))


@router.get(f"{_IN_SERIES}/metadata", summary="Metadata of a series", response_class=DicomJson, responses=_JSON)
def series_metadata(study: Uid, series: Uid, request: Request, here: Here, caller: Reader) -> DicomJson:
    """The attributes of its instances, without pixels and other binary values."""
    return _metadata(request, here, _found(here, caller.organisation, study=study, series=series))


@router.get(f"{_ONE}/metadata", summary="Metadata of an instance", response_class=DicomJson, responses=_JSON)
def instance_metadata(
    study: Uid, series: Uid, instance: Uid, request: Request, here: Here, caller: Reader
) -> DicomJson:
    """Its attributes, without pixels and other binary values."""
    return _metadata(request, here, _found(here, caller.organisation, study=study, series=series, uid=instance))


@router.get(f"{_ONE}/frames/{{frames}}", summary="Fetch frames", response_class=StreamingResponse, responses=_FILES)
def frames(  # noqa: PLR0913, PLR0917 - FastAPI passes one argument for each thing that came
    study: Uid, series: Uid, instance: Uid, frames: Frames, request: Request, here: Here, caller: Reader
) -> Response:
    """Frames as they are stored: compressed ones stay so. The first data set that came under the UID is meant."""
    row = _found(here, caller.organisation, study=study, series=series, uid=instance)[0]
    form = _FRAME_FORMS.get(row.syntax, "application/octet-stream")
    Accepted(request).demand_related([form], [row.syntax], form)
    wanted = [int(number) for number in frames.split(",")]
    if len(wanted) > _FRAMES_MOST:
        raise StudyUnusable(f"At most {_FRAMES_MOST} frames are given out at once.")
    try:
        with here.blobs.at_hand(row.sha256) as path:
            found = read_frames(path, wanted)
    except (InstanceRefused, ReadingFailed):
        raise NotFound("This instance has no such frame.") from None
    parts = [_Part(kind=f"{form}; transfer-syntax={row.syntax}", pieces=iter([frame])) for frame in found]
    return _related(form, parts)


@router.get(
    f"{_ONE}/rendered",
    summary="Look at an instance",
    response_class=Response,
    responses={
        200: {"content": {_PNG: _BINARY}},
        **documented(NotFound, NotAcceptable, ReadingFailed, SandboxBroken, BlobsAway),
    },
)
def rendered(  # noqa: PLR0913, PLR0917 - FastAPI passes one argument for each thing that came
    study: Uid,
    series: Uid,
    instance: Uid,
    request: Request,
    here: Here,
    caller: Reader,
    previews: Annotated[Previews, Depends(previews_of)],
) -> Response:
    """Its first picture as a PNG of at most 1024 pixels, drawn in a process of its own, every word in it covered."""
    row = _found(here, caller.organisation, study=study, series=series, uid=instance)[0]
    Accepted(request).demand_one([_PNG], _PNG)
    wanted = Wanted(sha256=row.sha256, place="", side=_SIDE, covered=True)
    return drawn_picture(here, previews, caller.organisation, wanted)


def _found(here: Premises, organisation: str, **within: str) -> Sequence[InstanceRow]:
    matching = Matching(equal={name: [uid] for name, uid in within.items()})
    with here.database.looking() as session:
        rows = matching_instances(session, organisation, matching, most=PARTS_MOST + 1)
    if not rows:
        raise NotFound("There is no such study, series or instance here, or its files were deleted.")
    if len(rows) > PARTS_MOST:
        raise StudyUnusable(f"These are more than {PARTS_MOST} instances; fetch a series or an instance.")
    return rows


def _metadata(request: Request, here: Premises, rows: Sequence[InstanceRow]) -> DicomJson:
    Accepted(request).demand_one(JSON_FORMS, "DICOM JSON")
    found = []
    for row in rows:
        with here.blobs.at_hand(row.sha256) as path:
            said = read_metadata(path)
        found.append(dict(sorted((said | {"00081190": values("UR", place_of(request, row))}).items())))
    return DicomJson(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    kind: str
    pieces: Iterator[bytes]


def _files(request: Request, here: Premises, rows: Sequence[InstanceRow]) -> Response:
    Accepted(request).demand_related([DICOM] * len(rows), [row.syntax for row in rows], DICOM)
    parts = (_Part(kind=f"{DICOM}; transfer-syntax={row.syntax}", pieces=_pieces(here, row.sha256)) for row in rows)
    return _related(DICOM, parts)


def _pieces(here: Premises, sha256: str) -> Iterator[bytes]:
    with ExitStack() as held:
        path: FilePath = held.enter_context(here.blobs.at_hand(sha256))
        stream = held.enter_context(path.open("rb"))
        while piece := stream.read(_AT_ONCE):
            yield piece


def _related(kind: str, parts: Iterator[_Part] | Sequence[_Part]) -> Response:
    boundary = secrets.token_hex(16)

    def body() -> Iterator[bytes]:
        for part in parts:
            yield f"--{boundary}\r\nContent-Type: {part.kind}\r\n\r\n".encode()
            yield from part.pieces
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    media_type = f'{RELATED}; type="{kind}"; boundary={boundary}'
    return StreamingResponse(body(), media_type=media_type, headers=UNTRUSTED)
