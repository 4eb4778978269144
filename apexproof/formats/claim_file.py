"""Claim file: claims in whichever format they come; the content tells which, not the name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from apexproof.claim import Claim
from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.read_claim import ReadClaim, is_resource, read_resource
from apexproof.formats.native import LARGEST_DOCUMENT, claim_of, parse_documents
from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.read_837d import read_claims
from apexproof.formats.x12.segments import is_interchange

_START = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """The claims of a file, and what of it could not be used, each in one sentence."""

    claims: tuple[Claim, ...]
    faults: tuple[str, ...]


def read_claim_file(stream: BufferedReader, *, origin: str) -> ClaimFile:
    """Read all claims of a file.

    Raises:
        ClaimUnusable: it holds no claims, or cannot be read to its end.
    """
    documents: dict[str, ClaimDocument] = {}
    faults: list[str] = []
    for found in read_documents(stream, origin=origin):
        if isinstance(found, str):
            faults.append(found)
        elif found.claim_number in documents:
            faults.append(f"Claim {found.claim_number} stands in the file twice; the second one was left out.")
        else:
            documents[found.claim_number] = found
    if not documents:
        raise ClaimUnusable(origin=origin, reason=" ".join(["it holds no dental claim that can be used.", *faults[:1]]))
    return ClaimFile(claims=tuple(claim_of(document) for document in documents.values()), faults=tuple(faults))


def read_documents(stream: BufferedReader, *, origin: str) -> Iterator[ClaimDocument | str]:
    """Read a file claim by claim, however large it is; a string says what could not be used.

    Raises:
        ClaimUnusable: it is no claim file, or cannot be read any further.
    """
    if not is_interchange(stream.peek(_START)):
        content = stream.read(LARGEST_DOCUMENT + 1)
        yield from _read_resource(content, origin) if is_resource(content) else parse_documents(content, origin=origin)
        return
    for found in read_claims(stream, origin=origin):
        if isinstance(found, Fault):
            yield str(found)
            continue
        yield found.document
        for left_out in found.left_out:
            yield f"Segment {found.position}: claim {found.document.claim_number} was read without {left_out}."


def _read_resource(content: bytes, origin: str) -> Iterator[ClaimDocument | str]:
    for found in read_resource(content, origin=origin):
        if isinstance(found, ReadClaim):
            yield found.document
            yield from found.left_out
        else:
            yield str(found)
