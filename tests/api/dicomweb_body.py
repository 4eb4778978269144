"""A multipart/related body of DICOM files, and films to put into it."""

from __future__ import annotations

from collections.abc import Sequence

from fixtures.dicom_files import DicomFile
from fixtures.scenarios.films import PA8
from tests.service.caller import Answer, Caller

BOUNDARY = "film-boundary"
HEADERS = {"Content-Type": f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'}


def related(parts: Sequence[bytes], *, content_type: str = "application/dicom") -> bytes:
    """The body."""
    begun = (
        f"--{BOUNDARY}\r\nContent-Type: {content_type}\r\n\r\n".encode() + part + b"\r\n"  # as dcm4che writes it
        for part in parts
    )
    return b"".join(begun) + f"--{BOUNDARY}--\r\n".encode()


def store(caller: Caller, *parts: bytes, study: str = "") -> Answer:
    """Send films by STOW-RS."""
    return caller.ask("POST", f"/dicom-web/studies{study and '/'}{study}", body=related(parts), headers=HEADERS)


def film(**changes: object) -> bytes:
    """A periapical of tooth 8 of Marigold Quill, with these attributes changed."""
    return DicomFile(frames=(PA8,), changes=tuple(changes.items())).content()
