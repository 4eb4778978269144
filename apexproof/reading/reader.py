"""Reader: a file's bytes, told by kind, given to the reader of that kind; whatever goes wrong becomes a fault.

`read_file` reads in this process. Files of strangers are read through a `Sandbox`, whose child calls the same
functions. A kind's libraries are imported when its first file comes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from apexproof.errors import ReadingFailed
from apexproof.radiograph import FileReading, Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.beside import beside
from apexproof.reading.kind import Kind, kind_of
from apexproof.reading.part import Depth, Limits, Part, Read

_NO_PICTURE = {
    Kind.EMPTY: ("empty", "This file is empty; copy or export it again."),
    Kind.HEIF: ("unsupported", "This photograph is in HEIF, which is not read; export it as a JPEG."),
    Kind.OFFICE_DOCUMENT: (
        "unsupported",
        "This is an office document, which is not read; attach the image itself, or save the document as a PDF.",
    ),
    Kind.OTHER_ARCHIVE: ("unsupported", "This archive is of a kind that is not read; pack it as a ZIP."),
    Kind.TEXT: ("unknown_kind", "This is text and holds no picture; attach the radiograph."),
    Kind.UNKNOWN: (
        "unknown_kind",
        "This is none of the kinds of file that are read; export the image as DICOM, JPEG, PNG, TIFF or PDF.",
    ),
}
_NOT_OPENED = {
    errno.ENOENT: ("not_found", "There is no such file; check its name and place."),
    errno.ELOOP: ("not_a_file", "This link leads round in a circle; name the file itself."),
    errno.EACCES: ("no_permission", "This file may not be read by the user who runs this; change its permissions."),
    errno.EPERM: ("no_permission", "This file may not be read by the user who runs this; change its permissions."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of a file with their kind and hash: all that is known of it before anything in it is believed."""

    octets: bytes
    kind: Kind
    hashing: Future[str]

    @property
    def sha256(self) -> str:
        """The hash of the bytes; it is worked out beside the reading of them."""
        return self.hashing.result()


def open_file(path: Path) -> int:
    """Open a file for reading and return its descriptor; a pipe or a device is refused, and never waited for.

    A symbolic link that a person names is followed; what it leads to must be a file.

    Raises:
        ReadingFailed: it cannot be opened or is no file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        code = error.errno if isinstance(error, OSError) else errno.ENOENT  # a name with a NUL names nothing
        fault, message = _NOT_OPENED.get(code or 0, ("not_opened", "This file cannot be opened; copy it again."))
        raise ReadingFailed(fault, message) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadingFailed("not_a_file", "This is no ordinary file (a folder, pipe or device); name the image itself.")
    return descriptor


def load(descriptor: int, limits: Limits) -> Content:
    """Read an open file from its beginning.

    Raises:
        ReadingFailed: it is larger than is read, or the disk fails.
    """
    size = os.fstat(descriptor).st_size
    if size > limits.file_bytes:
        raise ReadingFailed(
            "too_large",
            f"This file is larger than {limits.file_bytes // 1024**2} MiB and was not read; attach the image alone.",
        )
    try:
        octets = _exactly(descriptor, size)
    except OSError:
        raise ReadingFailed("not_opened", "This file cannot be read from its disk; copy it again.") from None
    return Content(octets=octets, kind=kind_of(octets), hashing=beside(_sha256, octets))


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _exactly(descriptor: int, size: int) -> bytes:
    """The first `size` bytes, fewer when the file shrinks meanwhile; in one piece, so nothing is copied twice."""
    octets = os.pread(descriptor, size, 0)
    while len(octets) < size and (more := os.pread(descriptor, size - len(octets), len(octets))):
        octets += more
    return octets


def read_content(content: Content, *, limits: Limits, depth: Depth, enter: Callable[[str], bool]) -> Read:
    """All pictures and faults of a file, up to the limit of pictures."""
    part = Part(content=content.octets, place="", limits=limits, depth=depth, enter=enter)
    pictures = 0
    for found in read_part(part):
        pictures += isinstance(found, Radiograph)
        if pictures > limits.pictures:
            yield _pictures_left(limits)
            return
        yield found


def read_part(part: Part) -> Read:
    """What one part holds. It never raises: an error becomes a fault at the part's place."""
    if part.enter(part.place):
        yield from attempt(part.place, partial(_read_by_kind, part))


def _read_by_kind(part: Part) -> Read:
    kind = kind_of(part.content)
    match kind:
        case Kind.DICOM:
            yield from _read_dicom(part)
        case Kind.JPEG | Kind.PNG | Kind.TIFF | Kind.BMP | Kind.GIF | Kind.WEBP | Kind.JPEG2000:
            yield from _read_raster(part)
        case Kind.PDF:
            yield from _read_pdf(part)
        case Kind.ZIP:
            yield from _read_archive(part)
        case _:
            fault, message = _NO_PICTURE[kind]
            # What lies beside the pictures of an archive, such as a viewer, costs none of them.
            yield ReadingFault(fault=fault, message=message, place=part.place, fatal=not part.nesting)


def _read_dicom(part: Part) -> Read:
    from apexproof.reading.dicom.file import read_dicom  # noqa: PLC0415 - pydicom takes a quarter of a second

    return read_dicom(part, read_member=read_part)


def _read_raster(part: Part) -> Read:
    from apexproof.reading.raster import read_raster  # noqa: PLC0415 - Pillow and OpenCV, likewise

    return read_raster(part)


def _read_pdf(part: Part) -> Read:
    from apexproof.reading.pdf import read_pdf  # noqa: PLC0415 - pdfium, likewise

    return read_pdf(part)


def _read_archive(part: Part) -> Read:
    from apexproof.reading.archive import read_archive  # noqa: PLC0415 - zipfile, likewise

    return read_archive(part, read_member=read_part)


def read_file(path: Path, *, limits: Limits, depth: Depth = Depth.PIXELS) -> FileReading:
    """Read a file in this process, with no protection but the limits that readers check themselves."""
    try:
        descriptor = open_file(path)
    except ReadingFailed as error:
        return unread(error)
    try:
        content = load(descriptor, limits)
    except ReadingFailed as error:
        return unread(error, size=os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    found = tuple(read_content(content, limits=limits, depth=depth, enter=lambda _: True))
    return FileReading(
        sha256=content.sha256,
        size=len(content.octets),
        kind=content.kind,
        radiographs=tuple(picture for picture in found if isinstance(picture, Radiograph)),
        faults=tuple(fault for fault in found if isinstance(fault, ReadingFault)),
    )


def unread(error: ReadingFailed, *, size: int = 0) -> FileReading:
    """The reading of a file of which not one byte was read: its hash is not known and stays empty."""
    fault = ReadingFault(fault=error.fault, message=str(error))
    return FileReading(sha256="", size=size, kind=Kind.UNKNOWN, faults=(fault,))


def _pictures_left(limits: Limits) -> ReadingFault:
    return ReadingFault(
        fault="too_many_pictures",
        message=f"Only the first {limits.pictures} pictures of this file were read; attach the image on its own.",
    )
