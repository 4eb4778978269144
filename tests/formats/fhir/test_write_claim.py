"""A claim that goes out in FHIR and comes back is the same claim, but for what the format has no place for."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from fhir.resources.R4B.claim import Claim
from hypothesis import given
from hypothesis import strategies as st

from apexproof.formats.fhir.read_claim import ReadClaim, read_resource
from apexproof.formats.fhir.write_claim import not_carried, write_claim
from apexproof.formats.native_documents import ClaimDocument
from tests.formats.test_native import claim_document

TODAY = date(2026, 2, 11)
_WORD = st.text(st.sampled_from("ABCXYZabcxyz0189'.,#/|éñ-"), min_size=1, max_size=12)
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
_TEETH = st.one_of(
    st.builds(lambda number: {"number": str(number), "system": "universal"}, st.integers(1, 32)),
    st.builds(lambda number: {"number": str(number), "system": "fdi"}, st.sampled_from([11, 21, 36, 48, 55])),
)
_PROVIDERS = st.sampled_from([{}, {"npi": "1234567893"}, {"name": "Kildare"}, {"npi": "0000000000", "name": "Lantern"}])


@st.composite
def _carried(draw: st.DrawFn) -> dict[str, Any]:
    """A claim that uses only what a Claim of R4 carries."""
    numbers = draw(st.lists(st.integers(1, 9999), max_size=4, unique=True))
    lines: list[dict[str, Any]] = []
    for number in numbers:
        first, last = sorted((draw(_DAYS), draw(_DAYS)))
        when = [{}, {"service_date": first}, {"service_period": {"start": first, "end": last}}]
        line = {"line": number, "procedure": draw(st.sampled_from(["D3351", "D0220"])), **draw(st.sampled_from(when))}
        lines.append(line | draw(st.just({}) | st.builds(lambda tooth: {"tooth": tooth}, _TEETH)))
    attachments = st.fixed_dictionaries(
        {
            "file_name": st.none()
            | _WORD.map(lambda word: word.replace("/", "") or "x").filter(lambda word: word != "."),
            "control_number": st.none() | _WORD,
            "date_taken": st.none() | _DAYS,
            "lines": st.lists(st.sampled_from(numbers), unique=True).map(
                lambda some: [number for number in numbers if number in some]
            )
            if numbers
            else st.just([]),
        }
    )
    given_name = draw(st.just("") | _WORD)
    return {
        "claim_number": draw(_WORD),
        "kind": draw(st.sampled_from(["claim", "predetermination"])),
        "payer": draw(st.sampled_from([{}, {"id": "PAYER-1"}, {"name": "Synthetic Plan"}])),
        "billing_provider": draw(_PROVIDERS),
        "treating_provider": draw(_PROVIDERS),
        "patient": {
            "name": {
                "family": draw(_WORD),
                "given": given_name,
                "middle": draw(st.just("") | _WORD) if given_name else "",
                "suffix": draw(st.sampled_from(["", "JR"])),
            },
            "birth_date": draw(st.none() | _DAYS),
            "member_id": draw(st.none() | _WORD),
            "chart_number": draw(st.none() | _WORD),
            "missing_teeth": draw(st.lists(_TEETH, max_size=3)),
        },
        "lines": lines,
        "narrative": draw(st.just("") | st.lists(_WORD, min_size=1, max_size=9).map("\n".join)),
        "attachments": draw(st.lists(attachments, max_size=3)),
    }


def back(resource: dict[str, Any]) -> ReadClaim:
    (found,) = read_resource(json.dumps(resource).encode(), origin="written")
    assert isinstance(found, ReadClaim), found
    return found


@given(_carried().map(lambda said: ClaimDocument.model_validate(said, strict=False)))
def test_a_claim_that_goes_out_comes_back_the_same(document: ClaimDocument) -> None:
    assert not_carried(document) == []
    written = write_claim(document, created=TODAY)
    Claim.model_validate(written)
    found = back(written)
    assert (found.document, found.left_out) == (document, ())


def test_what_the_format_cannot_carry_is_listed() -> None:
    document = ClaimDocument.model_validate_json(json.dumps(claim_document()))
    assert set(not_carried(document)) == {
        "received_date",
        "time_zone",
        "history",
        "attachments[0].image_type",
        "attachments[0].teeth",
        "attachments[0].mirrored",
        "attachments[0].date_taken (its time)",
        "lines[0].service_time",
    }
    returned = back(write_claim(document, created=TODAY)).document
    assert (returned.patient, returned.lines[0].tooth) == (document.patient, document.lines[0].tooth)
