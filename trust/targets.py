"""Targets: everything that takes a stranger's bytes apart, each with files to begin with, made from the fixtures.

A target takes any bytes and comes back. What a room may raise to those above it is caught here; everything else is a
finding, and so are a crash of the process, a hang, and memory beyond the limit.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLosslessSV1, RLELossless

from apexproof.errors import ApexproofError
from apexproof.formats.attestations import parse_attestations
from apexproof.formats.claim_file import read_documents
from apexproof.formats.native import claim_of, parse_history
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.enclosed import enclosed_files
from apexproof.formats.x12.read_275 import read_attachments
from apexproof.radiograph import Radiograph
from apexproof.reading.archive import read_archive
from apexproof.reading.attempt import attempt
from apexproof.reading.dicom.file import read_dicom
from apexproof.reading.dicom.instance import InstanceRefused, read_frames, read_instance, read_metadata
from apexproof.reading.measures import measured
from apexproof.reading.messages import ANSWERS, Failed, Seen, line
from apexproof.reading.part import Depth, Limits, Part, Read
from apexproof.reading.pdf import read_pdf
from apexproof.reading.picture import Picture
from apexproof.reading.raster import read_raster
from apexproof.reading.reader import read_part
from apexproof.store.blobs import Folder
from api.dicomweb.parts import Parts
from api.uploads import take_form
from fixtures import hostile
from fixtures.case import CASES
from fixtures.dicom_files import DicomFile
from fixtures.radiographs import Film, Subject

_LIMITS = Limits(pixels=1_000_000, sample_bytes=16 * 1024**2, unpacked_bytes=16 * 1024**2, pages=5, pictures=20)
_SMALL = Film(name="seed", subject=Subject.BLANK, width=40, height=48)
_SYNTAXES = (ExplicitVRLittleEndian, RLELossless, JPEGBaseline8Bit, JPEGLosslessSV1, JPEG2000Lossless)
_JPEG_LS = UID("1.2.840.10008.1.2.4.80")
_RASTERS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000")
_BOUNDARY = "film-boundary"
_MOST = 10_000
_NAMELESS = "fuzz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tried: `take` comes back from any bytes, or something is wrong.

    What is `sandboxed` is run by the service in a child with limits; decoders may fail there, if only the file pays.
    """

    take: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    sandboxed: bool = False


def _read_as(reader: Callable[[Part], Read], content: bytes) -> None:
    """Read it; what is found must pass between the sandbox and its child unchanged."""
    part = Part(content=content, place="", limits=_LIMITS, depth=Depth.PIXELS, enter=lambda _: True, show=_shown)
    for found in attempt("", partial(reader, part)):
        said = Seen(radiograph=found) if isinstance(found, Radiograph) else Failed(fault=found)
        assert ANSWERS.decode(line(said)) == said


def _shown(place: str, picture: Picture, frame: object) -> None:
    """A picture was decoded; its measures are a target of their own."""
    del place, frame
    assert picture.samples.size <= _LIMITS.pixels


def _measures(content: bytes) -> None:
    """A picture of any size, from 1 by 1, out of the bytes; its measures are as good as any."""
    if len(content) < 4:
        return
    width, height, bits = content[0] + 1, content[1] + 1, content[2] % 16 + 1
    grey = np.resize(np.frombuffer(content[3:], dtype=np.uint8), (height, width)).astype(np.uint32)
    picture = Picture(samples=(grey * 257 >> (16 - bits)).astype(np.uint16), bits=bits)
    said = Seen(radiograph=measured(Radiograph(place=""), picture))
    assert ANSWERS.decode(line(said)) == said


def _instance(content: bytes) -> None:
    path = _scratch() / "instance"
    path.write_bytes(content)
    for read in (read_instance, read_metadata, partial(read_frames, numbers=(1,))):
        with suppress(InstanceRefused, ApexproofError):
            read(path)


def _claims(content: bytes) -> None:
    with suppress(ApexproofError):
        for found in read_documents(io.BufferedReader(io.BytesIO(content)), origin=_NAMELESS):
            if isinstance(found, ClaimDocument):
                claim_of(found)


def _attachments(content: bytes) -> None:
    with suppress(ApexproofError):
        list(read_attachments(io.BytesIO(content), origin=_NAMELESS))


def _enclosed(content: bytes) -> None:
    with suppress(ApexproofError):
        inside = sum(len(file.content) for file in enclosed_files(content))
        assert inside <= len(content)


def _history(content: bytes) -> None:
    for read in (parse_history, parse_attestations):
        with suppress(ApexproofError):
            read(content, origin=_NAMELESS)


def _study(content: bytes) -> None:
    blobs = Folder(_scratch() / "study")
    with suppress(ApexproofError):
        asyncio.run(
            Parts(_BOUNDARY.encode(), partial(blobs.incoming, most=_MOST), most=4 * _MOST).take(_pieces(content))
        )
    _demand_nothing_half(_scratch() / "study")


def _form(content: bytes) -> None:
    blobs = Folder(_scratch() / "form")
    with suppress(ApexproofError), blobs.incoming(most=_MOST) as incoming:
        asyncio.run(take_form(f"multipart/form-data; boundary={_BOUNDARY}", _pieces(content), incoming))
    _demand_nothing_half(_scratch() / "form")


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 700):
        yield content[at : at + 700]


def _demand_nothing_half(folder: Path) -> None:
    assert not list(folder.glob("incoming/*"))


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="apexproof-fuzz-"))


def _dicom_seeds() -> list[bytes]:
    files = [DicomFile(frames=(_SMALL,), syntax=syntax) for syntax in (*_SYNTAXES, _JPEG_LS)]
    files += [replace(files[0], bits=12), replace(files[0], frames=(_SMALL, _SMALL)), replace(files[1], bits=16)]
    return [file.content() for file in files] + [hostile.dicom_of_nested_sequences(3)]


def _raster_seeds() -> list[bytes]:
    picture = Image.fromarray(np.arange(24 * 32, dtype=np.uint8).reshape(32, 24))
    seeds = []
    for form in _RASTERS:
        for mode in ("L", "RGB"):
            written = io.BytesIO()
            picture.convert(mode).save(written, form)
            seeds.append(written.getvalue())
    return seeds


def _pdf_seeds() -> list[bytes]:
    small = io.BytesIO()
    Image.new("L", (24, 32), 90).save(small, "PDF")
    return [small.getvalue(), hostile.pdf_page_tree_loop(), hostile.pdf_of_pages(3)]


def _archive_seeds() -> list[bytes]:
    png = _raster_seeds()[2]
    return [
        hostile.archive(("a.png", png), ("b/c.jpg", b"\xff\xd8")),
        hostile.zip_with_symlink(),
        hostile.zip_of_zips(2),
    ]


def _claim_seeds() -> list[bytes]:
    cases = sorted(path.read_bytes() for path in CASES.glob("*/claim.json"))
    folder = CASES.parent
    return [
        *cases[::15],
        (folder / "x12" / "two-claims.837").read_bytes(),
        (folder / "fhir" / "claim.json").read_bytes(),
    ]


def _attachment_seeds() -> list[bytes]:
    film = (CASES.parent / "x12" / "film.275").read_bytes()
    return [film[:2000], film[:900] + film[-600:]]


def _enclosed_seeds() -> list[bytes]:
    part = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    mime = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n' + part + b"--x--\r\n"
    cda = (
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        b'<text mediaType="image/png" representation="B64">iVBORw0KGgo=</text>'
        b"</nonXMLBody></component></ClinicalDocument>"
    )
    return [mime, cda, b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="]


def _multipart_seeds(disposition: str) -> list[bytes]:
    parts = "".join(f"--{_BOUNDARY}\r\n{disposition}\r\n\r\nDICM-ish bytes\r\n" for _ in range(2))
    return [f"{parts}--{_BOUNDARY}--\r\n".encode(), f"{parts[: len(parts) // 2]}--{_BOUNDARY}--\r\n".encode()]


def _history_seeds() -> list[bytes]:
    histories = sorted(path.read_bytes() for path in CASES.glob("*/history.json"))
    return [*histories, b'{"attestations": [{"decision": "stated", "person": "x", "why": "y", "view": "periapical"}]}']


def _measure_seeds() -> list[bytes]:
    return [bytes([side, side, bits]) + bytes(range(256)) for side, bits in ((0, 7), (31, 7), (255, 11), (90, 15))]


TARGETS: Mapping[str, Target] = {
    "dicom": Target(
        take=partial(_read_as, partial(read_dicom, read_member=read_part)), seeds=_dicom_seeds, sandboxed=True
    ),
    "dicom_instance": Target(take=_instance, seeds=_dicom_seeds),
    "raster": Target(take=partial(_read_as, read_raster), seeds=_raster_seeds, sandboxed=True),
    "pdf": Target(take=partial(_read_as, read_pdf), seeds=_pdf_seeds, sandboxed=True),
    "archive": Target(
        take=partial(_read_as, partial(read_archive, read_member=read_part)), seeds=_archive_seeds, sandboxed=True
    ),
    "measures": Target(take=_measures, seeds=_measure_seeds),
    "claims": Target(take=_claims, seeds=_claim_seeds),
    "attachments_275": Target(take=_attachments, seeds=_attachment_seeds),
    "enclosed": Target(take=_enclosed, seeds=_enclosed_seeds),
    "history": Target(take=_history, seeds=_history_seeds),
    "study": Target(take=_study, seeds=partial(_multipart_seeds, "Content-Type: application/dicom")),
    "form": Target(
        take=_form, seeds=partial(_multipart_seeds, 'Content-Disposition: form-data; name="file"; filename="a.png"')
    ),
}
"""Every format that is taken in, by the name of what takes it."""
