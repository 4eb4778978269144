"""Exif: what a camera, a scanner or a program wrote beside the pixels of a JPEG, PNG, TIFF or WebP.

Tags and their meaning are those of the Exif standard (CIPA DC-008). Any program may rewrite them and most drop them, so
nothing in here is stronger than free text. `DateTime` (0x0132) is the day of the last change and no evidence: it is
not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from PIL import Image

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.view import View, ViewStatement

_PHOTO_IFD, _GPS_IFD = 0x8769, 0x8825
_MAKE, _MODEL, ORIENTATION = 0x010F, 0x0110, 0x0112
_ORIGINAL, _ORIGINAL_OFFSET = 0x9003, 0x9011
_DIGITIZED, _DIGITIZED_OFFSET = 0x9004, 0x9012
# ExposureTime, FNumber, FocalLength, LensModel: only a device with a lens writes them.
_LENS_TAGS = (0x829A, 0x829D, 0x920A, 0xA434)
_CAMERA_MAKES = (
    "apple",
    "canon",
    "fujifilm",
    "google",
    "htc",
    "huawei",
    "lge",
    "motorola",
    "nikon",
    "olympus",
    "oneplus",
    "panasonic",
    "pentax",
    "ricoh",
    "samsung",
    "sony",
    "xiaomi",
)
_SCANNER_MAKES = ("brother", "epson", "fujitsu", "hewlett", "hp", "microtek", "mustek", "plustek", "umax")
_SCANNER_MODEL = re.compile(r"scan|lide", re.IGNORECASE)
_TEXTS = (
    (0x010E, "EXIF ImageDescription"),
    (0x9C9B, "EXIF XPTitle"),
    (0x9C9F, "EXIF XPSubject"),
    (0x9C9C, "EXIF XPComment"),
    (0x9C9E, "EXIF XPKeywords"),
)
_USER_COMMENT = 0x9286
_USER_COMMENT_CODES = {b"ASCII\0\0\0": "latin-1", b"UNICODE\0": "utf-16", b"\0" * 8: "latin-1"}
_UTF_16_TAGS = range(0x9C9B, 0x9CA0)  # Windows writes these in UTF-16LE
_DATE = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
# What clocks show that were never set, and what programs write that must write something.
_UNSET_DAYS = frozenset({(1900, 1, 1), (1904, 1, 1), (1970, 1, 1), (1980, 1, 1)})
_YEARS_OF_RADIOGRAPHS = range(1895, 2200)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """The tags of one picture: those of the image, those of the exposure, and whether a position is among them."""

    image: Mapping[int, object] = field(default_factory=dict)
    photo: Mapping[int, object] = field(default_factory=dict)
    located: bool = False

    @classmethod
    def of(cls, tags: Image.Exif) -> Exif:
        """Take the tags from Pillow. Whatever error a malformed block raises is the caller's."""
        return cls(image=dict(tags), photo=dict(tags.get_ifd(_PHOTO_IFD)), located=bool(tags.get_ifd(_GPS_IFD)))

    @property
    def by_camera(self) -> bool:
        """Whether a camera or a phone made it: what it shows is then a film or a screen, photographed."""
        lens = self.located or any(tag in self.photo for tag in _LENS_TAGS)
        return lens or (self._make.startswith(_CAMERA_MAKES) and not self.by_scanner)

    @property
    def by_scanner(self) -> bool:
        """Whether a flatbed scanner made it."""
        return self._make.startswith(_SCANNER_MAKES) or bool(_SCANNER_MODEL.search(_text(self.image.get(_MODEL))))

    @property
    def _make(self) -> str:
        return _text(self.image.get(_MAKE)).casefold()

    def exposure(self) -> Iterator[Observation[ExposureInterval]]:
        """When the radiograph can have been exposed, as far as the tags bound it.

        A camera or scanner saw the film after it was exposed: its date only says `not later than`. So does the date
        of digitization, whoever made the picture.
        """
        copied = self.by_camera or self.by_scanner
        for tag, offset, name, bound in (
            (_ORIGINAL, _ORIGINAL_OFFSET, "EXIF DateTimeOriginal", copied),
            (_DIGITIZED, _DIGITIZED_OFFSET, "EXIF DateTimeDigitized", True),
        ):
            written = _text(self.photo.get(tag))
            if written:
                yield _moment(written, _text(self.photo.get(offset)), source=name, upper_bound=bound)

    def view(self) -> Iterator[Observation[ViewStatement]]:
        """A guess that it is a photograph, when a camera made it."""
        if self.by_camera:
            yield Observation(
                value=ViewStatement(possible=frozenset({View.PHOTOGRAPH})),
                source="EXIF, written by a camera",
                strength=Strength.BOUND,
            )

    def texts(self) -> Iterator[tuple[str, str]]:
        """Words that somebody may have typed, each with its source."""
        for tag, source in _TEXTS:
            value = self.image.get(tag)
            if isinstance(value, (bytes, tuple)) and tag in _UTF_16_TAGS:
                yield source, _octets(value).decode("utf-16-le", "replace").strip("\0 ")
            else:
                yield source, _text(value)
        comment = _octets(self.photo.get(_USER_COMMENT))
        encoding = _USER_COMMENT_CODES.get(comment[:8])
        if encoding:
            yield "EXIF UserComment", comment[8:].decode(encoding, "replace").strip("\0 ")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip("\0 \t\r\n") if isinstance(value, str) else ""


def _octets(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("latin-1", "replace")
    if isinstance(value, tuple) and all(isinstance(octet, int) and 0 <= octet <= 0xFF for octet in value):  # noqa: PLR2004 - a byte
        return bytes(value)
    return value if isinstance(value, bytes) else b""


def _moment(written: str, offset: str, *, source: str, upper_bound: bool) -> Observation[ExposureInterval]:
    """What a date tag says. Midnight to the second is what programs write that know no time: the whole day."""
    read = _interval(written, offset)
    if isinstance(read, str):
        return Observation(value=None, source=source, strength=Strength.FREE_TEXT, note=read)
    return Observation(value=read.as_upper_bound() if upper_bound else read, source=source, strength=Strength.FREE_TEXT)


def _interval(written: str, offset: str) -> ExposureInterval | str:
    """The interval, or why there is none."""
    match = _DATE.match(written)
    if match is None:
        return "this is not a date"
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if (year, month, day) in _UNSET_DAYS or not any((year, month, day)):
        return "a clock that was never set shows this date"
    if year not in _YEARS_OF_RADIOGRAPHS:
        return "no radiograph can be of this date"
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset))
    except ValueError:
        return "there is no such date"
    if (hour, minute, second) == (0, 0, 0):
        return ExposureInterval.at(moment, precision=_DAY)
    return ExposureInterval.at(moment, precision=timedelta(seconds=1) if match[6] else timedelta(minutes=1))


def _zone(offset: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(offset)
    if match is None:
        return UTC if offset == "Z" else None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-ahead if match[1] == "-" else ahead) if ahead < _DAY else None
