"""Kind: what a file is, told by its content alone. A name or a declared type is never asked."""

from __future__ import annotations

import struct
from enum import StrEnum


class Kind(StrEnum):
    """What a file is."""

    DICOM = "dicom"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    BMP = "bmp"
    GIF = "gif"
    WEBP = "webp"
    JPEG2000 = "jpeg2000"
    PDF = "pdf"
    ZIP = "zip"
    HEIF = "heif"
    OFFICE_DOCUMENT = "office_document"
    OTHER_ARCHIVE = "other_archive"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_DICOM_PREAMBLE = 128  # bytes before "DICM" (PS3.10 7.1)
_PDF_HEADER_WITHIN = 1024  # bytes; PDF readers accept "%PDF-" there (ISO 32000-1 Annex H.3.4.1, implementation notes)
_FIRST_BYTES = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),  # BigTIFF
    (b"MM\x00+", Kind.TIFF),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind.JPEG2000),
    (b"\xff\x4f\xff\x51", Kind.JPEG2000),  # a bare codestream
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OFFICE_DOCUMENT),  # Office up to 2003
    (b"7z\xbc\xaf\x27\x1c", Kind.OTHER_ARCHIVE),
    (b"Rar!\x1a\x07", Kind.OTHER_ARCHIVE),
    (b"\x1f\x8b", Kind.OTHER_ARCHIVE),
    (b"\xfd7zXZ\x00", Kind.OTHER_ARCHIVE),
    (b"BZh", Kind.OTHER_ARCHIVE),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# An office document is a ZIP archive with one of these among its first entries (ECMA-376 part 2, ODF 1.3 part 2).
_OFFICE_WITHIN = 4096
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument")
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_VALUE_REPRESENTATIONS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)
_FIRST_GROUPS = frozenset({0x0002, 0x0008})
_FIRST_ELEMENT_MOST = 0x0060  # a data set begins low in group 0008: what is above follows later
_FIRST_VALUE_MOST = 256  # bytes; the first element of a data set is a short one
_TEXT_LOOKED_AT = 1024
_CONTROL_IN_TEXT = frozenset(b"\t\n\r\f\x1b")


def kind_of(content: bytes) -> Kind:
    """The kind of a file. A file that is two kinds at once is DICOM first: its preamble may hold anything."""
    if not content:
        return Kind.EMPTY
    if content[_DICOM_PREAMBLE : _DICOM_PREAMBLE + 4] == b"DICM":
        return Kind.DICOM
    if content.startswith(_ZIP):
        head = content[:_OFFICE_WITHIN]
        return Kind.OFFICE_DOCUMENT if any(mark in head for mark in _OFFICE) else Kind.ZIP
    for first, kind in _FIRST_BYTES:
        if content.startswith(first):
            return kind
    return _kind_by_later_bytes(content)


def _kind_by_later_bytes(content: bytes) -> Kind:
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Kind.HEIF
    if content.startswith(b"BM") and int.from_bytes(content[14:18], "little") in _BMP_HEADERS:
        return Kind.BMP
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return Kind.PDF
    if _begins_a_data_set(content):
        return Kind.DICOM
    return Kind.TEXT if _is_text(content[:_TEXT_LOOKED_AT]) else Kind.UNKNOWN


def _begins_a_data_set(content: bytes) -> bool:
    """Whether it begins like a DICOM data set without the preamble, as exporters from before PS3.10 wrote them."""
    for order in "<>":
        try:
            group, element = struct.unpack_from(f"{order}HH", content)
            (length,) = struct.unpack_from(f"{order}I", content, 4)
        except struct.error:
            return False
        if group not in _FIRST_GROUPS or element > _FIRST_ELEMENT_MOST:
            continue
        if content[4:6] in _VALUE_REPRESENTATIONS:
            return True
        if order == "<" and length % 2 == 0 and length <= min(_FIRST_VALUE_MOST, len(content) - 8):
            return True
    return False


def _is_text(head: bytes) -> bool:
    """Whether it is text in UTF-8 (or ASCII): readable, and of no use as a radiograph."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a letter cut off at the end is none the less a letter
            return False
    return all(byte >= ord(" ") or byte in _CONTROL_IN_TEXT for byte in head)
