"""Files in a resource come out as they went in, however they were written, and never count as its text."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.errors import ClaimUnusable
from apexproof.formats.fhir.embedded import Base64Unusable, Embedded, load_resource
from apexproof.formats.native import LARGEST_DOCUMENT

FILM = bytes(range(256)) * 40


def decoded(resource: bytes, *path: str) -> bytes:
    embedded, loaded = load_resource(resource, "test")
    for step in path:
        loaded = loaded[step]
    return b"".join(embedded.decoded(loaded))


@given(content=st.binary(max_size=40) | st.binary(max_size=40).map(lambda seed: seed * 600), escaped=st.booleans())
def test_a_file_comes_out_as_it_went_in(content: bytes, escaped: bool) -> None:  # noqa: FBT001 - hypothesis names it
    written = json.dumps({"title": '"data": "AAAA"', "data": base64.b64encode(content).decode()})
    if escaped:  # as programs in PHP and .NET write it
        written = written.replace("/", "\\/").replace("+", "\\u002B")
    assert decoded(written.encode(), "data") == content


def test_a_file_of_several_pieces_is_decoded_as_one() -> None:
    content = bytes(range(251)) * 9000
    written = json.dumps({"data": base64.b64encode(content).decode()}).encode()
    embedded, loaded = load_resource(written, "test")
    assert embedded.rest_size < 20
    assert b"".join(embedded.decoded(loaded["data"])) == content


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: "=" + text, lambda text: text + "AA==AAAA"])
def test_what_is_no_base64_is_refused(spoil: object) -> None:
    assert callable(spoil)
    written = json.dumps({"data": spoil(base64.b64encode(FILM).decode())}).encode()
    with pytest.raises(Base64Unusable):
        decoded(written, "data")


def test_text_beside_the_files_is_held_to_the_size_of_a_document() -> None:
    with pytest.raises(ClaimUnusable, match="without its files"):
        load_resource(b'{"text": "' + b"a" * LARGEST_DOCUMENT + b'"}', "test")


@given(st.binary(max_size=60))
def test_whatever_comes_is_cut_and_put_together_again(octets: bytes) -> None:
    embedded = Embedded(octets)
    assert embedded.rest() == octets
