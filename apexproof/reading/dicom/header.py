"""Header: a data set up to its pixel data, read without touching the pixels.

PS3.10 section 7 (preamble, file meta information), PS3.5 section 7 (data elements) and annex A (transfer syntaxes).
Large values are passed over and fetched when somebody asks for them, so a claimed length costs nothing.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.attributes import Attributes, quietly
from apexproof.reading.part import Limits

_PREAMBLE = 128
_MAGIC = b"DICM"
_PIXEL_TAGS = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
_UNDEFINED = 0xFFFFFFFF
_PASSED_OVER = 256 * 1024  # bytes; lookup tables are shorter, vendors' own copies of the image are longer
_FIRST_GROUPS = (0x0002, 0x0008)
_LONGEST_FIRST_VALUE = 1024  # bytes: the first element of a data set is a group length, a character set or a UID
_VALUE_REPRESENTATIONS = frozenset(vr.value.encode() for vr in VR if len(vr.value) == len("UI"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelElement:
    """Where the pixel data lie in the stream; `length` is None when they are in fragments."""

    keyword: str
    vr: str
    offset: int
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A data set without its pixels.

    `stream` is what the offsets count in: the file, or what a deflated one inflates to. `bare` says that the file has
    neither preamble nor `DICM`. `cut_short` names the faulty element when the file ends inside of it.
    """

    attributes: Attributes
    meta: Attributes
    syntax: str | None
    little_endian: bool
    bare: bool
    stream: BinaryIO
    size: int
    pixels: PixelElement | None
    cut_short: bool

    @property
    def sop_class(self) -> str:
        """The SOP class of the data set, else of the file meta information; empty when neither states it."""
        return self.attributes.text("SOPClassUID") or self.meta.text("MediaStorageSOPClassUID")


def read_header(stream: BinaryIO, limits: Limits | None = None) -> Header:
    """Read a data set up to its pixel data.

    Raises:
        ReadingFailed: not DICOM, cut short, nested beyond measure, or inflating beyond `limits.sample_bytes`.
    """
    try:
        with quietly():
            return _read(stream, limits or Limits())
    except RecursionError:
        raise ReadingFailed("nested_too_deeply", "The file nests sequences in sequences without end.") from None
    except (EOFError, struct.error):
        raise ReadingFailed("truncated", "The file ends in the middle of its header: send it again.") from None
    except ReadingFailed:
        raise
    except OSError as error:
        # pydicom says so when a sequence has no end.
        fault = "truncated" if "No tag to read" in str(error) else "unreadable_header"
        raise ReadingFailed(fault, "The header of the file ends too early or is damaged: send it again.") from None
    except Exception:  # noqa: BLE001 - pydicom raises whatever broken bytes make it raise
        raise ReadingFailed("unreadable_header", "The header of the file is damaged: export it again.") from None


def _read(stream: BinaryIO, limits: Limits) -> Header:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(_PREAMBLE + 12)
    bare = head[_PREAMBLE : _PREAMBLE + len(_MAGIC)] != _MAGIC
    if bare and not _starts_a_dataset(head):
        raise ReadingFailed("not_dicom", "This is no DICOM file: it neither says so nor begins like one.")
    stream.seek(0 if bare else _PREAMBLE + len(_MAGIC))
    meta = Attributes(dataset=read_dataset(stream, False, True, stop_when=_after_file_meta))  # noqa: FBT003 - pydicom's signature: implicit VR, little endian
    syntax = meta.text("TransferSyntaxUID") or None
    if syntax == DeflatedExplicitVRLittleEndian:
        stream = io.BytesIO(_inflate(stream.read(), limits.sample_bytes))
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
    implicit, little = _encoding(syntax, stream)
    dataset = read_dataset(stream, implicit, little, stop_when=_at_pixel_data, defer_size=_PASSED_OVER)
    implicit = bool(dataset.original_encoding[0])  # as found: some say one and write the other
    pixels = _pixel_element(stream, implicit=implicit, little=little)
    # A FileDataset fetches what was passed over, from the stream.
    whole = FileDataset(stream, dataset, is_implicit_VR=implicit, is_little_endian=little)
    whole.set_original_encoding(implicit, little, dataset.original_character_set)
    attributes = Attributes(dataset=whole)
    if not len(dataset):
        raise ReadingFailed("truncated", "The file ends before its first attribute: send it again.")
    return Header(
        attributes=attributes,
        meta=meta,
        syntax=syntax,
        little_endian=little,
        bare=bare,
        stream=stream,
        size=size,
        pixels=pixels,
        cut_short=_cut_short(whole, size),
    )


def _starts_a_dataset(head: bytes) -> bool:
    """Whether bytes begin with an element of group 0002 or 0008, in any of the three encodings of PS3.5 section 7.1."""
    if len(head) < len("ggeevvll"):
        return False
    little, big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    if head[4:6] in _VALUE_REPRESENTATIONS:
        return little in _FIRST_GROUPS or big in _FIRST_GROUPS
    return little in _FIRST_GROUPS and struct.unpack("<L", head[4:8])[0] <= _LONGEST_FIRST_VALUE


def _after_file_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    del vr, length
    return tag >> 16 != _FIRST_GROUPS[0]


def _at_pixel_data(tag: BaseTag, vr: str | None, length: int) -> bool:
    del vr, length
    return tag in _PIXEL_TAGS


def _encoding(syntax: str | None, stream: BinaryIO) -> tuple[bool, bool]:
    """Whether the data set is in implicit VR, and whether it is little endian; guessed where the file does not say."""
    if syntax is not None:
        return syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    start = stream.tell()
    head = stream.read(6)
    stream.seek(start)
    explicit = head[4:6] in _VALUE_REPRESENTATIONS
    return not explicit, not (explicit and head[:1] == b"\0")


def _inflate(deflated: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(deflated, most)
    except zlib.error:
        raise ReadingFailed("truncated", "The deflated data set is damaged: send it again.") from None
    if inflater.unconsumed_tail:
        raise ReadingFailed("too_large", f"The deflated data set inflates to more than {most // 1024**2} MiB.")
    return inflated


def _pixel_element(stream: BinaryIO, *, implicit: bool, little: bool) -> PixelElement | None:
    start = stream.tell()
    head = stream.read(12)
    if len(head) < len("ggeellll"):
        return None
    order = "<" if little else ">"
    group, element = struct.unpack(order + "HH", head[:4])
    keyword = _PIXEL_TAGS.get(group << 16 | element)
    if keyword is None:
        return None
    vr = "OW" if implicit else head[4:6].decode("latin-1")
    if not implicit and vr in EXPLICIT_VR_LENGTH_32:
        if len(head) < 12:  # noqa: PLR2004 - tag, VR, reserved, length (PS3.5 table 7.1-1)
            return None
        length, offset = struct.unpack(order + "L", head[8:12])[0], start + 12
    elif implicit:
        length, offset = struct.unpack(order + "L", head[4:8])[0], start + 8
    else:
        length, offset = struct.unpack(order + "H", head[6:8])[0], start + 8
    return PixelElement(keyword=keyword, vr=vr, offset=offset, length=None if length == _UNDEFINED else length)


def _cut_short(dataset: Dataset, size: int) -> bool:
    """Whether an element claims to reach beyond the end; pydicom hands out what there is and says nothing."""
    tags = tuple(dataset.keys())  # iterating over the data set itself would convert every value
    elements: Iterator[DataElement | RawDataElement] = (dataset.get_item(tag, keep_deferred=True) for tag in tags)
    return any(
        isinstance(element, RawDataElement)
        and element.length != _UNDEFINED
        and element.value_tell + element.length > size
        for element in elements
    )
