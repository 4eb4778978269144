"""Instance: what a DICOM file says of itself, read in bounds at the door, where it has to be answered for at once.

Only the header is read, and of that no more than a bounded part; pixels are left to the sandbox.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO, cast

from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from apexproof.errors import ApexproofError, ReadingFailed
from apexproof.reading.dicom.attributes import Attributes, quietly
from apexproof.reading.dicom.form import read_form
from apexproof.reading.dicom.frugal import Frugal
from apexproof.reading.dicom.header import Header, PixelElement, read_header
from apexproof.reading.dicom.moments import NoMoment, parse_day
from apexproof.reading.dicom.objects import DIRECTORY
from apexproof.reading.dicom.patient import read_patient
from apexproof.reading.part import Limits

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_UID_MOST = 64  # PS3.5 section 9.1
_META_AT, _META_GROUP = 132, 0x0002
_HEADER_MOST = 2 * 1024**2  # bytes of a header that are looked at
_AT_ONCE = 1024**2
_TAKEN = ("AcquisitionDate", "ContentDate", "SeriesDate", "StudyDate")
_TEXT_MOST, _NAME_MOST = 64, 200
_VALUE_MOST, _ALL_MOST = 4096, 64 * 1024  # characters of DICOM JSON: one attribute, all that are kept
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_busy = threading.Lock()  # pydicom's warnings are silenced for the whole process


class Failure(IntEnum):
    """Why an instance is not stored: the reasons of PS3.18 table I.2-2, which are those of PS3.7 and PS3.4 B.2.3."""

    PROCESSING = 0x0110
    SOP_CLASS_NOT_SUPPORTED = 0x0122
    NOT_AUTHORISED = 0x0124
    OUT_OF_RESOURCES = 0xA700
    DOES_NOT_MATCH = 0xA900
    CANNOT_UNDERSTAND = 0xC000
    SYNTAX_NOT_SUPPORTED = 0xC122


class InstanceRefused(ApexproofError):
    """A file that is no instance that can be stored; `sop_class` and `uid` are empty where it does not say."""

    def __init__(self, reason: Failure, message: str, *, sop_class: str = "", uid: str = "") -> None:
        """Take the reason, and a sentence without anything out of the file."""
        self.reason, self.sop_class, self.uid = reason, sop_class, uid
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A DICOM instance by what its header says.

    `content` is the SHA-256 over transfer syntax and data set, `attributes` DICOM JSON (PS3.18 annex F) without
    private, binary and long values; texts are as written, cut to what is kept.
    """

    content: str
    syntax: str
    sop_class: str
    study: str
    series: str
    uid: str
    accession: str
    study_id: str
    study_date: str
    modality: str
    patient_name: str
    patient_id: str
    birth_date: date | None
    taken: date | None
    attributes: str


def read_instance(path: Path) -> Instance:
    """Read what a file says of itself.

    Raises:
        InstanceRefused: it is no DICOM file, or none that can be stored.
    """
    with path.open("rb") as file:
        header, begins = _bounded_header(file)
        content = _content(file, begins, header.syntax or "")
    with _busy, quietly():
        return _described(header, content)


def read_metadata(path: Path) -> dict[str, object]:
    """The public attributes of an instance as DICOM JSON; binary values are left out.

    Raises:
        InstanceRefused: its header cannot be read.
    """
    with path.open("rb") as file:
        header, _ = _bounded_header(file)
        with _busy, quietly():
            return dicom_json(header.attributes.dataset, most=_HEADER_MOST)


def read_frames(path: Path, numbers: Sequence[int]) -> list[bytes]:
    """The frames of these numbers, from 1, as they are stored: compressed or as samples.

    Raises:
        InstanceRefused: its header cannot be read.
        ReadingFailed: it has no such frame.
    """
    with path.open("rb") as file:
        header, _ = _bounded_header(file)
        if header.pixels is None:
            raise ReadingFailed("no_picture", "This DICOM file holds no picture.")
        with _busy, quietly():
            form = read_form(header.attributes, header.pixels.keyword, Limits())
        if max(numbers) > form.frames:
            raise ReadingFailed("no_picture", f"This DICOM file has {form.frames} frames.")
        size = form.frame_bits // 8
        found = [_frame(file, header.pixels, number - 1, size, form.frames) for number in numbers]
    if not all(found):
        raise ReadingFailed("truncated", "The file ends before this frame.")
    return found


def _frame(file: BinaryIO, pixels: PixelElement, index: int, size: int, frames: int) -> bytes:
    if pixels.length is not None:
        file.seek(pixels.offset + index * size)
        found = file.read(size)
        return found if len(found) == size else b""
    file.seek(pixels.offset)
    try:
        return bytes(get_frame(file, index, number_of_frames=frames))
    except Exception:  # noqa: BLE001 - pydicom raises whatever broken fragments make it raise
        return b""


def _bounded_header(file: BinaryIO) -> tuple[Header, int]:
    """The header, and where the data set begins."""
    stream = cast("BinaryIO", Frugal(file, most=_HEADER_MOST))
    if stream.read(_META_AT)[-4:] != b"DICM":
        raise InstanceRefused(Failure.CANNOT_UNDERSTAND, "This is no DICOM file of Part 10: it lacks DICM.")
    try:
        with _busy:
            with quietly():
                meta = Attributes(dataset=read_dataset(stream, False, True, stop_when=_behind_meta))  # noqa: FBT003 - pydicom's signature: implicit VR, little endian
                begins, syntax = stream.tell(), meta.text("TransferSyntaxUID")
            _demand_syntax(syntax, meta)
            return read_header(stream), begins
    except InstanceRefused:
        raise
    except ReadingFailed as error:
        raise InstanceRefused(Failure.CANNOT_UNDERSTAND, str(error)) from None
    except Exception:  # noqa: BLE001 - pydicom raises whatever broken bytes make it raise
        raise InstanceRefused(Failure.CANNOT_UNDERSTAND, "The file meta information is damaged.") from None


def _demand_syntax(syntax: str, meta: Attributes) -> None:
    if UID(syntax).is_transfer_syntax and syntax != DeflatedExplicitVRLittleEndian:
        return
    named = {"sop_class": _uid(meta, "MediaStorageSOPClassUID"), "uid": _uid(meta, "MediaStorageSOPInstanceUID")}
    message = "The transfer syntax is none that is taken: deflated, private or not stated."
    raise InstanceRefused(Failure.SYNTAX_NOT_SUPPORTED, message, **named)


def _behind_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    del vr, length
    return tag >> 16 != _META_GROUP


def _content(file: BinaryIO, begins: int, syntax: str) -> str:
    digest = hashlib.sha256(f"{syntax}\n".encode())
    file.seek(begins)
    while piece := file.read(_AT_ONCE):
        digest.update(piece)
    return digest.hexdigest()


def _described(header: Header, content: str) -> Instance:
    attributes = header.attributes
    sop_class, uid = _uid(attributes, "SOPClassUID"), _uid(attributes, "SOPInstanceUID")
    study, series = _uid(attributes, "StudyInstanceUID"), _uid(attributes, "SeriesInstanceUID")
    _demand_consistent(header, sop_class=sop_class, uid=uid, place=bool(study and series))
    patient = next((said.value for said in read_patient(attributes) if said.value is not None), None)
    return Instance(
        content=content,
        syntax=header.syntax or "",
        sop_class=sop_class,
        study=study,
        series=series,
        uid=uid,
        accession=_plain(attributes, "AccessionNumber"),
        study_id=_plain(attributes, "StudyID"),
        study_date=_plain(attributes, "StudyDate"),
        modality=_plain(attributes, "Modality"),
        patient_name=_plain(attributes, "PatientName", most=_NAME_MOST),
        patient_id=_plain(attributes, "PatientID"),
        birth_date=patient.birth_date if patient else None,
        taken=_taken(attributes),
        attributes=json.dumps(dicom_json(attributes.dataset, most=_ALL_MOST), separators=(",", ":")),
    )


def _demand_consistent(header: Header, *, sop_class: str, uid: str, place: bool) -> None:
    named = {"sop_class": sop_class, "uid": uid}
    if not (sop_class and uid and place):
        message = "It lacks a SOP class, or the UID of its study, its series or itself."
        raise InstanceRefused(Failure.DOES_NOT_MATCH, message, **named)
    stated = {
        "MediaStorageSOPClassUID": sop_class,
        "MediaStorageSOPInstanceUID": uid,
    }
    if any(header.meta.text(keyword) not in {"", value} for keyword, value in stated.items()):
        message = "Its file meta information names another SOP class or instance than its data set."
        raise InstanceRefused(Failure.DOES_NOT_MATCH, message, **named)
    if sop_class == DIRECTORY or "Storage" not in UID(sop_class).name:
        message = "This kind of object (SOP class) is not stored here: it holds no picture."
        raise InstanceRefused(Failure.SOP_CLASS_NOT_SUPPORTED, message, **named)
    pixels = header.pixels
    if header.cut_short or (pixels and pixels.length and pixels.offset + pixels.length > header.size):
        message = "The file ends in the middle of an attribute; send it again."
        raise InstanceRefused(Failure.CANNOT_UNDERSTAND, message, **named)


def dicom_json(dataset: Dataset, *, most: int) -> dict[str, object]:
    """The public attributes of a data set as DICOM JSON, in its order, until they are more than `most` characters.

    Values that are binary, long, private, or not what their VR says are left out.
    """
    found: dict[str, object] = {}
    left = most
    for tag in tuple(dataset.keys()):
        if BaseTag(tag).is_private or tag >> 16 in {_META_GROUP, 0x7FE0}:
            continue
        try:
            element = dataset[tag]
            if element.VR in _BINARY:
                continue
            said: Mapping[str, object] = element.to_json_dict(None, 1024)
            written = len(json.dumps(said, allow_nan=False))
        except Exception:  # noqa: BLE001, S112 - as above: it is left out
            continue
        if written <= min(_VALUE_MOST, left):
            found[f"{tag:08X}"] = said
            left -= written
    return found


def _uid(attributes: Attributes, keyword: str) -> str:
    text = attributes.text(keyword)
    return text if len(text) <= _UID_MOST and _UID.fullmatch(text) else ""


def _plain(attributes: Attributes, keyword: str, *, most: int = _TEXT_MOST) -> str:
    return "".join(letter for letter in attributes.text(keyword) if letter.isprintable())[:most]


def _taken(attributes: Attributes) -> date | None:
    for keyword in _TAKEN:
        try:
            return parse_day(attributes.text(keyword))
        except NoMoment:
            continue
    return None
