"""Claims are told by the content of their file."""

from __future__ import annotations

import io
import json
from io import BufferedReader

import pytest

from apexproof.errors import ClaimUnusable
from apexproof.formats.claim_file import ClaimFile, read_claim_file
from tests.formats.test_native import claim_document
from tests.formats.x12.interchanges import CLAIM, interchange, one_claim


def read(content: bytes) -> ClaimFile:
    return read_claim_file(BufferedReader(io.BytesIO(content)), origin="claims")


def test_a_native_document_and_an_interchange_are_told_apart() -> None:
    assert [claim.number for claim in read(json.dumps(claim_document()).encode()).claims] == ["SYN-1"]
    assert [claim.number for claim in read(interchange(one_claim())).claims] == ["AX-1001"]


def test_a_claim_twice_in_a_file_is_read_once_and_said_so() -> None:
    found = read(interchange((*one_claim(), *CLAIM)))
    assert [claim.number for claim in found.claims] == ["AX-1001"]
    assert "stands in the file twice" in found.faults[0]


def test_a_file_without_a_dental_claim_is_refused_with_the_reason() -> None:
    with pytest.raises(ClaimUnusable, match="is no dental claim"):
        read(interchange(one_claim(), version="005010X222A1"))
