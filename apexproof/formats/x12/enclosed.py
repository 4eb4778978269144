"""Enclosed: the files in the body of an attachment (BIN or BDS): MIME, a CDA document around an image, or bare.

    filter (BDS01)      ASC as it is, B64 and HDX decoded; with B64 some senders mean the parts inside (the guide of
                        UnitedHealthcare shows MIME there), so what begins like MIME is MIME
    MIME                each part by itself, with the encoding that it states
    CDA, C-CDA          what stands inline: `text` or `value` with representation="B64" (Unstructured Document)

Letters and the CDA document itself are no pictures and are not taken out; the interchange keeps them. What a file is,
its reader finds out: a declared type only gives it a name. Everything here makes a body smaller, never larger, so the
limit of a segment bounds it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from xml.parsers import expat

from apexproof.errors import ApexproofError

FILES_MOST = 100
_DEEPEST = 200  # elements of a document within each other
_MIME = re.compile(rb"\s*(MIME-Version|Content-[A-Za-z-]+)\s*:", re.IGNORECASE)
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]{64,}")
_NO_PICTURES = ("text", "message")
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/hl7-sda+xml", "application/cda+xml"})
_INLINE = frozenset({"text", "value"})
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "application/pdf": "pdf",
    "application/dicom": "dcm",
    "application/zip": "zip",
}
_NAME_MOST = 200


class BodyUnusable(ApexproofError):
    """The body of an attachment cannot be taken apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedFile:
    """A file that was in a body, by the name that its sender gave it, else by its type."""

    name: str
    content: bytes = field(repr=False)


def enclosed_files(body: bytes, coding: str = "") -> tuple[EnclosedFile, ...]:
    """The files in a body that came under a filter (BDS01; empty for BIN, which has none).

    Raises:
        BodyUnusable: it cannot be taken apart, or holds no file.
    """
    files: list[EnclosedFile] = []
    for name, media_type, content in _parts(_decoded(body, coding)):
        if len(files) == FILES_MOST:
            raise BodyUnusable(f"it holds more than {FILES_MOST} files")
        files.append(EnclosedFile(name=_name(name, media_type, len(files) + 1), content=content))
    if not files:
        raise BodyUnusable("it holds no picture and no document that could hold one")
    return tuple(files)


def _decoded(body: bytes, coding: str) -> bytes:
    if _MIME.match(body) or _XML.match(body):
        return body
    if coding == "HDX":
        try:
            return binascii.unhexlify(b"".join(body.split()))
        except binascii.Error:
            raise BodyUnusable("it is no hexadecimal text, as its filter (HDX) says") from None
    if coding == "B64" or (coding in {"", "ASC"} and _BASE64.fullmatch(body)):
        return _from_base64(body)
    if coding not in {"", "ASC", "ASB"}:
        raise BodyUnusable("its filter is none of ASC, B64 and HDX")
    return body


def _parts(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, declared type and content of each file."""
    if _MIME.match(body):
        yield from _mime_parts(body.lstrip())
    elif _XML.match(body):
        yield from _inline_parts(body)
    elif body.strip():
        yield "", "", body


def _mime_parts(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    with _damage_named():
        message = message_from_bytes(body, _class=EmailMessage, policy=default)
        parts = [part for part in message.walk() if not part.is_multipart()]
    for part in parts:
        with _damage_named():
            media_type, name, content = part.get_content_type(), part.get_filename(), part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content.strip():
            continue
        if media_type in _XML_TYPES or _XML.match(content[:200]):
            yield from _inline_parts(content)
        elif media_type.partition("/")[0] not in _NO_PICTURES:
            yield name or "", media_type, content


@contextmanager
def _damage_named() -> Iterator[None]:
    """Say that MIME is damaged: on headers that nobody would write Python's parser breaks in ways of its own."""
    try:
        yield
    except RecursionError:
        raise BodyUnusable("its MIME parts are nested too deeply") from None
    except Exception:  # noqa: BLE001 - IndexError and AttributeError among them
        raise BodyUnusable("the headers of its MIME parts are damaged") from None


def _inline_parts(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    document = _Document()
    document.read(body)
    for media_type, content in document.found:
        yield "", media_type, _from_base64(content)


class _Document:
    """Reads an XML document for what is inline in it. A document type is refused, so that there are no entities."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bytes]] = []
        self._depth = 0
        self._inline_at = 0
        self._media_type = ""
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, body: bytes) -> None:
        """Read it whole."""
        try:
            self._parser.Parse(body, True)  # noqa: FBT003 - expat's own way to say that this is all
        except (expat.ExpatError, ValueError, LookupError):
            raise BodyUnusable("its XML document is damaged") from None

    def _doctype(self, *_told: object) -> None:
        raise BodyUnusable("its XML document has a document type (DTD), which is refused")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BodyUnusable("its XML document is nested too deeply")
        if self._inline_at or name.rpartition(" ")[2] not in _INLINE or attributes.get("representation") != "B64":
            return
        if attributes.get("compression"):
            raise BodyUnusable("a file in its document is compressed (@compression); send it as it is")
        self._inline_at = self._depth
        self._media_type = attributes.get("mediaType", "")
        self._text = []

    def _characters(self, text: str) -> None:
        if self._inline_at:
            self._text.append(text)

    def _end(self, _name: str) -> None:
        if self._depth == self._inline_at:
            self._inline_at = 0
            content = "".join(self._text).encode("ascii", "replace")
            if content.strip():
                self.found.append((self._media_type, content))
        self._depth -= 1


def _from_base64(content: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise BodyUnusable("a file in it is no whole base64 text; send it again") from None


def _name(given: str, media_type: str, number: int) -> str:
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable())[-_NAME_MOST:]
    return plain or f"enclosed-{number}.{_ENDINGS.get(media_type.lower(), 'bin')}"
