"""ZIP archives: their members one after the other, each told by its content, within bounds that count all nesting.

Nothing is ever written to disk and no name in an archive is followed. A DICOMDIR is read like any member: what it says
of the other files is not trusted.
"""

from __future__ import annotations

import io
import itertools
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial

from apexproof.errors import ReadingFailed
from apexproof.radiograph import ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.kind import Kind, kind_of
from apexproof.reading.part import Part, Read, Reader

_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE 4.4.4)
_UNIX = 3  # "version made by": the upper half of the external attributes is then a Unix mode (APPNOTE 4.4.2)
# The two methods that archivers of today write. bzip2 and LZMA cannot be unpacked in bounded steps.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCAL_HEADER = 30  # bytes before the name (APPNOTE 4.3.7)
_LOCAL_LENGTHS = struct.Struct("<26xHH")
_STEP = 1024**2
_RATIO_FROM = 1024**2  # bytes; below that a ratio hurts nobody
_LONGEST_NAME = 120
# What operating systems leave behind: no sender put it there.
_LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError)


@dataclass(slots=True, kw_only=True)
class _Budget:
    """What the archives of one file may still cost, all nesting together."""

    members: int
    unpacked_bytes: int


def read_archive(part: Part, *, read_member: Reader) -> Read:
    """Everything in the archive and in the archives within it; `read_member` reads what is no archive itself."""
    budget = _Budget(members=part.limits.members, unpacked_bytes=part.limits.unpacked_bytes)
    yield from _walk(part, budget, read_member)


def _walk(part: Part, budget: _Budget, read_member: Reader) -> Read:
    archive = _opened(part.content)
    members = [member for member in archive.infolist() if not member.is_dir() and not _LITTER.search(member.filename)]
    if not members:
        raise ReadingFailed("empty_archive", "This archive holds no file; pack it again with the image in it.")
    overlapping = _overlapping(archive, part.content)
    if overlapping:
        yield _overlap(part)
    members = [member for member in members if member.header_offset not in overlapping]
    taken: set[str] = set()
    for number, member in enumerate(members):
        if not budget.members:
            yield _members_left(part, len(members) - number)
            return
        budget.members -= 1
        name = _shown(member, taken)
        place = part.within(name, b"").place
        yield from attempt(place, partial(_read_member, part, archive, member, name, budget, read_member))


def _read_member(
    part: Part, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: _Budget, read_member: Reader
) -> Read:
    place = part.within(name, b"").place
    if not part.enter(place):
        return
    inner = part.within(name, _unpacked(archive, member, part, budget))
    if kind_of(inner.content) is not Kind.ZIP:
        yield from read_member(inner)
    elif inner.nesting > part.limits.nesting:
        raise ReadingFailed(
            "nested_too_deeply",
            f"Archives lie in archives more than {part.limits.nesting} deep; attach the image itself.",
        )
    else:
        yield from _walk(inner, budget, read_member)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGED:
        raise ReadingFailed(
            "corrupt", "This archive is damaged or cut short and cannot be opened; pack it again."
        ) from None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: Part, budget: _Budget) -> bytes:
    """The content of a member, never more than what is allowed, whatever the archive says its size is."""
    _refuse_by_header(member)
    most = min(part.limits.file_bytes, budget.unpacked_bytes)
    by_ratio = max(_RATIO_FROM, member.compress_size * part.limits.ratio)
    content = bytearray()
    try:
        with archive.open(member) as stream:
            while step := stream.read(_STEP):
                content += step
                if len(content) > most:
                    raise _too_much()
                if len(content) > by_ratio:
                    raise _bomb()
    except _DAMAGED:
        raise ReadingFailed(
            "corrupt", "This member of the archive is damaged and cannot be unpacked; pack it again."
        ) from None
    finally:
        budget.unpacked_bytes -= min(len(content), budget.unpacked_bytes)
    return bytes(content)


def _refuse_by_header(member: zipfile.ZipInfo) -> None:
    if member.create_system == _UNIX and stat.S_ISLNK(member.external_attr >> 16):
        raise ReadingFailed("symlink", "This is a link to another file, which is not followed; pack the file itself.")
    if member.flag_bits & _ENCRYPTED:
        raise ReadingFailed("encrypted", "This is locked with a password; pack it without one and attach it again.")
    if member.compress_type not in _METHODS:
        raise ReadingFailed("unsupported", "This is packed by a method that is not read; pack it as an ordinary ZIP.")


def _overlapping(archive: zipfile.ZipFile, content: bytes) -> frozenset[int]:
    """The offsets of members whose packed bytes run into what follows: one kernel unpacked many times.

    See Fifield, "A better zip bomb" (WOOT 2019). Python's own zipfile looks for it only in its newest releases.
    """
    spans = sorted((member.header_offset, member.compress_size) for member in archive.infolist())
    spans.append((archive.start_dir, 0))
    found = set()
    for (offset, size), (following, _) in itertools.pairwise(spans):
        if offset < 0 or len(content) < offset + _LOCAL_HEADER:
            continue  # zipfile refuses it when it is opened
        name, extra = _LOCAL_LENGTHS.unpack_from(content, offset)
        if offset + _LOCAL_HEADER + name + extra + size > following:
            found |= {offset, following}
    return frozenset(found)


def _shown(member: zipfile.ZipInfo, taken: set[str]) -> str:
    """The name without steps out of the archive and letters that no screen should get: short, and each only once."""
    steps = [step for step in re.split(r"[/\\]+", member.filename) if step not in ("", ".", "..")]
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in "/".join(steps))
    name = plain[-_LONGEST_NAME:] or "file without a name"
    shown = next(n for n in itertools.chain([name], (f"{name} ({i})" for i in itertools.count(2))) if n not in taken)
    taken.add(shown)
    return shown


def _overlap(part: Part) -> ReadingFault:
    return ReadingFault(
        fault="overlapping",
        message="Members of this archive share their bytes, as no real archive's do, and were left unread; "
        "pack it again.",
        place=part.place,
    )


def _too_much() -> ReadingFailed:
    return ReadingFailed("too_large", "This archive unpacks to more than may be read; attach the image on its own.")


def _bomb() -> ReadingFailed:
    return ReadingFailed(
        "ratio", "This unpacks to far more than any image does, and was left unread; attach the image itself."
    )


def _members_left(part: Part, left: int) -> ReadingFault:
    return ReadingFault(
        fault="too_many_members",
        message=f"Only {part.limits.members} files of an archive are read and {left} were left out; "
        "attach the image on its own.",
        place=part.place,
    )
