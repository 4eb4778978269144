"""Review: what was promised is done. Files are read, claims are judged, and each answer is added to its claim.

Each step is one transaction that ends a job and promises the next. Any step may be done twice, by two workers at once:
a reading is kept once, and so is the answer to one question (`store.verifications.Question`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.claim import AttachedFile, Claim, DeclaredAttachment, History
from apexproof.errors import ApexproofError
from apexproof.formats.native import parse_attachment, parse_claims
from apexproof.formats.verification_json import verification_document
from apexproof.intake import check_in_depth
from apexproof.logs import Event, tell, where
from apexproof.outcomes import judged, read
from apexproof.policy import Policy
from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reading.kind import Kind
from apexproof.reading.part import Depth
from apexproof.store.attachments import (
    ReaderVersion,
    add_reading,
    adopt,
    attachments_of,
    forget_reading,
    last_reading,
    read_already,
    readings_of,
)
from apexproof.store.blobs import BlobDamaged, Blobs
from apexproof.store.claims import claims_waiting_for, hold_claim, latest_revision, note_outcome
from apexproof.store.jobs import Clock, JobState, Ring, Work, open_for_attachments, promise, queue_again
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow
from apexproof.store.tombstones import is_needed
from apexproof.store.verifications import Question, append, keep_policy
from apexproof.verification import Verification

PIXELS = ReaderVersion(reader=READER_VERSION, depth=Depth.PIXELS)
WORDS = ReaderVersion(reader=READER_VERSION, depth=Depth.WORDS)
_VERSIONS = {Work.READ: PIXELS, Work.WORDS: WORDS}
_SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRead:
    """A file that is to be read, by which version, and for whom."""

    attachment: AttachmentRow
    version: ReaderVersion
    instead: FileReading | None = None
    """What stands for it when the file itself was deleted."""

    @property
    def depth(self) -> Depth:
        """How far."""
        return Depth(self.version.depth)


class _WordsWanted(ApexproofError):
    """The words in these files are wanted, and have not been read yet."""

    def __init__(self, hashes: frozenset[str]) -> None:
        self.hashes = hashes
        super().__init__("words are wanted")


def to_read(session: Session, attachment_id: int, work: Work) -> ToRead | None:
    """What a job asks to be read; None when it was read already."""
    attachment = session.get_one(AttachmentRow, attachment_id)
    version = _VERSIONS[work]
    if read_already(session, attachment.organisation, [attachment.sha256], version=version):
        return None
    instead = None
    if not is_needed(session, attachment.sha256, of=attachment.organisation):
        instead = _last_reading(session, attachment, version)
    return ToRead(attachment=attachment, version=version, instead=instead)


def _last_reading(session: Session, attachment: AttachmentRow, version: ReaderVersion) -> FileReading:
    """What was read in a file before it was deleted: no reader can read it again."""
    known = last_reading(session, attachment.organisation, attachment.sha256, depth=version.depth)
    if known is not None:
        return known
    message = "This file was deleted some time after its claim was closed; send it again to have it read."
    fault = ReadingFault(fault="set_aside", message=message)
    return FileReading(sha256=attachment.sha256, size=attachment.size, kind=Kind.UNKNOWN, faults=(fault,))


def read_blob(wanted: ToRead, blobs: Blobs, read: Callable[..., FileReading]) -> FileReading:
    """Read a file that is kept.

    Raises:
        BlobDamaged: it is not there, or not what came.
        BlobsAway: it cannot be had now.
    """
    if wanted.instead is not None:
        return wanted.instead
    with blobs.at_hand(wanted.attachment.sha256) as path:
        reading = read(path, depth=wanted.depth)
    if reading.sha256 != wanted.attachment.sha256:
        raise BlobDamaged("A file that was kept is gone or has other bytes than those that came; look at the disk.")
    return reading


def keep_reading(session: Session, attachment_id: int, reading: FileReading, work: Work, clock: Clock) -> None:
    """Keep what was read."""
    attachment = session.get_one(AttachmentRow, attachment_id)
    add_reading(session, attachment.organisation, reading, version=_VERSIONS[work], now=clock.now)
    read(session, reading.faults)


def judge_waiting(session: Session, attachment_id: int, clock: Clock) -> list[Ring]:
    """Promise to judge the claims to which a file belongs."""
    waiting = _claims_of(session, attachment_id)
    return [promise(session, Work.VERIFY, of=session.get_one(ClaimRow, claim_id), clock=clock) for claim_id in waiting]


def judge_now(session: Session, attachment_id: int, policy: Policy, clock: Clock) -> list[Ring]:
    """Judge the claims to which a file belongs; where that fails it is promised, and fails on its own account."""
    rings: list[Ring] = []
    for claim_id in _claims_of(session, attachment_id):
        try:
            with session.begin_nested():
                rings += verify_claim(session, claim_id, policy, clock)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - what was read is kept, whatever judging makes of it
            tell(Event.JUDGING_FAILED, claim=claim_id, error=type(error).__name__, where=where(error))
            rings.append(promise(session, Work.VERIFY, of=session.get_one(ClaimRow, claim_id), clock=clock))
    return rings


def _claims_of(session: Session, attachment_id: int) -> list[int]:
    attachment = session.get_one(AttachmentRow, attachment_id)
    if attachment.claim_id is not None:
        return [attachment.claim_id]
    return claims_waiting_for(session, attachment.organisation, attachment.claim_number, attachment.control_number)


def give_up_reading(session: Session, attachment_id: int, work: Work, clock: Clock) -> list[Ring]:
    """Let a file that could not be read, however often it was tried, stand as one that says nothing.

    Its claim is then judged without it, and says so, instead of waiting for ever.
    """
    attachment = session.get_one(AttachmentRow, attachment_id)
    fault = ReadingFault(
        fault=_SET_ASIDE, message="Reading this file failed again and again, so it was set aside; export it again."
    )
    unread = FileReading(sha256=attachment.sha256, size=attachment.size, kind=Kind.UNKNOWN, faults=(fault,))
    keep_reading(session, attachment_id, unread, work, clock)
    return judge_waiting(session, attachment_id, clock)


def replay(session: Session, job: int, clock: Clock) -> bool:
    """Queue a job that was set aside again, and forget that its file was given up; whether there is such a job."""
    row = session.get(JobRow, job)
    if row is None or row.state != JobState.SET_ASIDE:
        return False
    if row.attachment_id is not None:
        sha256 = session.get_one(AttachmentRow, row.attachment_id).sha256
        forget_reading(session, row.organisation, sha256, version=_VERSIONS[Work(row.work)])
    queue_again(session, row.id, clock=clock)
    return True


def verify_claim(session: Session, claim_id: int, policy: Policy, clock: Clock) -> list[Ring]:
    """Judge a claim by what was read, and add the answer; while something is unread, promise to read it instead."""
    row = hold_claim(session, claim_id)
    revision = latest_revision(session, row)
    if revision is None:
        return []
    adopt(session, row)
    attachments = attachments_of(session, row)
    readings = _readings(session, row, attachments, PIXELS)
    unread = [attachment for attachment in attachments if attachment.sha256 not in readings]
    if unread:
        return _promise_reading(session, unread, Work.READ, clock)
    (claim,) = parse_claims(revision.document.encode(), origin="the claim as it was received")
    files = [AttachedFile(name=attachment.file_name, reading=readings[attachment.sha256]) for attachment in attachments]
    words: dict[str, FileReading] = {}
    try:
        read_words = _read_words(session, row, attachments, words)
        verification = _judge(_with_declared(claim, attachments), files, policy, read_words)
    except _WordsWanted as wanted:
        wordless = [attachment for attachment in attachments if attachment.sha256 in wanted.hashes]
        return _promise_reading(session, wordless, Work.WORDS, clock)
    given_up = {sha256 for known in (readings, words) for sha256, reading in known.items() if _was_given_up(reading)}
    before, came = row.outcome, max([revision.received_at, *(one.received_at for one in attachments)])
    _add(session, row, verification, _files_digest(attachments, given_up), clock)
    return judged(session, row, before=before, came=came, clock=clock)


def _judge(
    claim: Claim,
    files: Sequence[AttachedFile],
    policy: Policy,
    read_words: Callable[[Sequence[AttachedFile]], list[FileReading]],
) -> Verification:
    checked = check_in_depth([claim], files, History(), policy, words=policy.words.burned_in, read_words=read_words)
    return checked.verifications[0]


def _read_words(
    session: Session, row: ClaimRow, attachments: Sequence[AttachmentRow], used: dict[str, FileReading]
) -> Callable[[Sequence[AttachedFile]], list[FileReading]]:
    """What was read of the words in files, or the demand that it be read; what is `used` of it is noted."""

    def kept(asked: Sequence[AttachedFile]) -> list[FileReading]:
        known = _readings(session, row, attachments, WORDS)
        hashes = [file.reading.sha256 for file in asked]
        if missing := frozenset(hashes) - known.keys():
            raise _WordsWanted(missing)
        used.update({sha256: known[sha256] for sha256 in hashes})
        return [known[sha256] for sha256 in hashes]

    return kept


def _readings(
    session: Session, row: ClaimRow, attachments: Sequence[AttachmentRow], version: ReaderVersion
) -> dict[str, FileReading]:
    return readings_of(session, row.organisation, [attachment.sha256 for attachment in attachments], version=version)


def _promise_reading(session: Session, attachments: Sequence[AttachmentRow], work: Work, clock: Clock) -> list[Ring]:
    """Promise to read these files, but for those of which it is promised already."""
    promised = open_for_attachments(session, [attachment.id for attachment in attachments], work=work)
    return [
        promise(session, work, of=attachment, clock=clock)
        for attachment in attachments
        if attachment.id not in promised
    ]


def _with_declared(claim: Claim, attachments: Sequence[AttachmentRow]) -> Claim:
    """The claim with what was declared of its files as they were uploaded.

    It fills in what the claim leaves open of a file; where both speak, the claim does.
    """
    declarations = list(claim.attachments)
    for attachment in attachments:
        if attachment.declared is None:
            continue
        said = parse_attachment(attachment.declared.encode(), origin="the declaration as it was received")
        said = replace(said, sha256=attachment.sha256, file_name=attachment.file_name)
        index = next((n for n, known in enumerate(declarations) if _is_of(known, attachment)), None)
        if index is None:
            declarations.append(said)
        else:
            declarations[index] = _filled(declarations[index], said)
    return replace(claim, attachments=tuple(declarations))


def _is_of(declared: DeclaredAttachment, attachment: AttachmentRow) -> bool:
    if declared.sha256 is not None:
        return declared.sha256 == attachment.sha256
    return declared.file_name is not None and _last(declared.file_name) == _last(attachment.file_name)


def _last(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.casefold()


def _filled(declared: DeclaredAttachment, said: DeclaredAttachment) -> DeclaredAttachment:
    return DeclaredAttachment(
        file_name=declared.file_name or said.file_name,
        sha256=said.sha256,
        view=declared.view or said.view,
        taken=declared.taken or said.taken,
        teeth=declared.teeth or said.teeth,
        mirrored=said.mirrored if declared.mirrored is None else declared.mirrored,
        control_number=declared.control_number or said.control_number,
    )


def _was_given_up(reading: FileReading) -> bool:
    return any(fault.fault == _SET_ASIDE for fault in reading.faults)


def _files_digest(attachments: Sequence[AttachmentRow], given_up: Collection[str]) -> str:
    """A hash over the files, their names and what was declared of them, in whatever order they came.

    A file that was given up is another question than the same file once it was read after all.
    """
    files = sorted(
        [file.sha256, file.file_name, file.declared or "", *([_SET_ASIDE] if file.sha256 in given_up else [])]
        for file in attachments
    )
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()


def _add(session: Session, row: ClaimRow, verification: Verification, files_digest: str, clock: Clock) -> None:
    policy = verification.policy
    keep_policy(session, policy)
    (document,) = verification_document([verification], policy, ()).claims
    question = Question(
        claim_id=row.id,
        revision=row.revision,
        files_digest=files_digest,
        reader=READER_VERSION,
        engine=__version__,
        policy_digest=policy.digest,
    )
    number = append(session, question, outcome=verification.outcome, document=document.model_dump_json(), now=clock.now)
    in_the_way = {finding.check for line in verification.lines for finding in line.findings if finding.holds_back}
    note_outcome(session, row, outcome=verification.outcome, verification=number, obstacles=in_the_way)
