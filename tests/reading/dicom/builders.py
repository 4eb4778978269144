"""Builders of DICOM files: a synthetic intra-oral radiograph, encoded in every transfer syntax that has an encoder."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom.uid as u
from PIL import Image
from pydicom import config
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import UID

from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.dicom.file import read_dicom
from apexproof.reading.part import Depth, Limits, Part


def grey(rows: int = 60, columns: int = 44, bits: int = 12) -> npt.NDArray[np.uint16]:
    """A gradient with a bright ellipse, over the whole scale."""
    y, x = np.mgrid[0:rows, 0:columns]
    ellipse = ((y - rows / 2) / (rows / 3)) ** 2 + ((x - columns / 3) / (columns / 4)) ** 2 < 1
    share = 0.6 * (x + 2 * y) / (columns + 2 * rows) + 0.4 * ellipse
    return np.asarray(np.rint(share * (2**bits - 1)), np.uint16)


def intra_oral(samples: npt.NDArray[np.generic] | None = None, bits: int = 12) -> Dataset:
    """A conformant intra-oral radiograph of a synthetic patient, with no tooth stated."""
    ds = Dataset()
    ds.SOPClassUID = u.DigitalIntraOralXRayImageStorageForPresentation
    ds.SOPInstanceUID = "2.25.1"
    ds.Modality = "IO"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.PatientName = "Quill^Marigold"
    ds.PatientBirthDate = "20170303"
    ds.PatientID = "C-1001"
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.PixelRepresentation = 0
    put_pixels(ds, grey(bits=bits) if samples is None else samples, bits=bits)
    return ds


def put_pixels(ds: Dataset, samples: npt.NDArray[np.generic], *, bits: int) -> None:
    """Put one frame, or a stack of frames, into a data set without compression."""
    stack = samples if samples.ndim > 2 and ds.get("SamplesPerPixel", 1) == 1 else samples[np.newaxis]
    ds.Rows, ds.Columns = stack.shape[1:3]
    ds.SamplesPerPixel = ds.get("SamplesPerPixel", 1)
    ds.BitsAllocated = samples.dtype.itemsize * 8
    ds.BitsStored = bits
    ds.HighBit = bits - 1
    if len(stack) > 1:
        ds.NumberOfFrames = len(stack)
    octets = samples.tobytes()
    vr = "OB" if samples.dtype.itemsize == 1 else "OW"
    ds.add(DataElement(0x7FE00010, vr, octets + b"\0" * (len(octets) % 2)))


def code(value: str, scheme: str = "SCT", meaning: str = "") -> Dataset:
    """One item of a code sequence."""
    item = Dataset()
    item.CodeValue = value
    put_raw(item, 0x00080102, "SH", scheme)
    item.CodeMeaning = meaning
    return item


def sequence(*items: Dataset) -> Sequence:
    """A sequence of items."""
    return Sequence(items)


def put_raw(ds: Dataset, tag: int, vr: str, value: str) -> None:
    """Put a value that breaks the rules of its representation."""
    ds.add(DataElement(BaseTag(tag), vr, value, validation_mode=config.IGNORE))


def part10(ds: Dataset, syntax: UID = u.ExplicitVRLittleEndian) -> bytes:
    """A DICOM Part 10 file."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", "1.2.3")
    ds.file_meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "2.25.9")
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong with these files is their purpose
        ds.save_as(
            stream,
            implicit_vr=syntax == u.ImplicitVRLittleEndian,
            little_endian=syntax != u.ExplicitVRBigEndian,
            enforce_file_format=True,
        )
    return stream.getvalue()


def compressed(ds: Dataset, syntax: UID, frames: list[bytes]) -> bytes:
    """The same file with its pixels replaced by compressed frames."""
    ds.add(DataElement(0x7FE00010, "OB", encapsulate(frames)))
    ds["PixelData"].is_undefined_length = True
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
    return part10(ds, syntax)


def of_pydicom(name: str) -> bytes:
    """One of the files that lie in pydicom's wheel."""
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return Path(path).read_bytes()


def jpeg(samples: npt.NDArray[np.uint8]) -> bytes:
    """A baseline JPEG (process 1), by Pillow."""
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def lossless_jpeg(samples: npt.NDArray[np.uint16], bits: int, *, predictor: int) -> bytes:
    """A lossless JPEG (process 14, ITU-T T.81 annex H) with the predictor 1 (left) or 2 (above)."""
    rows, columns = samples.shape
    above = np.vstack([samples[:1], samples[:-1]]).astype(int)
    left = np.hstack([above[:, :1], samples[:, :-1].astype(int)])
    predicted = left if predictor == 1 else np.where(np.arange(columns) == 0, left, above)
    predicted[0, 1:] = samples[0, :-1]  # the first row knows its left neighbour only
    predicted[0, 0] = 1 << (bits - 1)
    if predictor == 2:
        predicted[1:, 0] = samples[:-1, 0]
    differences = (samples.astype(int) - predicted + 32768) % 65536 - 32768
    # One Huffman code of five bits for each of the 17 categories of differences.
    written = "".join(_category_and_bits(int(difference)) for difference in differences.flat)
    written += "1" * (-len(written) % 8)
    entropy = int(written, 2).to_bytes(len(written) // 8, "big").replace(b"\xff", b"\xff\0")
    frame = struct.pack(">2sHBHHB3B", b"\xff\xc3", 11, bits, rows, columns, 1, 1, 0x11, 0)
    table = struct.pack(">2sHB", b"\xff\xc4", 36, 0) + bytes([0, 0, 0, 0, 17, *[0] * 11]) + bytes(range(17))
    scan = struct.pack(">2sH6B", b"\xff\xda", 8, 1, 1, 0, predictor, 0, 0)
    return b"\xff\xd8" + frame + table + scan + entropy + b"\xff\xd9"


def _category_and_bits(difference: int) -> str:
    category = abs(difference).bit_length()
    code_ = f"{category:05b}"
    if category in (0, 16):
        return code_
    magnitude = difference if difference > 0 else difference + (1 << category) - 1
    return f"{code_}{magnitude:0{category}b}"


def element(tag: int, vr: bytes, value: bytes, *, length: int | None = None) -> bytes:
    """One element in explicit VR little endian with a four-byte length, true or claimed."""
    claimed = len(value) if length is None else length
    return struct.pack("<HH2sHL", tag >> 16, tag & 0xFFFF, vr, 0, claimed) + value


@dataclass(frozen=True, kw_only=True)
class Found:
    """What reading a file yielded, sorted."""

    radiographs: tuple[Radiograph, ...]
    faults: tuple[ReadingFault, ...]

    @property
    def words(self) -> list[str]:
        """The stable words of the faults."""
        return [fault.fault for fault in self.faults]


def read(
    content: bytes,
    *,
    limits: Limits | None = None,
    depth: Depth = Depth.PIXELS,
    left_out: tuple[str, ...] = (),
    entered: list[str] | None = None,
) -> Found:
    """Read a file as the program does: whatever goes wrong becomes a fault."""
    places = entered if entered is not None else []

    def enter(place: str) -> bool:
        places.append(place)
        return place not in left_out

    part = Part(content=content, place="", limits=limits or Limits(), depth=depth, enter=enter)
    found = tuple(attempt("", lambda: read_dicom(part)))
    return Found(
        radiographs=tuple(one for one in found if isinstance(one, Radiograph)),
        faults=tuple(one for one in found if isinstance(one, ReadingFault)),
    )


def header_of(ds: Dataset, syntax: UID = u.ExplicitVRLittleEndian) -> Radiograph:
    """What the header of a file says, read without its pixels."""
    (radiograph,) = read(part10(ds, syntax), depth=Depth.HEADERS).radiographs
    return radiograph
