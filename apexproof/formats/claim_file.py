"""Claim file: claims in whichever format they come; the content tells which, not the name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from tempfile import mkstemp

from apexproof.claim import Claim
from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.embedded import LARGEST_RESOURCE, Base64Unusable
from apexproof.formats.fhir.read_claim import Fault, ReadClaim, is_resource, read_resource
from apexproof.formats.native import claim_of, parse_documents
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12 import envelope
from apexproof.formats.x12.read_837d import read_claims
from apexproof.formats.x12.segments import is_interchange

_START = 64
_BESIDE = "this file was left out; put it beside the claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """The claims of a file, what of it could not be used, each in one sentence, and the files that came in it."""

    claims: tuple[Claim, ...]
    faults: tuple[str, ...]
    files: tuple[Unpacked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A file that came in a claim file, where it was unpacked to."""

    path: Path
    name: str


def read_claim_file(stream: BufferedReader, *, origin: str, unpack: Path | None = None) -> ClaimFile:
    """Read all claims of a file; files in it are put into a folder, or left out when there is none.

    Raises:
        ClaimUnusable: it holds no claims, or cannot be read to its end.
    """
    documents: dict[str, ClaimDocument] = {}
    faults: list[str] = []
    files: list[Unpacked] = []
    for found in read_documents(stream, origin=origin, unpack=unpack):
        if isinstance(found, str):
            faults.append(found)
        elif isinstance(found, Unpacked):
            files.append(found)
        elif found.claim_number in documents:
            faults.append(f"Claim {found.claim_number} stands in the file twice; the second one was left out.")
        else:
            documents[found.claim_number] = found
    if not documents:
        raise ClaimUnusable(origin=origin, reason=" ".join(["it holds no dental claim that can be used.", *faults[:1]]))
    claims = tuple(claim_of(document) for document in documents.values())
    return ClaimFile(claims=claims, faults=tuple(faults), files=tuple(files))


def read_documents(
    stream: BufferedReader, *, origin: str, unpack: Path | None = None
) -> Iterator[ClaimDocument | str | Unpacked]:
    """Read a file claim by claim, however large it is; a string says what could not be used.

    Raises:
        ClaimUnusable: it is no claim file, or cannot be read any further.
    """
    if not is_interchange(stream.peek(_START)):
        content = stream.read(LARGEST_RESOURCE + 1)
        if is_resource(content):
            yield from _read_resource(content, origin, unpack)
        else:
            yield from parse_documents(content, origin=origin)
        return
    for found in read_claims(stream, origin=origin):
        if isinstance(found, envelope.Fault):
            yield str(found)
            continue
        yield found.document
        for left_out in found.left_out:
            yield f"Segment {found.position}: claim {found.document.claim_number} was read without {left_out}."


def _read_resource(content: bytes, origin: str, unpack: Path | None) -> Iterator[ClaimDocument | str | Unpacked]:
    if len(content) > LARGEST_RESOURCE:
        raise ClaimUnusable(origin=origin, reason=f"it is larger than {LARGEST_RESOURCE // 1024**2} MiB")
    for found in read_resource(content, origin=origin):
        if isinstance(found, Fault):
            yield str(found)
        elif unpack is None:
            yield found.document
            yield from found.left_out
            yield from (f"{file.place}: {_BESIDE}" for file in found.files.values())
        else:
            yield from _unpacked(found, unpack)


def _unpacked(found: ReadClaim, folder: Path) -> Iterator[ClaimDocument | str | Unpacked]:
    hashes: dict[int, str] = {}
    for index, file in found.files.items():
        descriptor, path = mkstemp(dir=folder)
        digest = sha256()
        try:
            with os.fdopen(descriptor, "wb") as out:
                for piece in file.pieces():
                    out.write(piece)
                    digest.update(piece)
        except Base64Unusable as error:
            yield str(Fault(reason=f"{file.place}: {error}", claim=found.document.claim_number))
            return
        hashes[index] = digest.hexdigest()
        yield Unpacked(path=Path(path), name=file.name)
    yield found.attached(hashes)
    yield from found.left_out
