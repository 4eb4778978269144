"""An interchange is cut where its own ISA says, whatever its size, and never read into memory whole."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from apexproof.errors import ClaimUnusable
from apexproof.formats.x12.segments import LARGEST_SEGMENT, is_interchange, read_segments
from tests.formats.x12.interchanges import Repeated, interchange, one_claim

WHOLE = interchange(one_claim())


class Drip(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self._most, size) if size and size > 0 else self._most)


def cut(content: bytes) -> list[list[bytes]]:
    return [segment.elements for segment in read_segments(io.BytesIO(content), origin="test.edi")]


@given(st.integers(1, 200))
def test_how_a_stream_drips_in_changes_nothing(most: int) -> None:
    dripped = [segment.elements for segment in read_segments(Drip(WHOLE, most), origin="test.edi")]
    assert dripped == cut(WHOLE)


@given(
    st.lists(st.sampled_from("*|:^~!+;>\x1c\x1d\x1e"), min_size=4, max_size=4, unique=True).map("".join),
    st.sampled_from(["", "\n", "\r\n", "\n    "]),
)
def test_the_delimiters_are_those_of_the_header_and_space_between_segments_is_nothing(four: str, between: str) -> None:
    plain = [[element.replace(b":", b"_") for element in elements[:3]] for elements in cut(WHOLE)[1:]]
    other = interchange(one_claim(), delimiters=four, between=between)
    assert [[one.replace(four[1].encode(), b"_") for one in elements[:3]] for elements in cut(other)[1:]] == plain


def test_pyx12_cuts_the_same_segments() -> None:
    theirs = [segment.format("~", "*", ":").rstrip("~") for segment in X12Reader(io.StringIO(WHOLE.decode()))]
    ours = [b"*".join(elements).decode() for elements in cut(WHOLE)]
    assert [line.rstrip("*") for line in theirs] == [line.rstrip("*") for line in ours]


def test_one_file_may_hold_interchanges_with_other_delimiters() -> None:
    both = WHOLE + interchange(one_claim(), delimiters="|>!\x1e")
    assert [elements[0] for elements in cut(both)].count(b"ISA") == 2
    assert len(cut(both)) == 2 * len(cut(WHOLE))


@pytest.mark.parametrize("name", ["BIN*{length}*", "BDS*B64*{length}*"])
@given(content=st.binary(max_size=300))
def test_a_binary_segment_ends_where_its_length_says_whatever_it_holds(name: str, content: bytes) -> None:
    begin, end = WHOLE.split(b"SE*", 1)
    whole = begin + name.format(length=len(content)).encode() + content + b"~\nSE*" + end
    found = [elements for elements in cut(whole) if elements[0] in {b"BIN", b"BDS"}]
    assert [elements[-1] for elements in found] == [content]
    assert len(cut(whole)) == len(cut(WHOLE)) + 1


def test_a_name_that_only_ends_like_a_binary_segment_is_none() -> None:
    assert [b"N3", b"5 CABIN", b""] in cut(WHOLE.replace(b"PAT*19~", b"PAT*19~N3*5 CABIN*~"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"  \r\n", "it is empty"),
        (b"{}", "begins with ISA"),
        (b"ISA*00*too short~", "has not 16 elements"),
        (WHOLE[:-3], "breaks off in the middle of a segment"),
        (WHOLE + b"GS*HC~", "no interchange follows IEA"),
        (WHOLE[:107] + b"N" * (LARGEST_SEGMENT + 40_000), "no segment ends within"),
        (WHOLE.replace(b"SE*", b"BIN*999999999*x~SE*"), "it states no length"),
        (WHOLE.replace(b"SE*", b"BIN*x*x~SE*"), "it states no length"),
        (WHOLE.replace(b"SE*", b"BIN*2*x~SE*"), "does not end where its length says"),
    ],
)
def test_what_cannot_be_cut_is_said_with_its_place(content: bytes, reason: str) -> None:
    with pytest.raises(ClaimUnusable, match=reason) as error:
        cut(content)
    assert "segment " in str(error.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_cut_or_refused(content: bytes) -> None:
    for whole in (content, WHOLE[:106] + content):
        with suppress(ClaimUnusable):
            assert all(elements[0] for elements in cut(whole)[:1])


def test_an_interchange_is_told_by_its_first_bytes() -> None:
    assert is_interchange(b"\xef\xbb\xbf\r\n" + WHOLE[:50])
    assert not is_interchange(b'{"claim_number": "ISA"}')


def test_a_large_file_takes_no_more_memory_than_a_small_one() -> None:
    body = WHOLE[WHOLE.index(b"ST*") : WHOLE.index(b"GE*")] * 50
    tracemalloc.start()
    stream = Repeated(WHOLE[: WHOLE.index(b"ST*")], body, times=300)
    held = sum(1 for _ in read_segments(stream, origin="test.edi"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held > 250_000
    assert most < 2 * 1024**2
