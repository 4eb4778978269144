"""Synthetic intraoral DICOM files of the size that sensors make: 1300 x 1700 pixels of 16 bits.

Each shows another mouth and is of another patient: claims of one patient, and films that are alike, are judged against
each other. The pixels say that it is a periapical: were they in doubt, its words would be read, which is another work.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGLSLossless

from fixtures.radiographs import Film, paint

INTRAORAL = UID("1.2.840.10008.5.1.4.1.1.1.3")
ROWS, COLUMNS = 1700, 1300
_WHITEST = 4095


def film_samples(seed: int) -> NDArray[np.uint16]:
    """A periapical with grain, as a sensor gives it."""
    drawn = paint(Film(name=f"benchmark {seed}")) / np.float32(_WHITEST)
    soft = cv2.resize(drawn, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(soft + _grain(), 0, 1) * 65535, np.uint16)


@cache
def _grain() -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 0.01, (ROWS, COLUMNS)).astype(np.float32)


def born(index: int) -> date:
    """The birth date of the patient of a film."""
    return date(2015, 1, 1) + timedelta(days=index)


def film(index: int, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A file; another index is another picture of another patient."""
    dataset = _dataset(index)
    dataset.PixelData = film_samples(index).tobytes()
    if syntax != ExplicitVRLittleEndian:
        dataset.compress(syntax)
    written = BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()


def write_films(folder: Path, syntax: UID, number: int) -> list[Path]:
    """Write films in one transfer syntax."""
    paths = [folder / f"{syntax.keyword}-{index}.dcm" for index in range(number)]
    for index, path in enumerate(paths):
        path.write_bytes(film(index, syntax))
    return paths


SYNTAXES = {"uncompressed": ExplicitVRLittleEndian, "JPEG-LS": JPEGLSLossless}


def _dataset(index: int) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = INTRAORAL
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"2.25.{1000 + index}")
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = UID("2.25.1"), UID("2.25.2")
    dataset.Modality, dataset.ImageType = "IO", ["ORIGINAL", "PRIMARY"]
    dataset.PatientName, dataset.PatientID = "Quill^Marigold", f"C-{index}"
    dataset.PatientBirthDate = f"{born(index):%Y%m%d}"
    dataset.AcquisitionDate, dataset.AcquisitionTime = "20260209", "081500"
    dataset.SeriesDescription, dataset.ImageLaterality = "Periapical #8", "R"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = ROWS, COLUMNS, 1
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = "MONOCHROME2", 0
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.ImagerPixelSpacing = [0.02, 0.02]
    return dataset
