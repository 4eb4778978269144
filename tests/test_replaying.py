"""A verification that was made once is made again from what was kept, to the byte; what is not the same is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from apexproof.radiograph import FileReading
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_file
from apexproof.reception import receive_attachment
from apexproof.replaying import Reader, Replayed, Sameness, replay_claim
from apexproof.review import give_up_reading, replay
from apexproof.store.attachments import Sent
from apexproof.store.attestations import Word, add_attestation
from apexproof.store.blobs import Blob
from apexproof.store.claims import claim_by_number, hold_claim
from apexproof.store.database import Database
from apexproof.store.jobs import JobState, Work
from apexproof.store.tables import AttachmentRow, JobRow, ReadingRow, VerificationRow
from tests.builders import fingerprint, picture_of, said
from tests.kept import clock
from tests.organisation import Organisation, line

FILM = Path(__file__).parent.parent / "fixtures" / "cases" / "verified-coded-dicom" / "files" / "pa8.dcm"
SAME, DIFFERS, NOT_REPLAYED = Sameness.SAME, Sameness.DIFFERS, Sameness.NOT_REPLAYED


@pytest.fixture
def practice(database: Database) -> Organisation:
    """One with a claim that was judged."""
    practice = Organisation(database=database)
    practice.claims("C-1")
    practice.attaches("C-1", "film of C-1", picture_of(fingerprint=(said(fingerprint("a")),)))
    practice.works()
    return practice


def replayed(practice: Organisation, number: str = "C-1", read: Reader | None = None) -> list[Replayed]:
    with practice.database.looking() as session:
        claim = claim_by_number(session, practice.name, number)
        assert claim is not None
        return list(replay_claim(session, claim, read=read))


def samenesses(practice: Organisation, number: str = "C-1") -> list[Sameness]:
    return [one.sameness for one in replayed(practice, number)]


def test_every_verification_is_the_same_although_claim_files_and_other_claims_have_changed(
    practice: Organisation,
) -> None:
    practice.claims("C-1", line(on="9"))
    practice.works()
    practice.attaches("C-1", "a second film", picture_of("9", fingerprint=(said(fingerprint("b")),)))
    practice.works()
    practice.claims("C-2", line(day="2025-11-03"))
    practice.attaches("C-2", "film of C-1 once more", picture_of(fingerprint=(said(fingerprint("a")),)))
    practice.works()
    practice.policy = "strict"
    practice.claims("C-1", line(on="8"))
    practice.works()
    assert len(practice.verifications("C-1")) >= 5
    assert set(samenesses(practice)) == {SAME}
    assert set(samenesses(practice, "C-2")) == {SAME}


def test_what_was_settled_afterwards_is_not_taken_into_an_earlier_verification(practice: Organisation) -> None:
    practice.attaches("C-1", "unclear", picture_of(view=(), fingerprint=(said(fingerprint("c")),)))
    practice.works()
    word = {"decision": "accepted", "person": "Dr. R. Larkspur", "why": "I looked.", "line": 1, "check": "APX502"}
    with practice.database.writing() as session:
        claim = claim_by_number(session, practice.name, "C-1")
        assert claim is not None
        add_attestation(
            session,
            hold_claim(session, claim.id),
            Word(document=json.dumps(word), finding=None, key="0" * 12, key_name="front desk"),
            now=clock().now,
        )
    assert set(samenesses(practice)) == {SAME}


def test_a_stored_answer_that_was_changed_differs_and_the_place_is_named(practice: Organisation) -> None:
    stored = json.loads(practice.standing("C-1").document)
    stored["lines"][0]["outcome"] = "needs_review"
    with practice.database.writing() as session:
        session.execute(update(VerificationRow).values(document=json.dumps(stored, separators=(",", ":"))))
    (one,) = replayed(practice)
    assert (one.sameness, one.why) == (DIFFERS, "It differs at lines[0].outcome.")


def test_a_reading_that_was_changed_differs(practice: Organisation) -> None:
    with practice.database.writing() as session:
        kept = session.scalars(select(ReadingRow)).one()
        kept.document = kept.document.replace('"8"', '"9"')
    assert samenesses(practice) == [DIFFERS]


def test_a_declaration_that_was_changed_is_named_and_not_judged(practice: Organisation) -> None:
    with practice.database.writing() as session:
        session.execute(update(AttachmentRow).values(declared="{}"))
    (one,) = replayed(practice)
    assert one.sameness is NOT_REPLAYED
    assert "declared" in one.why


def test_what_another_version_made_is_left_to_that_version(practice: Organisation) -> None:
    with practice.database.writing() as session:
        session.execute(update(VerificationRow).values(engine="0.0.1"))
    (one,) = replayed(practice)
    assert one.sameness is NOT_REPLAYED
    assert "apexproof 0.0.1" in one.why


def test_a_verification_made_without_a_file_that_was_read_after_all_is_the_same(database: Database) -> None:
    practice, job = _with_a_film_given_up(database)
    with database.writing() as session:
        assert replay(session, job, clock())
    practice.works()
    assert practice.verifications("C-1") == ["missing_evidence", "verified"]
    assert samenesses(practice) == [SAME, SAME]


def test_a_reader_that_was_taken_for_dead_has_the_last_word(database: Database) -> None:
    practice, job = _with_a_film_given_up(database)
    with database.writing() as session:
        session.get_one(JobRow, job).state = JobState.QUEUED  # nobody forgets what was kept for it, as a replay does
    practice.works()
    assert practice.verifications("C-1") == ["missing_evidence", "verified"]


def test_files_are_read_anew_when_asked_and_a_changed_one_is_named(database: Database) -> None:
    practice = Organisation(database=database)
    practice.claims("C-1")
    content = FILM.read_bytes()
    blob = Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    practice.readings[blob.sha256] = _read(FILM)
    with database.writing() as session:
        sent = Sent(organisation=practice.name, claim_number="C-1", file_name=FILM.name)
        receive_attachment(session, sent, blob, clock())
    practice.works()
    asked: list[Depth] = []

    def anew(_sha256: str, depth: Depth) -> FileReading:
        asked.append(depth)
        return _read(FILM)

    assert [one.sameness for one in replayed(practice, read=anew)] == [SAME]
    assert asked == [Depth.PIXELS]
    (other,) = replayed(practice, read=lambda _sha256, _depth: None)
    assert other.sameness is NOT_REPLAYED


def _read(path: Path) -> FileReading:
    return read_file(path, limits=Limits(), depth=Depth.PIXELS)


def _with_a_film_given_up(database: Database) -> tuple[Organisation, int]:
    """A practice whose claim was judged without its film, and the job of reading it, which was set aside."""
    practice = Organisation(database=database)
    practice.claims("C-1")
    practice.attaches("C-1", "film of C-1", picture_of())
    with database.writing() as session:
        job = session.scalars(select(JobRow).where(JobRow.attachment_id.is_not(None))).one()
        job.state = JobState.SET_ASIDE
        assert job.attachment_id is not None
        give_up_reading(session, job.attachment_id, Work.READ, clock())
        number = job.id
    practice.works()
    return practice, number
