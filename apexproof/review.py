"""Review: what was promised is done. Files are read, claims are judged, and each answer is added to its claim.

Each step is one transaction that ends a job and promises the next. Any step may be done twice, by two workers at once:
a reading is kept once, and so is the answer to one question (`store.verifications.Question`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.attestation import in_force
from apexproof.attesting import known_attestations
from apexproof.claim import AttachedFile, Claim, DeclaredAttachment, last_step
from apexproof.errors import ApexproofError
from apexproof.formats.native import parse_attachment, parse_received_claim
from apexproof.formats.verification_json import claim_json
from apexproof.intake import check_in_depth
from apexproof.joining import join_waiting, settle_attachment
from apexproof.logs import Event, tell, where
from apexproof.outcomes import judged, read
from apexproof.policy import Policy
from apexproof.precedents import pasts, tell_others
from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reading.kind import Kind
from apexproof.reading.part import Depth
from apexproof.store.attachments import (
    ReaderVersion,
    add_reading,
    adopt,
    forget_reading,
    last_reading,
    last_received,
    parse_reading,
    read_already,
    readings_of,
)
from apexproof.store.attestations import attestations_of
from apexproof.store.blobs import BlobDamaged, Blobs
from apexproof.store.claims import Noted, Obstacle, claims_waiting_for, hold_claim, note_outcomes
from apexproof.store.dossiers import Dossier, KeptFile, dossiers
from apexproof.store.films import keep_films
from apexproof.store.jobs import Clock, JobState, Ring, Work, open_for_attachments, promise, queue_again
from apexproof.store.kept_reports import ReportState, note_report
from apexproof.store.reprocessing import go_on
from apexproof.store.tables import AttachmentRow, AttestationRow, ClaimRow, JobRow
from apexproof.store.tombstones import is_needed
from apexproof.store.verifications import NO_ATTESTATIONS, Answer, Question, append, keep_policy, standing
from apexproof.verification import Verification

PIXELS = ReaderVersion(reader=READER_VERSION, depth=Depth.PIXELS)
HEADERS = ReaderVersion(reader=READER_VERSION, depth=Depth.HEADERS)
WORDS = ReaderVersion(reader=READER_VERSION, depth=Depth.WORDS)
_VERSIONS = {Work.READ: PIXELS, Work.READ_AGAIN: PIXELS, Work.WORDS: WORDS, Work.WORDS_AGAIN: WORDS}
_FOR_A_RUN = (Work.READ_AGAIN, Work.WORDS_AGAIN)
_SET_ASIDE = "set_aside"
_GIVEN_UP = f'"fault":"{_SET_ASIDE}"'


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


class Unread(ApexproofError):
    """A claim cannot be judged yet: these files have to be read first, by that work."""

    def __init__(self, files: Sequence[KeptFile], work: Work) -> None:
        """Take the files, and whether their words are wanted."""
        self.files, self.work = files, work
        super().__init__("Files of this claim have to be read first.")


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
    return any(fault.fault == _SET_ASIDE for fault in known[attachment.sha256].faults)


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
        fault=_SET_ASIDE, message="Reading this file failed again and again, so it was set aside; export it again."
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
    before, outcome_before = standing(session, [claim_id]).get(claim_id), row.outcome
    for dossier in dossiers_of(session, row.organisation, [claim_id]):  # none, of a claim that was only just opened
        try:
            answer = judge(dossier, policy)
        except Unread as unread:
            return promise_reading(session, unread.files, unread.work, clock)
        keep_policy(session, policy)
        keep_answers(session, [answer], clock)
        session.refresh(row)
        rings = judged(session, row, before=outcome_before, came=last_received(session, row), clock=clock)
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


def dossiers_of(session: Session, organisation: str, claim_ids: Sequence[int]) -> list[Dossier]:
    """All that these claims are judged by."""
    depths = (Depth.PIXELS, Depth.WORDS)
    found = dossiers(session, organisation, claim_ids, reader=READER_VERSION, depths=depths)
    revisions = {one.claim_id: one.revision for one in found}
    known = pasts(
        session, organisation, revisions, {one.claim_id: [file.sha256 for file in one.files] for one in found}
    )
    words = attestations_of(session, organisation, list(revisions))
    return [replace(one, past=known[one.claim_id], attestations=words.get(one.claim_id, ())) for one in found]


def judge(dossier: Dossier, policy: Policy, asked: Question | None = None) -> Answer:
    """What the evidence of a claim is worth under a policy. Pure: the same dossier has the same answer.

    `asked` is the question, when it was made already.

    Raises:
        Unread: something has to be read first.
    """
    verification = verified(dossier, policy)
    return Answer(
        question=asked or question(dossier, policy),
        past=dossier.past,
        outcome=verification.outcome,
        document=claim_json(verification),
        obstacles=obstacles_of(verification),
    )


def question(dossier: Dossier, policy: Policy) -> Question:
    """What is asked when the claim is judged under a policy."""
    return Question(
        claim_id=dossier.claim_id,
        revision=dossier.revision,
        files_digest=_files_digest(dossier.files, _given_up(dossier)),
        reader=READER_VERSION,
        engine=__version__,
        policy_digest=policy.digest,
        history_digest=dossier.past.digest,
        attestations_digest=_attestations_digest(dossier.attestations),
    )


def verified(dossier: Dossier, policy: Policy) -> Verification:
    """The same as the verification itself, with nothing made of it to be kept.

    Raises:
        Unread: something has to be read first.
    """
    if unread := [file for file in dossier.files if file.sha256 not in dossier.pixels]:
        raise Unread(unread, Work.READ)
    notes = dossier.notes.document if dossier.notes and dossier.notes.engine == __version__ else None
    claim = with_declared(parse_received_claim(dossier.document, notes), dossier.files)
    files = [
        AttachedFile(name=file.file_name, reading=parse_reading(dossier.pixels[file.sha256])) for file in dossier.files
    ]

    def read_words(asked: Sequence[AttachedFile]) -> list[FileReading]:
        hashes = [file.reading.sha256 for file in asked]
        if unread := [file for file in dossier.files if file.sha256 in hashes and file.sha256 not in dossier.words]:
            raise Unread(unread, Work.WORDS)
        return [parse_reading(dossier.words[sha256]) for sha256 in hashes]

    checked = check_in_depth(
        [claim],
        files,
        dossier.past.history,
        policy,
        words=policy.words.burned_in,
        read_words=read_words,
        attestations=known_attestations(dossier.attestations),
    )
    return checked.verifications[0]


def obstacles_of(verification: Verification) -> frozenset[Obstacle]:
    """What stands between a claim and `verified`; each check once, as it speaks of the first such line."""
    found: dict[str, Obstacle] = {}
    for finding in (finding for line in verification.lines for finding in line.findings if finding.holds_back):
        answer = finding.answer
        found.setdefault(finding.check, Obstacle(check=finding.check, message=answer.message, remedy=answer.remedy))
    return frozenset(found.values())


def keep_answers(session: Session, answers: Sequence[Answer], clock: Clock) -> dict[int, int]:
    """Add answers to their claims, which must be held, and let them hold from now on; their numbers, by claim."""
    numbers = append(session, answers, now=clock.now)
    note_outcomes(
        session,
        [
            Noted(
                claim_id=answer.question.claim_id,
                outcome=answer.outcome,
                verification=numbers[answer.question.claim_id],
                obstacles=answer.obstacles,
            )
            for answer in answers
        ],
        now=clock.now,
    )
    return numbers


def promise_reading(session: Session, files: Sequence[KeptFile], work: Work, clock: Clock) -> list[Ring]:
    """Promise to read these files, but for those of which it is promised already."""
    promised = open_for_attachments(session, [file.id for file in files], work=work)
    return [
        promise(session, work, of=session.get_one(AttachmentRow, file.id), clock=clock)
        for file in files
        if file.id not in promised
    ]


def with_declared(claim: Claim, attachments: Sequence[KeptFile]) -> Claim:
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


def _is_of(declared: DeclaredAttachment, attachment: KeptFile) -> bool:
    if declared.sha256 is not None:
        return declared.sha256 == attachment.sha256
    return declared.file_name is not None and last_step(declared.file_name) == last_step(attachment.file_name)


def _filled(declared: DeclaredAttachment, said: DeclaredAttachment) -> DeclaredAttachment:
    return DeclaredAttachment(
        file_name=declared.file_name or said.file_name,
        sha256=said.sha256,
        view=declared.view or said.view,
        taken=declared.taken or said.taken,
        teeth=declared.teeth or said.teeth,
        mirrored=said.mirrored if declared.mirrored is None else declared.mirrored,
        control_number=declared.control_number or said.control_number,
        lines=declared.lines or said.lines,
    )


def _attestations_digest(rows: Sequence[AttestationRow]) -> str:
    """A hash over the words that hold: once one is taken back, the question is the one before it."""
    if not rows:
        return NO_ATTESTATIONS
    holding = {one.number for one in in_force(known_attestations(rows))}
    said = [[row.number, row.document, row.finding] for row in rows if row.number in holding]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _given_up(dossier: Dossier) -> frozenset[str]:
    """The files that were given up; `_GIVEN_UP` stands so in what is kept of a reading."""
    return frozenset(
        file.sha256
        for file in dossier.files  # the readings are those of its whole batch
        if any(_GIVEN_UP in kept.get(file.sha256, "") for kept in (dossier.pixels, dossier.words))
    )


def _files_digest(attachments: Sequence[KeptFile], given_up: Collection[str]) -> str:
    """A hash over the files, their names and what was declared of them, in whatever order they came.

    A file that was given up is another question than the same file once it was read after all.
    """
    files = sorted(
        [file.sha256, file.file_name, file.declared or "", *([_SET_ASIDE] if file.sha256 in given_up else [])]
        for file in attachments
    )
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()
