"""Review: what was promised is done. Files are read, claims are judged, and each answer is added to its claim.

Each step is one transaction that ends a job and promises the next. Any step may be done twice, by two workers at once:
a reading is kept once, and so is the answer to one question (`store.verifications.Question`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from apexproof import READER_VERSION
from apexproof.joining import join_waiting, settle_attachment
from apexproof.judging import SET_ASIDE, Unread, dossiers_of, judge, keep_answers
from apexproof.logs import Event, tell, where
from apexproof.outcomes import judged, moved, read
from apexproof.policy import Policy
from apexproof.precedents import tell_others
from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reading.kind import Kind
from apexproof.reading.part import Depth
from apexproof.store.attachments import (
    ReaderVersion,
    add_reading,
    adopt,
    attachment_by_identity,
    forget_reading,
    last_reading,
    last_received,
    read_already,
    readings_of,
)
from apexproof.store.blobs import BlobDamaged, Blobs
from apexproof.store.claims import claims_waiting_for, hold_claim
from apexproof.store.dossiers import KeptFile
from apexproof.store.films import keep_films
from apexproof.store.jobs import Clock, JobState, Ring, Work, open_for_attachments, promise, queue_again
from apexproof.store.kept_reports import ReportState, note_report
from apexproof.store.reprocessing import go_on
from apexproof.store.tables import AttachmentRow, ClaimRow, JobRow
from apexproof.store.tombstones import is_needed
from apexproof.store.verifications import Question, keep_policy, standing

PIXELS = ReaderVersion(reader=READER_VERSION, depth=Depth.PIXELS)
HEADERS = ReaderVersion(reader=READER_VERSION, depth=Depth.HEADERS)
WORDS = ReaderVersion(reader=READER_VERSION, depth=Depth.WORDS)
_VERSIONS = {Work.READ: PIXELS, Work.READ_AGAIN: PIXELS, Work.WORDS: WORDS, Work.WORDS_AGAIN: WORDS}
_FOR_A_RUN = (Work.READ_AGAIN, Work.WORDS_AGAIN)
_OF_VERDICT = ("outcome", "verification", "outcome_since", "first_pass")
"""What a verdict changes in its claim's row."""


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


def to_read(session: Session, attachment_id: int, work: Work) -> ToRead | None:
    """What a job asks to be read; None when it was read already."""
    attachment = attachment_by_identity(session, attachment_id)
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
    version = _VERSIONS[work]
    is_new = add_reading(session, attachment.organisation, reading, version=version, now=clock.now)
    if not is_new and _is_given_up(session, attachment, version):  # by somebody who took its reader for dead
        forget_reading(session, attachment.organisation, attachment.sha256, version=version)
        add_reading(session, attachment.organisation, reading, version=version, now=clock.now)
    if version == PIXELS:
        keep_films(session, attachment.organisation, reading, reader=version.reader)
    read(session, reading.faults)


def _is_given_up(session: Session, attachment: AttachmentRow, version: ReaderVersion) -> bool:
    known = readings_of(session, attachment.organisation, [attachment.sha256], version=version)
    return any(fault.fault == SET_ASIDE for fault in known[attachment.sha256].faults)


def judge_waiting(session: Session, attachment_id: int, work: Work, clock: Clock) -> list[Ring]:
    """Promise to judge the claims to which a file belongs; what was read for a run, that run judges."""
    waiting = [] if work in _FOR_A_RUN else _claims_of(session, attachment_id)
    return [promise(session, Work.VERIFY, of=session.get_one(ClaimRow, claim_id), clock=clock) for claim_id in waiting]


def judge_now(session: Session, attachment_id: int, work: Work, policy: Policy, clock: Clock) -> list[Ring]:
    """Judge the claims to which a file belongs; where that fails it is promised, and fails on its own account.

    What was read for a run, that run judges.
    """
    rings: list[Ring] = []
    for claim_id in [] if work in _FOR_A_RUN else _claims_of(session, attachment_id):
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
    settle_attachment(session, attachment_id)
    attachment = session.get_one(AttachmentRow, attachment_id)
    if attachment.claim_id is not None:
        return [attachment.claim_id]
    return claims_waiting_for(session, attachment.organisation, attachment.claim_number, attachment.control_number)


def give_up_reading(session: Session, attachment_id: int, work: Work, clock: Clock) -> list[Ring]:
    """Let a file that could not be read, however often it was tried, stand as one that says nothing.

    Its claim is then judged without it, and says so, instead of waiting for ever.
    """
    attachment = session.get_one(AttachmentRow, attachment_id)
    keep_reading(session, attachment_id, given_up(attachment.sha256, attachment.size), work, clock)
    return judge_waiting(session, attachment_id, work, clock)


def given_up(sha256: str, size: int) -> FileReading:
    """What stands for a file that could not be read."""
    fault = ReadingFault(
        fault=SET_ASIDE, message="Reading this file failed again and again, so it was set aside; export it again."
    )
    return FileReading(sha256=sha256, size=size, kind=Kind.UNKNOWN, faults=(fault,))


def replay(session: Session, job: int, clock: Clock) -> bool:
    """Queue a job that was set aside again, and forget that its file was given up; whether there is such a job."""
    row = session.get(JobRow, job)
    if row is None or row.state != JobState.SET_ASIDE:
        return False
    if row.attachment_id is not None:
        sha256 = session.get_one(AttachmentRow, row.attachment_id).sha256
        forget_reading(session, row.organisation, sha256, version=_VERSIONS[Work(row.work)])
    if row.reprocessing_id is not None:
        go_on(session, row.reprocessing_id)
    if row.report_id is not None:
        note_report(session, row.report_id, ReportState.PROMISED, size=None, now=None)
    queue_again(session, row.id, clock=clock)
    return True


def verify_claim(session: Session, claim_id: int, policy: Policy, clock: Clock) -> list[Ring]:
    """Judge a claim by what was read, and add the answer; while something is unread, promise to read it instead."""
    row = hold_claim(session, claim_id)
    adopt(session, row)
    join_waiting(session, row)
    before = standing(session, [claim_id]).get(claim_id)
    for dossier in dossiers_of(session, row.organisation, [claim_id]):  # none, of a claim that was only just opened
        try:
            answer = judge(dossier, policy)
        except Unread as unread:
            return promise_reading(session, unread.files, unread.work, clock)
        keep_policy(session, policy)
        number = keep_answers(session, [answer], clock)[claim_id]
        session.expire(row, _OF_VERDICT)
        now = moved(dossier, answer.outcome, number)
        rings = judged(session, claim_id, now, came=last_received(session, row), clock=clock)
        if before is None or _said(before) != _said(answer.question):
            rings += tell_others(session, row, dossier.past, clock)
        return rings
    return []


def _said(question: Question) -> tuple[object, ...]:
    """What of a question other claims may be judged against."""
    return question.revision, question.files_digest, question.reader


def readings_by_depth(
    session: Session, organisation: str, hashes: Sequence[str]
) -> dict[str, tuple[Depth, FileReading]]:
    """What was read in these files, each as deep as it was; those of which nothing was read are left out."""
    known: dict[str, tuple[Depth, FileReading]] = {}
    for version in (HEADERS, PIXELS, WORDS):
        found = readings_of(session, organisation, hashes, version=version)
        known |= {sha256: (Depth(version.depth), reading) for sha256, reading in found.items()}
    return known


def promise_reading(session: Session, files: Sequence[KeptFile], work: Work, clock: Clock) -> list[Ring]:
    """Promise to read these files, but for those of which it is promised already."""
    promised = open_for_attachments(session, [file.id for file in files], work=work)
    return [
        promise(session, work, of=session.get_one(AttachmentRow, file.id), clock=clock)
        for file in files
        if file.id not in promised
    ]
