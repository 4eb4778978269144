"""Parts: a multipart/related body as it arrives, each part streamed into a blob of its own (PS3.18 8.6.1, RFC 2387)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from apexproof.reading.dicom.instance import Failure, InstanceRefused
from apexproof.store.blobs import Blob, FileTooLarge, IncomingBlob
from api.problems import BodyTooLarge, MediaTypeUnsupported, StudyUnusable
from api.uploads import pour

DICOM = "application/dicom"
RELATED = "multipart/related"
PARTS_MOST = 2000
_BOUNDARY_MOST = 70  # RFC 2046, 5.1.1
_PREAMBLE_MOST = 64 * 1024
_WAY_OUT = f'send {RELATED}; type="{DICOM}", each instance as a part of its own'


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts.

    Raises:
        MediaTypeUnsupported: the body is something else than DICOM files.
        StudyUnusable: it says not what stands between them.
    """
    media_type, options = parse_options_header(content_type)
    kind = options.get(b"type", DICOM.encode()).decode("latin-1").lower()
    if media_type.decode("latin-1").lower() != RELATED or kind != DICOM:
        raise MediaTypeUnsupported(f"This is taken in one form only; {_WAY_OUT}.")
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _BOUNDARY_MOST:
        raise StudyUnusable(f"The content type states no boundary of 1 to {_BOUNDARY_MOST} characters.")
    return boundary


class Parts:
    """The parts that came: each a blob that is kept, or refused with its reason. What was not kept leaves nothing."""

    def __init__(self, boundary: bytes, incoming: Callable[[], IncomingBlob], *, most: int) -> None:
        self.kept: list[Blob | InstanceRefused] = []
        self._open, self._most, self._size = incoming, most, 0
        self._stack = ExitStack()
        self._part: IncomingBlob | None = None
        self._refused: InstanceRefused | None = None
        self._name, self._value, self._ended = b"", b"", False
        self._first = b"--" + boundary
        self._preamble: bytes | None = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header,
                "on_part_data": self._octets,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        """Take in the body.

        Raises:
            StudyUnusable: it is damaged or broken off.
            BodyTooLarge: it is larger, or has more parts, than is taken.
            MediaTypeUnsupported: a part is no DICOM file by its own word.
        """
        with self._stack:
            await pour(stream, self.write)
        if not self._ended or not self.kept:
            raise StudyUnusable(f"The body holds no part, or was broken off; {_WAY_OUT}.")

    def write(self, octets: bytes) -> None:
        """Take in the next bytes of it."""
        self._size += len(octets)
        if self._size > self._most:
            raise BodyTooLarge(f"The body is larger than {self._most} bytes; send the instances in several requests.")
        try:
            self._parser.write(self._behind_preamble(octets))
        except FormParserError:
            raise StudyUnusable(f"The body is damaged, or its boundary is another; {_WAY_OUT}.") from None

    def _behind_preamble(self, octets: bytes) -> bytes:
        """What comes from the first boundary on; what stands before it means nothing (RFC 2046, 5.1.1)."""
        if self._preamble is None:
            return octets
        begun = (self._preamble or b"\r\n") + octets
        at = begun.find(b"\r\n" + self._first)
        if 0 <= at <= _PREAMBLE_MOST:
            self._preamble = None
            return begun[at + 2 :]
        if len(begun) > _PREAMBLE_MOST:
            raise StudyUnusable(f"The body's boundary is another than its content type states; {_WAY_OUT}.")
        self._preamble = begun
        return b""

    def _begin(self) -> None:
        if len(self.kept) >= PARTS_MOST:
            raise BodyTooLarge(f"The body has more than {PARTS_MOST} parts; send the instances in several requests.")
        self._refused = None
        self._part = self._stack.enter_context(self._open())

    def _header_name(self, octets: bytes, start: int, end: int) -> None:
        self._name += octets[start:end]

    def _header_value(self, octets: bytes, start: int, end: int) -> None:
        self._value += octets[start:end]

    def _header(self) -> None:
        name, value = self._name.lower(), self._value
        self._name, self._value = b"", b""
        if name == b"content-type" and parse_options_header(value)[0].lower() != DICOM.encode():
            raise MediaTypeUnsupported(f"A part is not {DICOM}; {_WAY_OUT}.")

    def _octets(self, octets: bytes, start: int, end: int) -> None:
        if self._part is None or self._refused is not None:
            return
        try:
            self._part.write(octets[start:end])
        except FileTooLarge as error:
            self._refused = InstanceRefused(Failure.OUT_OF_RESOURCES, str(error))

    def _end_part(self) -> None:
        if self._part is None:
            return
        if self._refused is None and not self._part.size:
            self._refused = InstanceRefused(Failure.CANNOT_UNDERSTAND, "The part is empty.")
        self.kept.append(self._refused or self._part.keep())
        self._part = None
        self._stack.close()

    def _end(self) -> None:
        self._ended = True
