"""A native claim is read whole or refused with the place of the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from apexproof.claim import ClaimKind
from apexproof.errors import ClaimUnusable, HistoryUnusable
from apexproof.formats.native import (
    LARGEST_DOCUMENT,
    parse_claims,
    parse_history,
    parse_received_claim,
    written_as_read,
)
from apexproof.formats.native_documents import ClaimDocument, HistoryDocument
from apexproof.tooth import Tooth
from apexproof.view import View

Document = dict[str, Any]


def claim_document() -> Document:
    return {
        "claim_number": "SYN-1",
        "kind": "claim",
        "received_date": "2026-02-12",
        "time_zone": "America/Chicago",
        "payer": {"id": "SYNPAY", "name": "Synthetic Dental Plan"},
        "treating_provider": {"npi": "1234567893", "name": "Dr. Sample"},
        "patient": {
            "name": {"family": "Quill", "given": "Marigold"},
            "birth_date": "2017-03-03",
            "member_id": "SYN0001",
            "chart_number": "C-17",
            "missing_teeth": [{"number": "1", "system": "universal"}],
        },
        "lines": [
            {
                "line": 1,
                "procedure": "D3351",
                "tooth": {"number": "8", "system": "universal"},
                "service_date": "2026-02-10",
                "service_time": "14:30",
            }
        ],
        "narrative": "Tooth #8, trauma, open apex.",
        "attachments": [
            {
                "file_name": "pa8.jpg",
                "image_type": "PA",
                "date_taken": "2026-02-09T08:15",
                "teeth": [{"number": "11", "system": "fdi"}],
                "mirrored": False,
                "control_number": "NEA123",
            }
        ],
        "history": [
            {"procedure": "D0220", "service_date": "2025-01-07", "tooth": {"number": "UR1", "system": "palmer"}}
        ],
    }


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(ClaimUnusable) as refused:
        parse_claims(content, origin="claim.json")
    return str(refused.value)


def test_a_claim_that_is_kept_as_it_was_read_comes_back_the_same() -> None:
    written = json.dumps(claim_document())
    (claim,) = parse_claims(written.encode(), origin="claim.json")
    assert parse_received_claim(written, written_as_read(claim)) == parse_received_claim(written, None) == claim


def test_a_claim_becomes_nouns() -> None:
    (claim,) = parse_claims(encoded(claim_document()), origin="claim.json")
    (line,) = claim.initial_visits()
    (attachment,) = claim.attachments
    assert claim.kind is ClaimKind.CLAIM
    assert str(claim.zone) == "America/Chicago"
    assert str(claim.patient.name) == "Quill, Marigold"
    assert claim.patient.missing_teeth == (Tooth(fdi=18),)
    assert line.tooth is not None
    assert line.tooth.tooth == Tooth(fdi=11)
    assert (line.first_day, line.last_day, line.start_time) == (date(2026, 2, 10), date(2026, 2, 10), time(14, 30))
    assert attachment.view is not None
    assert attachment.view.view is View.PERIAPICAL
    assert attachment.teeth is not None
    assert attachment.teeth.settled == (Tooth(fdi=11),)
    assert attachment.taken is not None
    assert attachment.taken.earliest == datetime(2026, 2, 9, 8, 15)  # noqa: DTZ001 - the practice's own clock
    assert claim.history.services[0].tooth == Tooth(fdi=11)


def test_a_tooth_that_its_system_lacks_is_kept_as_written_for_the_check_to_find() -> None:
    document = claim_document()
    document["lines"][0]["tooth"] = {"number": "99", "system": "universal"}
    (claim,) = parse_claims(encoded(document), origin="claim.json")
    tooth = claim.lines[0].tooth
    assert tooth is not None
    assert (tooth.written, tooth.tooth) == ("99", None)


def test_a_declared_number_without_its_system_stays_ambiguous() -> None:
    document = claim_document()
    document["attachments"][0]["teeth"] = [{"number": "11"}]
    (claim,) = parse_claims(encoded(document), origin="claim.json")
    teeth = claim.attachments[0].teeth
    assert teeth is not None
    assert {reading.teeth for reading in teeth.readings} == {(Tooth(fdi=11),), (Tooth(fdi=23),)}


def test_a_period_keeps_both_ends_and_a_missing_date_stays_missing() -> None:
    document = claim_document()
    del document["lines"][0]["service_date"], document["lines"][0]["service_time"]
    (claim,) = parse_claims(encoded(document), origin="claim.json")
    assert claim.lines[0].begins is None
    document["lines"][0]["service_period"] = {"start": "2026-02-10", "end": "2026-02-20"}
    (claim,) = parse_claims(encoded(document), origin="claim.json")
    assert claim.lines[0].begins == datetime(2026, 2, 10)  # noqa: DTZ001 - the practice's own clock
    assert claim.lines[0].begins_by == datetime(2026, 2, 21)  # noqa: DTZ001 - the practice's own clock


def test_several_claims_in_one_document_are_read_in_order() -> None:
    second = claim_document() | {"claim_number": "SYN-2"}
    claims = parse_claims(encoded({"claims": [claim_document(), second]}), origin="claims.json")
    assert [claim.number for claim in claims] == ["SYN-1", "SYN-2"]


def _without(*keys: str | int) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *path, last = keys
        holder: Any = document
        for key in path:
            holder = holder[key]
        del holder[last]

    return change


def _with(value: object, *keys: str | int) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *path, last = keys
        holder: Any = document
        for key in path:
            holder = holder[key]
        holder[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (_without("patient"), "patient", "it is required"),
        (_without("lines", 0, "line"), "lines[0].line", "it is required"),
        (_with("02/10/2026", "lines", 0, "service_date"), "lines[0].service_date", "must be a date like 2026-02-10"),
        (_with(20260210, "lines", 0, "service_date"), "lines[0].service_date", "must be a date like 2026-02-10"),
        (_with("1026-02-10", "lines", 0, "service_date"), "lines[0].service_date", "the year is not between"),
        (_with("soon", "attachments", 0, "date_taken"), "attachments[0].date_taken", "must be a date like 2026-02-10"),
        (_with("dental", "lines", 0, "tooth", "system"), "lines[0].tooth.system", "it must be 'universal', 'fdi'"),
        (_with({"number": "8"}, "lines", 0, "tooth"), "lines[0].tooth.system", "it is required"),
        (_with("Narnia/Cair_Paravel", "time_zone"), "time_zone", "IANA"),
        (_with("SYN\x00", "claim_number"), "claim_number", "a control character"),
        (_with("NEA\n1", "attachments", 0, "control_number"), "attachments[0].control_number", "a control character"),
        (_with("1", "lines", 0, "colour"), "lines[0].colour", "there is no such key"),
        (_with("D33510", "lines", 0, "procedure"), "lines[0].procedure", "match pattern"),
        (_with([{"line": 1, "procedure": "D0220"}] * 2, "lines"), "", "same line number"),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Document], None], place: str, reason: str) -> None:
    document = claim_document()
    change(document)
    sentence = refusal(encoded(document))
    assert sentence.startswith("This claim cannot be used: claim.json" + (f", {place}: " if place else ": "))
    assert reason in sentence
    assert "\n" not in sentence
    assert "Marigold" not in sentence


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"  \n ", "it is empty"),
        (b"{", "line 1, column 2: it is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"claim_number": "\xe9"}', "byte 19: it is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "UTF"),
        (b'{"claim_number": "a", "claim_number": "b"}', "a key stands twice"),
        (b'{"claim_number": NaN}', "NaN and Infinity"),
        (b"[]", "an object in braces"),
        (b'"claim"', "an object in braces"),
        (b'{"claims": []}', "claims"),
        (b" " * (LARGEST_DOCUMENT + 1), "larger than 10 MiB"),
        (b'{"claim_number": ' + b"9" * 5000 + b"}", "claim.json"),
    ],
    ids=lambda part: part[:16].decode("latin-1").strip() if isinstance(part, bytes) else "",
)
def test_what_is_no_claim_is_refused_in_one_sentence(content: bytes, reason: str) -> None:
    sentence = refusal(content)
    assert reason in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    document = claim_document()
    document["patient"]["name"]["family"] = "Fernández"
    content = json.dumps(document, ensure_ascii=False).encode(encoding)
    (claim,) = parse_claims(content, origin="claim.json")
    assert claim.patient.name.family == "Fernández"


def test_a_history_becomes_nouns_and_its_faults_name_it() -> None:
    document = {
        "services": [{"procedure": "D3351", "tooth": {"number": "8", "system": "universal"}, "claim_number": "SYN-0"}],
        "images": [{"claim_number": "SYN-0", "sha256": "0" * 64, "patient": {"birth_date": "2015-05-05"}}],
    }
    history = parse_history(encoded(document), origin="history.json")
    assert history.services[0].tooth == Tooth(fdi=11)
    assert history.images[0].patient_birth_date == date(2015, 5, 5)
    with pytest.raises(HistoryUnusable, match=r"This history cannot be used: history.json, images\[0\].sha256"):
        parse_history(encoded({"images": [{"claim_number": "SYN-0", "sha256": "0"}]}), origin="history.json")


def test_the_published_schema_takes_the_claim_and_refuses_what_the_reader_refuses() -> None:
    validator = Draft202012Validator(ClaimDocument.model_json_schema(mode="validation"))
    Draft202012Validator.check_schema(HistoryDocument.model_json_schema(mode="validation"))
    assert not list(validator.iter_errors(claim_document()))
    for change in (_without("patient"), _with("1", "lines", 0, "colour"), _with("x", "lines", 0, "tooth", "system")):
        document = claim_document()
        change(document)
        assert list(validator.iter_errors(document))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(claim_document())), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON | st.binary(max_size=64))
def test_anything_is_a_claim_or_one_sentence(anything: object) -> None:
    content = anything if isinstance(anything, bytes) else json.dumps(anything).encode()
    with suppress(ClaimUnusable):
        assert parse_claims(content, origin="claim.json")
