"""References: whatever a claim or a file refers to is never fetched, neither from the network nor from this machine."""

from __future__ import annotations

import io
import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from apexproof.errors import ApexproofError
from apexproof.formats.claim_file import read_documents
from apexproof.formats.x12.enclosed import enclosed_files
from apexproof.reading.part import Limits
from apexproof.reading.reader import read_file
from fixtures import hostile
from fixtures.case import CASES
from fixtures.dicom_files import DicomFile
from fixtures.scenarios.films import PA8
from tests.formats.x12.attachments_275 import unstructured

SECRET = "what nobody asked to be read"  # noqa: S105 - nobody's
FHIR_CLAIM = json.loads((CASES.parent / "fhir" / "claim.json").read_bytes())


@pytest.fixture(scope="module")
def port() -> Iterator[socket.socket]:
    """Somebody who would notice being asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture(scope="module")
def places(port: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is referred to: an address that answers, and a file that is there."""
    secret = tmp_path_factory.mktemp("d") / "secret.jpg"
    secret.write_text(SECRET)
    return [f"http://127.0.0.1:{port.getsockname()[1]}/film.jpg", secret.as_uri(), str(secret)]


def cda(place: str, tmp_path: Path) -> str:
    del tmp_path
    bodies = [
        unstructured(begin=f'<?xml-stylesheet href="{place}"?>').decode("latin-1"),
        f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{place}" parse="text"/></a>',
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><text><reference value="{place}"/></text></ClinicalDocument>',
        f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{place}"> %x;]><a/>',
        f'MIME-Version: 1.0\r\nContent-Type: message/external-body; access-type=URL; URL="{place}"\r\n\r\n\r\n',
    ]
    said = ""
    for body in bodies:
        with suppress(ApexproofError):
            said += repr([file.content for file in enclosed_files(body.encode("latin-1"))])
    return said


def fhir(place: str, tmp_path: Path) -> str:
    del tmp_path
    told = [{"sequence": 1, "valueAttachment": {"url": place}}, {"sequence": 2, "valueReference": {"reference": place}}]
    claim = {**FHIR_CLAIM, "patient": {"reference": place}, "supportingInfo": told}
    found = read_documents(io.BufferedReader(io.BytesIO(json.dumps(claim).encode())), origin="test")
    said = ""
    with suppress(ApexproofError):
        said = repr(list(found))
    return said


def dicom(place: str, tmp_path: Path) -> str:
    changes = {"RetrieveURL": place, "PixelDataProviderURL": place, "RetrieveURI": place, "PixelData": None}
    return _read(tmp_path, DicomFile(frames=(PA8,), changes=tuple(changes.items())).content())


def pdf(place: str, tmp_path: Path) -> str:
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray"
        b" /F << /Type /Filespec /FS /URL /F (%b) /UF (%b) >> /Length 0 >>\nstream\n\nendstream"
        % ((place.encode(),) * 2)
    )
    return _read(
        tmp_path,
        hostile.pdf(
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /URI /URI (%b) >> >>" % place.encode(),
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 60 60] >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
            b"<< /Length 5 >>\nstream\n/F Do\nendstream",
            image,
        ),
    )


def _read(folder: Path, content: bytes) -> str:
    file = folder / "film"
    file.write_bytes(content)
    return repr(read_file(file, limits=Limits()))


@pytest.mark.parametrize("read", [cda, fhir, dicom, pdf])
def test_what_is_referred_to_is_never_fetched(
    read: Callable[[str, Path], str], port: socket.socket, places: list[str], tmp_path: Path
) -> None:
    for place in places:
        assert SECRET not in read(place, tmp_path)
    assert select.select([port], [], [], 0.1)[0] == []
