"""The request for a radiograph is a sound interchange, and its answer finds the claim."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from apexproof.formats.native_documents import ClaimDocument
from apexproof.formats.x12.envelope import ENVELOPE, Envelope
from apexproof.formats.x12.segments import read_segments
from apexproof.formats.x12.write_277 import write_request
from apexproof.formats.x12.write_837d import Sending

SENDING = Sending(
    sender="PAYER-1", receiver="CLINIC", control_number=7, made_at=datetime(2026, 2, 11, 7, 12, tzinfo=UTC)
)
CLAIM = ClaimDocument.model_validate_json(
    '{"claim_number": "AX-1001", "payer": {"id": "PAYER-1", "name": "SYNTHETIC PLAN"},'
    ' "billing_provider": {"npi": "0000000000", "name": "LANTERN ~ STREET"},'
    ' "patient": {"name": {"family": "QUILL", "given": "MARIGOLD"}, "member_id": "MEMBER-0107"},'
    ' "lines": [{"line": 1, "procedure": "D0220"}, {"line": 2, "procedure": "D3351", "service_date": "2026-02-10"}]}'
)


def segments(content: bytes) -> list[str]:
    return [b"*".join(segment.elements).decode() for segment in read_segments(io.BytesIO(content), origin="test")]


def test_the_request_names_the_claim_the_line_and_what_is_wanted() -> None:
    written = segments(write_request(CLAIM, [2], SENDING, request_number="APX1V2"))
    assert written[1].endswith("*X*006020X313")
    assert "TRN*1*APX1V2" in written
    assert "REF*X1*AX-1001" in written
    assert written.count("STC*R4:52040-3::LOI*20260211") == 2
    assert [one for one in written if one.startswith("SVC")] == ["SVC*AD:D3351*0"]
    assert "DTP*472*D8*20260210" in written
    assert "NM1*1P*2*LANTERN   STREET*****XX*0000000000" in written


def test_its_envelope_is_sound() -> None:
    envelope = Envelope()
    content = write_request(CLAIM, [2], SENDING, request_number="APX1V2")
    faults = [
        fault
        for segment in read_segments(io.BytesIO(content), origin="test")
        if segment.elements[0] in ENVELOPE
        for fault in envelope.see(segment)
    ]
    assert faults == []
    assert content.startswith(
        b"ISA*00*          *00*          *ZZ*PAYER-1        *ZZ*CLINIC         *260211*0712*^*00602*"
    )


@given(number=st.text(max_size=30), name=st.text(max_size=60), request_number=st.text(max_size=30))
def test_no_value_becomes_a_segment(number: str, name: str, request_number: str) -> None:
    said = {"claim_number": number, "patient": CLAIM.patient.model_copy(update={"member_id": name})}
    claim = CLAIM.model_copy(update={**said, "payer": CLAIM.payer.model_copy(update={"name": name})})
    written = segments(write_request(claim, [2], SENDING, request_number=request_number))
    sound = segments(write_request(CLAIM, [2], SENDING, request_number="APX1V2"))
    assert [one.partition("*")[0] for one in written] == [one.partition("*")[0] for one in sound]
