"""Traffic: claims with files as they come to a payer's intake, each following from its claim's number alone.

Most of it is what a practice exported from its imaging software or snipped from its screen, with neither date nor tooth
in the file; nobody publishes counts, so the shares of `MIX` and the numbers of files of a claim are assumed.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless

from fixtures.dicom_files import DicomFile, Sitter
from fixtures.radiographs import Film, paint
from fixtures.raster_files import PdfFile, RasterFile
from tests.service.sent import patient_of

_WIDTH, _HEIGHT, _SENSOR = 156, 208, 8  # a sensor's 1,248 x 1,664 pixels
_SNIPPED = (468, 624)
_FILES_OF_A_CLAIM = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of file: how many of a hundred are of it, and how one is made."""

    name: str
    share: int
    suffix: str
    make: Callable[[Film, Sitter], bytes]


def _exported(film: Film, sitter: Sitter) -> bytes:
    del sitter
    return RasterFile(film=film).content()


def _snipped(film: Film, sitter: Sitter) -> bytes:
    del sitter
    return RasterFile(film=film, form="PNG", size=_SNIPPED).content()


def _in_a_document(film: Film, sitter: Sitter) -> bytes:
    del sitter
    return PdfFile(picture=RasterFile(film=film)).content()


def _dicom(syntax: str, bits: int) -> Callable[[Film, Sitter], bytes]:
    def make(film: Film, sitter: Sitter) -> bytes:
        return DicomFile(frames=(film,), sitter=sitter, syntax=syntax, bits=bits).content()

    return make


MIX = (
    Sort(name="exported as JPEG", share=55, suffix="jpg", make=_exported),
    Sort(name="snipped, as PNG", share=20, suffix="png", make=_snipped),
    Sort(name="PDF with a picture", share=10, suffix="pdf", make=_in_a_document),
    Sort(name="DICOM, uncompressed", share=5, suffix="dcm", make=_dicom(ExplicitVRLittleEndian, 16)),
    Sort(name="DICOM, JPEG-LS", share=4, suffix="dcm", make=_dicom(JPEGLSLossless, 12)),
    Sort(name="DICOM, JPEG 2000", share=3, suffix="dcm", make=_dicom(JPEG2000Lossless, 12)),
    Sort(name="DICOM, JPEG", share=3, suffix="dcm", make=_dicom(JPEGBaseline8Bit, 8)),
)


def files_of(number: str, folder: Path) -> list[Path]:
    """Write the files of a claim into a folder."""
    choice = random.Random(hashlib.sha256(number.encode()).digest())  # noqa: S311 - traffic is no secret
    patient = patient_of(number)
    paths = []
    for index in range(choice.choice(_FILES_OF_A_CLAIM)):
        (sort,) = choice.choices(MIX, [one.share for one in MIX])
        name = f"{number}-{index}"
        sitter = Sitter(
            name=f"Quill^{patient.name.given}", birth_date=patient.birth_date, chart_number=f"CH-{name}"[:16]
        )
        path = folder / f"{name}.{sort.suffix}"
        path.write_bytes(sort.make(Film(name=name, width=_WIDTH, height=_HEIGHT, enlarged=_SENSOR), sitter))
        paths.append(path)
    paint.cache_clear()
    return paths


def write_files(numbers: Iterable[str], folder: Path) -> Mapping[str, list[Path]]:
    """The files of claims, written on all cores before anything is measured."""
    wanted = list(numbers)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return dict(zip(wanted, pool.map(partial(files_of, folder=folder), wanted, chunksize=8), strict=True))
