"""Judging: all that a claim is judged by is gathered, what it is worth follows from that alone, the answer is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence

from msgspec.structs import replace
from sqlalchemy.orm import Session

from apexproof import READER_VERSION, __version__
from apexproof.attestation import in_force
from apexproof.attesting import known_attestations
from apexproof.claim import AttachedFile, Claim, DeclaredAttachment, last_step
from apexproof.errors import ApexproofError
from apexproof.formats.native import parse_attachment, parse_received_claim
from apexproof.formats.verification_json import claim_json
from apexproof.intake import check_in_depth
from apexproof.policy import Policy
from apexproof.precedents import pasts
from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth
from apexproof.store.attachments import parse_reading
from apexproof.store.attestations import attestations_of
from apexproof.store.claims import Noted, Obstacle, as_read_by, note_outcomes
from apexproof.store.dossiers import Dossier, KeptFile, dossiers
from apexproof.store.jobs import Clock, Work
from apexproof.store.tables import AttestationRow
from apexproof.store.verifications import NO_ATTESTATIONS, Answer, Question, append
from apexproof.verification import Verification

SET_ASIDE = "set_aside"
"""The fault that stands for a file which could not be read, however often it was tried."""
_GIVEN_UP = f'"fault":"{SET_ASIDE}"'


class Unread(ApexproofError):
    """A claim cannot be judged yet: these files have to be read first, by that work."""

    def __init__(self, files: Sequence[KeptFile], work: Work) -> None:
        """Take the files, and whether their words are wanted."""
        self.files, self.work = files, work
        super().__init__("Files of this claim have to be read first.")


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
    as_read = as_read_by(__version__, dossier.as_read)
    claim = with_declared(parse_received_claim(dossier.document, as_read), dossier.files)
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
        [file.sha256, file.file_name, file.declared or "", *([SET_ASIDE] if file.sha256 in given_up else [])]
        for file in attachments
    )
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()
