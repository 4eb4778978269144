"""A ZIP is walked within bounds, told by content, and never unpacked to disk."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.part import Limits
from apexproof.reading.reader import read_part
from fixtures import hostile
from tests.reading.parts import found, part_of

MIB = 1024**2


def read(content: bytes, *, limits: Limits | None = None) -> tuple[list[str], list[tuple[str, str]]]:
    pictures, faults = found(read_part(part_of(content, limits=limits)))
    return places(pictures), named(faults)


def places(pictures: list[Radiograph]) -> list[str]:
    return [picture.place for picture in pictures]


def named(faults: list[ReadingFault]) -> list[tuple[str, str]]:
    return [(fault.fault, fault.place) for fault in faults]


def test_members_are_read_in_their_order_whatever_their_names_say() -> None:
    members = [("z.txt", "PNG"), ("folder/a.pdf", "JPEG"), ("DICOMDIR", "BMP")]
    content = hostile.archive(*((name, hostile.picture(form)) for name, form in members))
    assert read(content) == (["z.txt", "folder/a.pdf", "DICOMDIR"], [])


def test_what_lies_beside_the_pictures_costs_none() -> None:
    content = hostile.archive(
        ("viewer.exe", b"MZ\x90\0"), ("read me.txt", b"Read me"), ("a.png", hostile.picture("PNG"))
    )
    pictures, faults = found(read_part(part_of(content)))
    assert places(pictures) == ["a.png"]
    assert [(fault.fault, fault.place, fault.fatal) for fault in faults] == [
        ("unknown_kind", "viewer.exe", False),
        ("unknown_kind", "read me.txt", False),
    ]


def test_litter_of_operating_systems_is_passed_over() -> None:
    litter = ("__MACOSX/._a.png", "._b", ".DS_Store", "x/Thumbs.db", "desktop.ini", "folder/")
    content = hostile.archive(*((name, b"") for name in litter), ("a.png", hostile.picture("PNG")))
    assert read(content) == (["a.png"], [])


def test_an_archive_without_files_says_so() -> None:
    assert read(hostile.archive()) == ([], [("empty_archive", "")])


def test_archives_in_archives_are_read_to_the_limit_of_nesting() -> None:
    content = hostile.archive(("film.png", hostile.picture("PNG")))
    for _ in range(3):
        content = hostile.archive(("in.zip", content))
    assert read(content) == (["in.zip/in.zip/in.zip/film.png"], [])
    deeper = hostile.archive(("in.zip", content))
    assert read(deeper) == ([], [("nested_too_deeply", "in.zip/in.zip/in.zip/in.zip")])


def test_members_are_counted_over_all_nesting() -> None:
    inner = hostile.archive(*((f"{number}.png", hostile.picture("PNG")) for number in range(3)))
    content = hostile.archive(("a.zip", inner), ("b.zip", inner), ("c.zip", inner))
    pictures, faults = read(content, limits=Limits(members=6))
    assert pictures == ["a.zip/0.png", "a.zip/1.png", "a.zip/2.png", "b.zip/0.png"]
    assert faults == [("too_many_members", "b.zip"), ("too_many_members", "")]


def test_unpacked_bytes_are_counted_over_all_nesting() -> None:
    size = len(hostile.picture("BMP"))
    inner = hostile.archive(("1.bmp", hostile.picture("BMP")), ("2.bmp", hostile.picture("BMP")), deflated=False)
    content = hostile.archive(("a.zip", inner), ("b.zip", inner), deflated=False)
    pictures, faults = read(content, limits=Limits(unpacked_bytes=2 * len(inner) + 3 * size + size // 2))
    assert pictures == ["a.zip/1.bmp", "a.zip/2.bmp", "b.zip/1.bmp"]
    assert faults == [("too_large", "b.zip/2.bmp")]


def test_a_bomb_is_left_unread_by_its_ratio() -> None:
    content = hostile.archive(("bomb", bytes(40 * MIB)), ("a.png", hostile.picture("PNG")))
    assert read(content) == (["a.png"], [("ratio", "bomb")])


def test_what_packs_well_and_is_small_is_no_bomb() -> None:
    blank = hostile.png(900, 900, rows=bytes(900 * 901))
    assert read(hostile.archive(("blank.png", blank), ("zeros", bytes(MIB // 2))))[0] == ["blank.png"]


def test_members_that_share_their_bytes_are_left_unread() -> None:
    assert read(hostile.zip_of_overlaps()) == ([], [("overlapping", "")])


def test_a_size_that_lies_is_not_believed() -> None:
    packed = bytearray(hostile.archive(("bomb", bytes(40 * MIB))))
    entry = packed.index(b"PK\x01\x02")
    packed[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert read(bytes(packed)) == ([], [("corrupt", "bomb")])
    packed[entry + 20 : entry + 24] = (MIB).to_bytes(4, "little")
    assert read(bytes(packed)) == ([], [("overlapping", "")])


def test_a_link_is_not_followed() -> None:
    assert read(hostile.zip_with_symlink()) == (["before.jpg", "after.jpg"], [("symlink", "link.jpg")])


def test_names_lead_nowhere_and_are_shown_clean() -> None:
    pictures, faults = read(hostile.zip_with_hostile_names())
    assert not faults
    assert pictures == [
        "up.png",
        "absolute.png",
        "C:/drive.png",
        "a\ufffd[31mred.png",
        "\ufffdgnp.lmx",
        "twice",
        "twice (2)",
    ]


def test_a_locked_or_changed_member_costs_only_itself() -> None:
    assert read(hostile.zip_locked()) == ([], [("encrypted", "film.png")])
    assert read(hostile.zip_with_wrong_checksum()) == ([], [("corrupt", "film.png")])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounded_steps_are_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        packed.writestr("film.png", hostile.picture("PNG"))
    assert read(out.getvalue()) == ([], [("unsupported", "film.png")])


def test_members_that_were_read_before_are_left_out() -> None:
    content = hostile.archive(*((name, hostile.picture("PNG")) for name in "abc"))
    pictures, _ = found(read_part(part_of(content, enter=lambda place: place != "b")))
    assert places(pictures) == ["a", "c"]


@given(noise=st.binary(min_size=1, max_size=40), at=st.integers(min_value=0, max_value=12700))
@settings(max_examples=60)
def test_whatever_is_broken_there_is_an_answer(noise: bytes, at: int) -> None:
    content = hostile.archive(("a.jpg", hostile.picture("JPEG")), ("b.jpg", hostile.picture("JPEG")))
    pictures, faults = read(content[:at] + noise + content[at + len(noise) :])
    assert pictures or faults


@given(st.text(max_size=300))
def test_any_name_is_shown_short_and_printable(name: str) -> None:
    try:
        content = hostile.archive((f"x{name}", b"text"))
    except UnicodeEncodeError:
        content = hostile.archive((f"x{name}".encode("ascii", "replace").decode(), b"text"))
    _, faults = read(content)
    for _, place in faults:
        assert place.isprintable()
        assert len(place) <= 120
