"""Provisional: what can be said of a claim before all of its files are read.

A big file takes seconds, and its metadata a fraction of that: they are read first and kept, and whoever asks is shown
what stands in the way already. None of it is a verification, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from apexproof.attesting import known_attestations
from apexproof.checks.case import Result
from apexproof.claim import AttachedFile
from apexproof.formats.native import parse_received_claim
from apexproof.intake import check_claims
from apexproof.judging import dossiers_of, with_declared
from apexproof.policy import Policy
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth
from apexproof.review import HEADERS, PIXELS, ToRead, read_blob, readings_by_depth
from apexproof.store.attachments import add_reading
from apexproof.store.blobs import Blobs
from apexproof.store.jobs import Clock
from apexproof.verification import Finding

_LONG_BYTES = 8 * 1024**2
# What is asked of all files together: while one is unknown, nobody knows.
_OF_ALL_FILES = frozenset({"APX101", "APX102", "APX103", "APX104"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """What stands in the way by what is known, each with its line, and of how many files that is."""

    read: int
    glimpsed: int
    """Files of which the metadata are known and the pixels are not."""
    unread: int
    obstacles: tuple[tuple[int, Finding], ...]


def takes_long(wanted: ToRead) -> bool:
    """Whether reading a file takes so long that its metadata are worth reading first.

    Below that size they cost a fifth of the whole and come a tenth of a second earlier: nobody would see it.
    """
    is_kept = wanted.instead is None
    return is_kept and wanted.version == PIXELS and wanted.attachment.size >= _LONG_BYTES


def read_headers(wanted: ToRead, blobs: Blobs, read: Callable[..., FileReading]) -> FileReading:
    """Read the metadata of a file that is kept.

    Raises:
        BlobDamaged: it is not there, or not what came.
        BlobsAway: it cannot be had now.
    """
    return read_blob(replace(wanted, version=HEADERS), blobs, read)


def keep_headers(session: Session, wanted: ToRead, reading: FileReading, clock: Clock) -> None:
    """Keep the metadata of a file; nothing is judged by them, and what is known so far can be shown."""
    add_reading(session, wanted.attachment.organisation, reading, version=HEADERS, now=clock.now)


def so_far(session: Session, organisation: str, claim_id: int, policy: Policy) -> SoFar | None:
    """What stands in a claim's way by what is known before all of its files are read; None when all are.

    What a file that is unknown may clear is left out.
    """
    for dossier in dossiers_of(session, organisation, [claim_id]):
        hashes = [file.sha256 for file in dossier.files]
        known = readings_by_depth(session, organisation, hashes)
        deep = [sha256 for sha256, (depth, _) in known.items() if depth is not Depth.HEADERS]
        if len(deep) == len(hashes):
            return None
        claim = with_declared(parse_received_claim(dossier.document, None), dossier.files)
        files = [
            AttachedFile(name=file.file_name, reading=known[file.sha256][1])
            for file in dossier.files
            if file.sha256 in known
        ]
        attestations = known_attestations(dossier.attestations)
        (verification,) = check_claims([claim], files, dossier.past.history, policy, attestations).verifications
        unread = len(hashes) - len(known)
        found = ((line.line.number, finding) for line in verification.lines for finding in line.findings)
        return SoFar(
            read=len(deep),
            glimpsed=len(known) - len(deep),
            unread=unread,
            obstacles=tuple(
                (line, finding)
                for line, finding in found
                if finding.holds_back and _is_known(finding, unread=unread, glimpsed=len(known) - len(deep))
            ),
        )
    return None


def _is_known(finding: Finding, *, unread: int, glimpsed: int) -> bool:
    """Whether a finding is of what is known. Of metadata alone nothing is said that the pixels are asked for."""
    if unread and (finding.exhibit is not None or finding.check in _OF_ALL_FILES):
        return False
    return not (glimpsed and finding.exhibit is not None and finding.result is not Result.FAIL)
