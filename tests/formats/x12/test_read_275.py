"""The films of a 275 are found whatever they are wrapped in, with what links them to a claim."""

from __future__ import annotations

import base64
import binascii
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apexproof.errors import ClaimUnusable
from apexproof.formats.x12.enclosed import FILES_MOST, BodyUnusable, EnclosedFile, enclosed_files
from apexproof.formats.x12.envelope import Fault
from apexproof.formats.x12.read_275 import ReadAttachment, read_attachments
from tests.formats.x12.attachments_275 import FILM, attachment, loop, mime, unstructured
from tests.formats.x12.interchanges import interchange, one_claim


def read(content: bytes) -> tuple[list[ReadAttachment], list[Fault]]:
    found = list(read_attachments(io.BytesIO(content), origin="test.edi"))
    return [one for one in found if isinstance(one, ReadAttachment)], [one for one in found if isinstance(one, Fault)]


@pytest.mark.parametrize(("version", "segment"), [("006020X314", "BDS*B64"), ("005010X210", "BIN")])
def test_an_attachment_is_read_with_all_that_links_it(version: str, segment: str) -> None:
    (found,), faults = read(attachment(loop(mime(("image/jpeg", FILM)), segment=segment), version=version))
    assert faults == []
    assert found == ReadAttachment(
        position=14,
        control_number="ACN-0001",
        claim_number="AX-1001",
        provider="0000000000",
        line="1",
        code="52040-3",
        is_solicited=False,
        files=(EnclosedFile(name="pa8.jpg", content=FILM),),
    )


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (FILM, ""),
        (FILM, "ASC"),
        (base64.b64encode(FILM), "B64"),
        (base64.encodebytes(FILM), ""),
        (binascii.hexlify(FILM), "HDX"),
        (mime(("image/jpeg", FILM)), "B64"),
        (mime(("application/xml", unstructured())), "B64"),
        (unstructured(), "ASC"),
        (b"\n" + mime(("image/jpeg", FILM), ("text/plain", b"a letter")), ""),
    ],
)
def test_a_film_is_found_however_it_is_wrapped(body: bytes, coding: str) -> None:
    assert [file.content for file in enclosed_files(body, coding)] == [FILM]


def test_a_file_without_a_name_is_named_by_its_type_and_a_path_is_no_name() -> None:
    assert [file.name for file in enclosed_files(unstructured(media_type="application/pdf"))] == ["enclosed-1.pdf"]
    assert [file.name for file in enclosed_files(mime(("image/png", FILM), name="../../pa8.png"))] == ["pa8.png"]


@pytest.mark.parametrize(
    ("body", "coding", "reason"),
    [
        (b"", "", "holds no picture"),
        (mime(("text/plain", b"a letter")), "", "holds no picture"),
        (b"<levelone xmlns='urn:hl7-org:v3/cda'><body/></levelone>", "", "holds no picture"),
        (b"<a><b></a>", "", "damaged"),
        (unstructured(begin='<!DOCTYPE x [<!ENTITY a "b">]>'), "", "document type"),
        (unstructured(begin='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "", "document type"),
        (b"<a>" * 500, "", "too deeply"),
        (unstructured().replace(b'representation="B64"', b'representation="B64" compression="DF"'), "", "compressed"),
        (b"not base64!", "B64", "no whole base64"),
        (b"xyz", "HDX", "no hexadecimal"),
        (FILM, "UUE", "none of ASC"),
        (mime(*[("image/jpeg", FILM)] * (FILES_MOST + 1)), "", "more than 100"),
    ],
)
def test_a_body_that_cannot_be_used_says_why(body: bytes, coding: str, reason: str) -> None:
    with pytest.raises(BodyUnusable, match=reason):
        enclosed_files(body, coding)


def test_mime_nested_without_end_is_refused() -> None:
    body = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    with pytest.raises(BodyUnusable):
        enclosed_files(body)


def test_one_bad_attachment_stops_no_other() -> None:
    found, faults = read(attachment(loop(b"<a><b></a>"), loop(FILM, control_number="ACN-0002"), claim=None))
    assert [one.control_number for one in found] == ["ACN-0002"]
    assert [(fault.position, "damaged" in fault.reason) for fault in faults] == [(13, True)]


def test_an_attachment_that_nothing_links_is_a_fault() -> None:
    found, faults = read(attachment(loop(FILM, control_number=""), claim=None))
    assert found == []
    assert "neither a control number" in faults[0].reason


def test_what_was_said_of_one_attachment_is_not_said_of_the_next() -> None:
    (first, second), _ = read(attachment(loop(FILM), loop(FILM, control_number="", line="")))
    assert (first.control_number, first.line) == ("ACN-0001", "1")
    assert (second.control_number, second.line) == (None, None)


def test_an_attachment_of_a_prior_authorisation_is_refused() -> None:
    found, (fault,) = read(attachment(loop(FILM), version="006020X316"))
    assert (found, fault.position) == ([], 3)


def test_a_length_that_is_not_true_breaks_off_with_its_segment() -> None:
    with pytest.raises(ClaimUnusable, match="segment 14: its content does not end where its length says"):
        read(attachment([*loop(FILM)[:-1], b"BIN*3*" + FILM]))


def test_claims_are_no_attachments_and_it_is_said_who_takes_them() -> None:
    found, (fault,) = read(interchange(one_claim()))
    assert found == []
    assert "the service takes them at /v1/claims" in fault.reason


@given(content=st.binary(max_size=300), coding=st.sampled_from(["", "ASC", "B64", "HDX"]))
def test_any_body_gets_an_answer(content: bytes, coding: str) -> None:
    for body in (content, b"Content-Type: image/png\r\n\r\n" + content, b"<" + content, mime(("image/png", content))):
        with suppress(BodyUnusable):
            assert all(file.name for file in enclosed_files(body, coding))


@given(data=st.data())
def test_a_damaged_interchange_gets_an_answer(data: st.DataObject) -> None:
    whole = attachment(loop(FILM), loop(mime(("image/jpeg", FILM)), segment="BIN"))
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 40)) :]
    with suppress(ClaimUnusable):
        found, faults = read(damaged)
        assert all(one.files for one in found)
        assert all(fault.reason for fault in faults)


@given(content=st.binary(min_size=1, max_size=2000))
def test_bytes_come_out_as_they_went_in(content: bytes) -> None:
    for body in (mime(("image/png", content)), unstructured(content)):
        if content.strip() and not content.lstrip().startswith((b"<", b"\xef\xbb\xbf")):
            assert [file.content for file in enclosed_files(body)] == [content]
