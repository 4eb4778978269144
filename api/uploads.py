"""Uploads: one file as it arrives, streamed into the blobs; it is never held in memory, and never written twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO

from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from apexproof.store.blobs import Blob, IncomingBlob, room
from api.problems import BodyTooLarge, MediaTypeUnsupported, UploadUnusable

MULTIPART = "multipart/form-data"
_AT_ONCE = 1024**2  # bytes that are gathered before they are written
_FIELD_MOST = 64 * 1024
_NAME_MOST = 255
_HEAD = 64  # bytes that tell one kind of document from another
_FIELDS = ("declared", "control_number")
_UNNAMED = "attachment"
_FHIR = ("application/fhir+json", "application/json")


@dataclass(slots=True, kw_only=True)
class Form:
    """What came of a form: the file's name, and the fields beside it."""

    file_name: str = ""
    fields: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A field as text; None when it did not come or is empty."""
        try:
            return self.fields.get(name, b"").decode() or None
        except UnicodeDecodeError:
            raise UploadUnusable(f"The field '{name}' is not UTF-8 text.") from None


class _FormReader:
    """Reads a form: its one file goes into the blob, its fields are kept."""

    def __init__(self, boundary: bytes, incoming: IncomingBlob) -> None:
        self.form = Form()
        self.files = 0
        self.ended = False
        self._incoming = incoming
        self._headers: dict[bytes, bytes] = {}
        self._header_name, self._header_value = b"", b""
        self._field: str | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._value,
                "on_header_end": self._header,
                "on_headers_finished": self._headers_done,
                "on_part_data": self._octets,
                "on_end": self._end,
            },
        )

    def write(self, octets: bytes) -> None:
        try:
            self._parser.write(octets)
        except FormParserError:
            raise UploadUnusable("The form is broken off or damaged; send it again.") from None

    def _begin(self) -> None:
        self._headers = {}
        self._field = None

    def _name(self, octets: bytes, start: int, end: int) -> None:
        self._header_name += octets[start:end]

    def _value(self, octets: bytes, start: int, end: int) -> None:
        self._header_value += octets[start:end]

    def _header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name, self._header_value = b"", b""

    def _headers_done(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == "file":
            self.files += 1
            if self.files > 1:
                raise UploadUnusable("The form holds several files; send each on its own.")
            self.form.file_name = plain_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        elif name in _FIELDS and name not in self.form.fields:
            self._field = name
            self.form.fields[name] = b""
        else:
            raise UploadUnusable("The form has a field of no known name, or one twice; send 'file' and 'declared'.")

    def _octets(self, octets: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._incoming.write(octets[start:end])
            return
        self.form.fields[self._field] += octets[start:end]
        if len(self.form.fields[self._field]) > _FIELD_MOST:
            raise BodyTooLarge(f"The field '{self._field}' is larger than {_FIELD_MOST} bytes.")

    def _end(self) -> None:
        self.ended = True


Keeping = Callable[[], Blob]
"""Keeps what came, in a thread: the disk is waited for."""


async def take_form(content_type: str, stream: AsyncIterator[bytes], incoming: IncomingBlob) -> tuple[Form, Keeping]:
    """Take in a form with one file and perhaps what is declared of it; the file is still to be kept.

    Raises:
        UploadUnusable: it is no such form.
        FileTooLarge: the file is larger than is taken.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise UploadUnusable("The form states no boundary.")
    reader = _FormReader(boundary, incoming)
    await pour(stream, reader.write)
    if not reader.ended or not reader.files:
        raise UploadUnusable("The form holds no file, or was broken off; send the field 'file' and end the form.")
    return reader.form, partial(_keep, incoming)


async def take_stream(stream: AsyncIterator[bytes], incoming: IncomingBlob) -> Keeping:
    """Take in a request whose body is the file, which is still to be kept.

    Raises:
        FileTooLarge: the file is larger than is taken.
    """
    return partial(_keep, incoming, await _pour_but_rest(stream, incoming.write))


async def opened(stream: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """How a request begins, and the whole of it to be taken in."""
    head = b""
    async for octets in stream:
        head += octets
        if len(head) >= _HEAD:
            break

    async def whole() -> AsyncIterator[bytes]:
        if head:
            yield head
        async for octets in stream:
            yield octets

    return head, whole()


@asynccontextmanager
async def aside(stream: AsyncIterator[bytes], *, most: int, folder: Path) -> AsyncIterator[mmap | bytes]:
    """A request as it lies in a file without a name, in that folder, while the block lasts.

    Raises:
        BodyTooLarge: it is larger than that.
        StorageFull: there is no room for it.
    """
    with room(), _nameless(folder) as file:
        size = 0

        def write(octets: bytes) -> None:
            nonlocal size
            size += len(octets)
            if size > most:
                raise BodyTooLarge(f"The request is larger than {most} bytes; send it in several.")
            file.write(octets)

        await pour(stream, write)
        await run_in_threadpool(file.flush)
        if not size:
            yield b""
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as octets:
            yield octets


def _nameless(folder: Path) -> IO[bytes]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return TemporaryFile(dir=folder)


async def take_document(stream: AsyncIterator[bytes], *, most: int) -> bytes:
    """Take in a document, which is small enough to be held.

    Raises:
        BodyTooLarge: it is not.
    """
    document = bytearray()
    async for octets in stream:
        document += octets
        if len(document) > most:
            raise BodyTooLarge(f"The request is larger than {most} bytes, which no claim is.")
    return bytes(document)


def plain_name(name: str) -> str:
    """The last step of a file's name, without what steers a terminal, and not longer than a name may be."""
    last = PurePosixPath(name.replace("\\", "/")).name
    readable = "".join(letter for letter in last if letter.isprintable())
    return readable[-_NAME_MOST:] if readable.strip(".") else _UNNAMED


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether a request is a form."""
    return headers.get("content-type", "").lower().startswith(MULTIPART)


def demand_fhir(headers: Mapping[str, str]) -> None:
    """Refuse a body that is not said to be FHIR as JSON.

    Raises:
        MediaTypeUnsupported: it is not.
    """
    if headers.get("content-type", "").partition(";")[0].strip().lower() not in _FHIR:
        raise MediaTypeUnsupported("A resource of FHIR comes as 'application/fhir+json'.")


async def pour(stream: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    """Write what comes, each part while the next one is coming."""
    if rest := await _pour_but_rest(stream, write):
        await run_in_threadpool(write, rest)


async def _pour_but_rest(stream: AsyncIterator[bytes], write: Callable[[bytes], None]) -> bytes:
    writing: asyncio.Task[None] | None = None
    gathered: list[bytes] = []
    size = 0
    try:
        async for octets in stream:
            gathered.append(octets)
            size += len(octets)
            if size >= _AT_ONCE:
                if writing is not None:
                    await writing
                writing = asyncio.create_task(run_in_threadpool(write, b"".join(gathered)))
                gathered, size = [], 0
    finally:
        if writing is not None:
            await writing
    return b"".join(gathered)


def _keep(incoming: IncomingBlob, rest: bytes = b"") -> Blob:
    if rest:
        incoming.write(rest)
    if not incoming.size:
        raise UploadUnusable("The file is empty; copy or export it again.")
    return incoming.keep()
