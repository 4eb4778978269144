"""Attachments: the same bytes once, joined to the claim they came before, and what was read of them."""

from __future__ import annotations

from sqlalchemy import select

from apexproof.radiograph import FileReading, ReadingFault
from apexproof.reading.kind import Kind
from apexproof.store.attachments import (
    ReaderVersion,
    Sent,
    add_attachment,
    add_reading,
    adopt,
    attachments_of,
    forget_reading,
    read_already,
    readings_of,
)
from apexproof.store.blobs import Blob
from apexproof.store.claims import open_claim
from apexproof.store.database import Database
from apexproof.store.tables import AttachmentRow, ClaimRow
from tests.store.rows import NOON, OURS, THEIRS, at_once, digest, new_attachment, new_claim, searched

PIXELS, WORDS = ReaderVersion(reader="1", depth="pixels"), ReaderVersion(reader="1", depth="words")
NEWER = ReaderVersion(reader="2", depth="pixels")


def reading(content: str = "film", *faults: str) -> FileReading:
    said = tuple(ReadingFault(fault=fault, message="It is so.") for fault in faults)
    return FileReading(sha256=digest(content), size=4, kind=Kind.DICOM, faults=said)


def test_the_same_bytes_for_a_number_are_one_attachment_however_many_send_them_at_once(database: Database) -> None:
    sent = Sent(organisation=OURS, claim_number="C-1", file_name="a.dcm")
    blob = Blob(sha256=digest("film"), size=4)
    added = at_once(database, *[lambda session: add_attachment(session, sent, blob, now=NOON)] * 4)
    assert [is_new for _, is_new in added].count(True) == 1
    assert len({row.id for row, _ in added}) == 1


def test_what_was_said_of_the_bytes_first_stays(database: Database) -> None:
    with database.writing() as session:
        for name in ("first.dcm", "second.dcm"):
            sent = Sent(organisation=OURS, claim_number="C-1", file_name=name)
            row, is_new = add_attachment(session, sent, Blob(sha256=digest("film"), size=4), now=NOON)
            assert (row.file_name, is_new) == ("first.dcm", name == "first.dcm")


def test_the_same_bytes_for_another_number_or_organisation_are_other_attachments(database: Database) -> None:
    with database.writing() as session:
        rows = {new_attachment(session, number=number, organisation=who) for number in "ab" for who in (OURS, THEIRS)}
        assert len({row.id for row in rows}) == 4


def test_a_claim_adopts_what_came_before_it_and_nobody_elses(database: Database) -> None:
    with database.writing() as session:
        by_number = new_attachment(session, "by number")
        by_control = new_attachment(session, "by control number", number="draft", control_number="ACN-1")
        strangers = (
            new_attachment(session, "another number", number="C-2"),
            new_attachment(session, "another control number", number="draft", control_number="ACN-2"),
            new_attachment(session, "theirs", organisation=THEIRS, control_number="ACN-1"),
        )
        claim = new_claim(session, of=searched("ACN-1"))
        adopt(session, claim)
        assert {row.id for row in attachments_of(session, claim)} == {by_number.id, by_control.id}
        assert [session.get_one(AttachmentRow, row.id).claim_id for row in strangers] == [None] * 3


def test_what_a_claim_adopted_no_other_claim_takes(database: Database) -> None:
    with database.writing() as session:
        file = new_attachment(session, number="draft", control_number="ACN-1")
        first = new_claim(session, "C-1", of=searched("ACN-1"))
        adopt(session, first)
        adopt(session, new_claim(session, "C-2", of=searched("ACN-1")))
        session.refresh(file)
        assert file.claim_id == first.id


def test_a_claim_and_its_file_that_come_at_once_are_joined_by_whoever_looks_next(database: Database) -> None:
    at_once(
        database,
        lambda session: new_attachment(session, control_number="ACN-1").id,
        lambda session: open_claim(session, OURS, "C-1", now=NOON).id,
    )
    with database.writing() as session:
        claim = session.scalars(select(ClaimRow)).one()
        adopt(session, claim)
        assert [row.file_name for row in attachments_of(session, claim)] == ["film.dcm"]


def test_files_of_a_claim_come_by_name_and_bytes_that_came_twice_once(database: Database) -> None:
    with database.writing() as session:
        claim = new_claim(session, of=searched("ACN-1"))
        for content in ("b", "a"):
            new_attachment(session, content)
        new_attachment(session, "a", number="draft", control_number="ACN-1")
        adopt(session, claim)
        assert [row.file_name for row in attachments_of(session, claim)] == ["a.dcm", "b.dcm"]


def test_what_was_read_first_stays_for_each_version_and_organisation(database: Database) -> None:
    with database.writing() as session:
        add_reading(session, OURS, reading(), version=PIXELS, now=NOON)
        add_reading(session, OURS, reading("film", "truncated"), version=PIXELS, now=NOON)
        add_reading(session, OURS, reading("film", "corrupt"), version=WORDS, now=NOON)
        hashes = [digest("film"), digest("absent")]
        assert readings_of(session, OURS, hashes, version=PIXELS) == {digest("film"): reading()}
        assert readings_of(session, OURS, hashes, version=WORDS) == {digest("film"): reading("film", "corrupt")}
        assert read_already(session, OURS, hashes, version=PIXELS) == {digest("film")}
        assert read_already(session, OURS, hashes, version=NEWER) == frozenset()
        assert read_already(session, THEIRS, hashes, version=PIXELS) == frozenset()


def test_one_reading_is_forgotten_and_no_other(database: Database) -> None:
    with database.writing() as session:
        for who in (OURS, THEIRS):
            for version in (PIXELS, WORDS):
                add_reading(session, who, reading(), version=version, now=NOON)
        forget_reading(session, OURS, digest("film"), version=PIXELS)
        left = [
            bool(read_already(session, who, [digest("film")], version=version))
            for who in (OURS, THEIRS)
            for version in (PIXELS, WORDS)
        ]
        assert left == [False, True, True, True]


def test_two_who_read_the_same_at_once_keep_one_reading(database: Database) -> None:
    at_once(database, *[lambda session: add_reading(session, OURS, reading(), version=PIXELS, now=NOON)] * 4)
    with database.looking() as session:
        assert read_already(session, OURS, [digest("film")], version=PIXELS) == {digest("film")}
