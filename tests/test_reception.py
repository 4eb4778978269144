"""Claims are received on every database in the same way, with the place where each was said."""

from __future__ import annotations

import pytest

from apexproof.formats.native_documents import ClaimDocument
from apexproof.reception import ClaimNumberTaken, Link, number_of, receive_attachment, receive_document
from apexproof.store.attachments import Sent, attachments_of
from apexproof.store.blobs import Blob
from apexproof.store.claims import claim_by_number
from apexproof.store.database import Database
from apexproof.store.sources import Source, keep_interchange, note_attachment, note_revision, revisions
from tests.store.rows import NOON, OURS, at

BLOB = Blob(sha256="a" * 64, size=9)
FILM = Blob(sha256="f" * 64, size=9)


def document(number: str = "C-1", *, npi: str | None = "0000000000", control_number: str = "ACN-1") -> ClaimDocument:
    """A claim that announces a film."""
    said = {
        "claim_number": number,
        "billing_provider": {"npi": npi},
        "patient": {"name": {"family": "Quill"}},
        "lines": [{"line": 1, "procedure": "D3351"}],
        "attachments": [{"control_number": control_number}],
    }
    return ClaimDocument.model_validate(said)


def test_a_revision_knows_where_it_was_said(database: Database) -> None:
    source = Source(
        segment=15, interchange="7" * 90, group="7\x00", transaction_set="1", line_control_numbers={1: "L-1"}
    )
    with database.writing() as session:
        received = receive_document(session, OURS, document(), at(0))
        identity, is_new = keep_interchange(session, OURS, BLOB, now=NOON)
        assert (identity, is_new) == (keep_interchange(session, OURS, BLOB, now=NOON)[0], True)
        note_revision(session, received.row, identity, source)
    with database.looking() as session:
        claim = claim_by_number(session, OURS, "C-1")
        assert claim is not None
        ((revision, said, interchange),) = revisions(session, claim)
    assert said is not None
    assert interchange is not None
    assert (revision.revision, said.segment, interchange.sha256) == (1, 15, BLOB.sha256)
    assert (said.interchange, said.group, said.line_control_numbers) == ("7" * 50, "7", '{"1": "L-1"}')


def test_what_is_left_open_and_what_is_said_to_be_empty_is_the_same_claim(database: Database) -> None:
    with database.writing() as session:
        assert receive_document(session, OURS, document(), at(0)).is_new
        same = document().model_copy(update={"narrative": "", "history": []})
        assert not receive_document(session, OURS, same, at(1)).is_new


def test_a_number_stays_with_its_provider(database: Database) -> None:
    with database.writing() as session:
        receive_document(session, OURS, document(), at(0))
        receive_document(session, OURS, document(npi=None), at(1))
        with pytest.raises(ClaimNumberTaken):
            receive_document(session, OURS, document(npi="1111111111"), at(2))
        assert receive_document(session, "theirs", document(npi="1111111111"), at(3)).is_new


def test_a_film_that_several_claims_declare_waits(database: Database) -> None:
    link = Link(control_number="ACN-1", claim_number=None)
    with database.writing() as session:
        for number in ("C-1", "C-2"):
            receive_document(session, OURS, document(number), at(0))
        waits = number_of(session, OURS, link)
        sent = Sent(organisation=OURS, claim_number=waits, control_number="ACN-1", file_name="pa8.jpg")
        row = receive_attachment(session, sent, FILM, at(1)).row
        note_attachment(session, row, keep_interchange(session, OURS, BLOB, now=NOON)[0], segment=14, line="1")
        assert row.claim_id is None
        receive_document(session, OURS, document("C-2", control_number="ACN-2"), at(2))
        first = receive_document(session, OURS, document("C-1", npi=None), at(3)).row
        assert [file.sha256 for file in attachments_of(session, first)] == [FILM.sha256]
        assert number_of(session, OURS, link) == "C-1"
