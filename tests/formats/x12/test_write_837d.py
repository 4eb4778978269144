"""A claim that goes out as 837D and comes back is the same claim, but for what the format has no place for."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.read_837d import ReadClaim, read_claims
from apexproof.formats.x12.write_837d import Sending, not_carried, write_claims
from tests.formats.test_native import claim_document

SENDING = Sending(
    sender="LANTERN", receiver="SYNTHETIC", control_number=905, made_at=datetime(2026, 2, 11, 7, 12, tzinfo=UTC)
)
_WORD = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop0123456789'.#éñ-"), min_size=1, max_size=12)
_WORDS = st.lists(_WORD, min_size=1, max_size=40).map(" ".join).filter(lambda text: not text.upper().startswith("NEA"))
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def _carried(draw: st.DrawFn) -> dict[str, Any]:
    """A claim that uses only what 837D carries."""
    count = draw(st.integers(0, 4))
    lines: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        line: dict[str, Any] = {"line": number, "procedure": draw(st.sampled_from(["D3351", "D0220", "D3352"]))}
        if draw(st.booleans()):
            line["tooth"] = {"number": str(draw(st.integers(1, 32))), "system": "universal"}
        first, last = sorted((draw(_DAYS), draw(_DAYS)))
        when = {"service_date": first} if first == last else {"service_period": {"start": first, "end": last}}
        lines.append(line | draw(st.sampled_from([{}, {"service_date": first}, when])))
    return {
        "claim_number": draw(_WORD),
        "kind": draw(st.sampled_from(["claim", "predetermination"])),
        "payer": draw(st.sampled_from([{}, {"id": "PAYER-1"}, {"name": "Synthetic Plan"}])),
        "billing_provider": {"npi": "0000000000", "name": draw(_WORD)},
        "treating_provider": draw(st.sampled_from([{}, {"npi": "1234567893"}, {"name": "KILDARE, BEN"}])),
        "patient": {
            "name": {
                "family": draw(_WORD),
                "given": draw(st.just("") | _WORD),
                "suffix": draw(st.sampled_from(["", "JR"])),
            },
            "birth_date": draw(st.none() | _DAYS),
            "member_id": draw(st.none() | _WORD),
            "missing_teeth": [
                {"number": str(tooth), "system": "universal"} for tooth in draw(st.sets(st.integers(1, 32), max_size=3))
            ],
        },
        "lines": lines,
        "narrative": draw(st.just("") | _WORDS),
        "attachments": [{"control_number": number} for number in draw(st.lists(st.none() | _WORD, max_size=3))],
    }


def back(content: bytes) -> list[ClaimDocument]:
    found = list(read_claims(io.BytesIO(content), origin="written"))
    assert all(isinstance(one, ReadClaim) for one in found), found
    return [one.document for one in found if isinstance(one, ReadClaim)]


@given(st.lists(_carried().map(lambda said: ClaimDocument.model_validate(said, strict=False)), max_size=3))
def test_claims_that_go_out_come_back_the_same(documents: list[ClaimDocument]) -> None:
    assert all(not_carried(document) == [] for document in documents)
    assert back(write_claims(documents, SENDING)) == documents


def test_what_the_format_cannot_carry_is_listed() -> None:
    document = ClaimDocument.model_validate_json(_json(claim_document()))
    assert set(not_carried(document)) == {
        "received_date",
        "time_zone",
        "history",
        "patient.chart_number",
        "attachments[0].file_name",
        "attachments[0].image_type",
        "attachments[0].date_taken",
        "attachments[0].teeth",
        "attachments[0].mirrored",
        "lines[0].service_time",
    }
    (returned,) = back(write_claims([document], SENDING))
    assert (returned.lines[0].tooth, returned.narrative) == (document.lines[0].tooth, document.narrative)


def test_a_delimiter_within_a_value_never_becomes_a_segment() -> None:
    document = ClaimDocument.model_validate_json(
        _json(claim_document() | {"claim_number": "A~SE*1*2", "narrative": "8:9~^*"})
    )
    (returned,) = back(write_claims([document], SENDING))
    assert (returned.claim_number, returned.narrative) == ("A SE 1 2", "8 9")


def test_pyx12_finds_no_fault_in_the_envelope() -> None:
    document = ClaimDocument.model_validate_json(_json(claim_document()))
    reader = X12Reader(io.StringIO(write_claims([document], SENDING).decode()))
    assert len(list(reader)) > 20
    reader.cleanup()
    assert reader.pop_errors() == []


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
