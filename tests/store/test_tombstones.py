"""Tombstones: which files are due, whose bytes are needed, and what becomes of bytes that come and go at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from apexproof.retention import BlobVanished, Retention, demand_kept, remove, to_remove
from apexproof.settings import load_settings
from apexproof.store.attachments import Sent, add_attachment
from apexproof.store.blobs import Blob
from apexproof.store.bucket import open_blobs
from apexproof.store.closures import close, reopen
from apexproof.store.database import Database
from apexproof.store.sealing import SealedBlobs
from apexproof.store.tables import AttachmentRow
from apexproof.store.tombstones import bury, is_needed, revive, tombstones_of
from tests.store.rows import NOON, OURS, THEIRS, at_once, digest, new_attachment, new_claim

MONTH = Retention(days=30, actor="tests", address="here")
IN_A_MONTH = NOON + timedelta(days=30)


@pytest.fixture
def blobs(tmp_path: Path) -> SealedBlobs:
    """A folder."""
    return open_blobs(load_settings(data_dir=tmp_path))


def closed(session: Session, content: str = "film", *, organisation: str = OURS) -> AttachmentRow:
    """A file of a claim that is closed."""
    claim = new_claim(session, organisation=organisation)
    file = new_attachment(session, content, organisation=organisation)
    file.claim_id = claim.id
    close(session, claim, reason="paid", by="tests", now=NOON)
    session.flush()
    return file


def due(session: Session) -> list[str]:
    return [file.sha256 for file in MONTH.due(session, now=IN_A_MONTH, most=10)]


def test_a_file_is_due_when_its_claim_was_closed_and_it_came_so_long_ago(database: Database) -> None:
    with database.writing() as session:
        file = closed(session)
        assert due(session) == [file.sha256]
        assert not MONTH.due(session, now=IN_A_MONTH - timedelta(seconds=1), most=10)
        file.received_at = NOON + timedelta(seconds=1)
        session.flush()
        assert due(session) == []


def test_nothing_is_due_of_an_open_claim_or_of_none(database: Database) -> None:
    with database.writing() as session:
        claim = new_claim(session)
        new_attachment(session, "held", number="C-2", control_number="ACN")
        new_attachment(session).claim_id = claim.id
        assert due(session) == []
        close(session, claim, reason="paid", by="tests", now=NOON)
        reopen(session, claim)
        assert due(session) == []


def test_closing_twice_keeps_the_first_closure(database: Database) -> None:
    with database.writing() as session:
        claim = new_claim(session)
        first, was_open = close(session, claim, reason="paid", by="one", now=NOON)
        again, is_open = close(session, claim, reason="denied", by="two", now=IN_A_MONTH)
        assert (was_open, is_open) == (True, False)
        assert (again.reason, again.closed_by, again.closed_at) == (first.reason, "one", NOON)


def test_bytes_are_needed_until_the_last_attachment_of_any_organisation_is_buried(database: Database) -> None:
    with database.writing() as session:
        ours, theirs = closed(session), closed(session, organisation=THEIRS)
        bury(session, ours, reason="time", now=NOON)
        session.flush()
        assert [is_needed(session, ours.sha256), is_needed(session, ours.sha256, of=OURS)] == [True, False]
        assert to_remove(session, most=10) == []
        bury(session, theirs, reason="time", now=NOON)
        session.flush()
        assert to_remove(session, most=10) == [ours.sha256]


def test_what_is_buried_is_due_no_more_and_comes_back_alive(database: Database) -> None:
    with database.writing() as session:
        file = closed(session)
        assert [row.id for row in MONTH.bury(session, now=IN_A_MONTH, most=10)] == [file.id]
        session.flush()
        assert due(session) == []
        assert tombstones_of(session, [file.id]).keys() == {file.id}
        assert [revive(session, file, now=IN_A_MONTH), revive(session, file, now=IN_A_MONTH)] == [True, False]
        assert is_needed(session, file.sha256)


def test_bytes_are_removed_once_and_the_tombstone_says_when(database: Database, blobs: SealedBlobs) -> None:
    with database.writing() as session:
        file = closed(session)
        bury(session, file, reason="time", now=NOON)
        session.flush()
        assert remove(session, blobs, file.sha256, now=IN_A_MONTH)
        assert to_remove(session, most=10) == []
        session.expire_all()
        assert tombstones_of(session, [file.id])[file.id].removed_at == IN_A_MONTH


def test_bytes_that_come_while_they_go_are_kept_or_the_sender_is_told(database: Database, blobs: SealedBlobs) -> None:
    outcomes = []
    for turn in _turns():
        octets = digest(turn).encode()
        blob = _keep(blobs, octets)

        def come(session: Session, octets: bytes = octets) -> bool:
            return _add(session, blobs, _keep(blobs, octets))

        def go(session: Session, blob: Blob = blob) -> bool:
            return remove(session, blobs, blob.sha256, now=NOON)

        came, went = at_once(database, come, go)
        outcomes.append((came, went))
        assert blobs.has(blob.sha256) or not came
    assert all(came or went for came, went in outcomes)


def _turns() -> Iterator[str]:
    return (f"turn {n}" for n in range(20))


def _keep(blobs: SealedBlobs, octets: bytes) -> Blob:
    with blobs.incoming(most=1000) as incoming:
        incoming.write(octets)
        return incoming.keep()


def _add(session: Session, blobs: SealedBlobs, blob: Blob) -> bool:
    try:
        demand_kept(session, blobs, blob.sha256)
    except BlobVanished:
        return False
    sent = Sent(organisation=OURS, claim_number="C-1", control_number="ACN", file_name="film.dcm")
    add_attachment(session, sent, blob, now=NOON)
    return True
