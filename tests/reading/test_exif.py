"""What EXIF and other words beside a picture say, and how little that is worth."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from apexproof.exposure import ExposureInterval
from apexproof.observation import Observation, Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.part import Depth
from apexproof.reading.reader import read_part
from apexproof.view import View
from fixtures import hostile
from tests.reading.parts import found, part_of

MAKE, MODEL, DESCRIPTION = 0x010F, 0x0110, 0x010E
ORIGINAL, DIGITIZED, OFFSET, USER_COMMENT, F_NUMBER = 0x9003, 0x9004, 0x9011, 0x9286, 0x829D


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def read(content: bytes, *, depth: Depth = Depth.PIXELS) -> tuple[list[Radiograph], list[ReadingFault]]:
    return found(read_part(part_of(content, depth=depth)))


def the_picture(content: bytes, *, depth: Depth = Depth.PIXELS) -> Radiograph:
    pictures, faults = read(content, depth=depth)
    assert not faults
    (picture,) = pictures
    return picture


def with_exif(*, image: dict[int, object] | None = None, photo: dict[int, object] | None = None) -> bytes:
    tags = Image.Exif()
    tags.update(image or {})
    if photo:
        tags.get_ifd(0x8769).update(photo)
        tags[0x8769] = tags.get_ifd(0x8769)
    return saved(Image.fromarray(hostile.film()), "JPEG", exif=tags)


def exposure(content: bytes) -> tuple[Observation[ExposureInterval], ...]:
    return the_picture(content, depth=Depth.HEADERS).exposure


def test_the_date_of_the_original_is_two_sided() -> None:
    (seen,) = exposure(with_exif(photo={ORIGINAL: "2026:01:05 09:30:00"}))
    moment = datetime(2026, 1, 5, 9, 30)  # noqa: DTZ001 - EXIF states no offset here
    assert seen.value == ExposureInterval.at(moment)
    assert (seen.source, seen.strength) == ("EXIF DateTimeOriginal", Strength.FREE_TEXT)


@pytest.mark.parametrize(
    ("offset", "zone"),
    [("-06:00", timezone(timedelta(hours=-6))), ("+05:30", timezone(timedelta(hours=5, minutes=30))), ("Z", UTC)],
)
def test_the_offset_of_the_original_is_honoured(offset: str, zone: timezone) -> None:
    (seen,) = exposure(with_exif(photo={ORIGINAL: "2026:01:05 09:30:00", OFFSET: offset}))
    assert seen.value == ExposureInterval.at(datetime(2026, 1, 5, 9, 30, tzinfo=zone))


def test_midnight_to_the_second_is_a_day() -> None:
    (seen,) = exposure(with_exif(photo={ORIGINAL: "2026:01:05 00:00:00"}))
    assert str(seen.value) == "2026-01-05"


@pytest.mark.parametrize(
    ("image", "photo"),
    [
        ({MAKE: "Apple", MODEL: "iPhone 15"}, {}),
        ({MAKE: "NIKON CORPORATION"}, {}),
        ({}, {F_NUMBER: 1.8}),
    ],
)
def test_a_photograph_of_a_film_only_bounds_its_date(image: dict[int, object], photo: dict[int, object]) -> None:
    content = with_exif(image=image, photo={ORIGINAL: "2026:01:05 09:30:00", **photo})
    picture = the_picture(content, depth=Depth.HEADERS)
    assert str(picture.exposure[0].value) == "not later than 2026-01-05 09:30"
    (view,) = picture.view
    assert view.value is not None
    assert view.value.view is View.PHOTOGRAPH
    assert view.strength is Strength.BOUND


def test_a_scan_of_a_film_bounds_its_date_and_is_no_photograph() -> None:
    content = with_exif(image={MAKE: "Canon", MODEL: "CanoScan 9000F"}, photo={ORIGINAL: "2026:01:05 09:30:00"})
    picture = the_picture(content, depth=Depth.HEADERS)
    assert str(picture.exposure[0].value) == "not later than 2026-01-05 09:30"
    assert picture.view == ()


def test_digitization_is_an_upper_bound() -> None:
    (seen,) = exposure(with_exif(photo={DIGITIZED: "2026:01:05 09:30:00"}))
    assert str(seen.value) == "not later than 2026-01-05 09:30"


def test_the_day_of_the_last_change_is_no_evidence() -> None:
    assert exposure(with_exif(image={0x0132: "2026:01:05 09:30:00"})) == ()


@pytest.mark.parametrize(
    "written",
    ["0000:00:00 00:00:00", "2026:02:30 10:00:00", "1970:01:01 00:00:00", "9999:12:31 00:00:00", "yesterday"],
)
def test_an_unusable_date_says_so(written: str) -> None:
    (seen,) = exposure(with_exif(photo={ORIGINAL: written}))
    assert seen.value is None
    assert seen.note
    assert written not in seen.note


def test_words_beside_the_picture_are_free_text() -> None:
    comment = b"UNICODE\0" + "tooth #30".encode("utf-16")
    content = with_exif(image={DESCRIPTION: "PA #8"}, photo={USER_COMMENT: comment})
    teeth = the_picture(content, depth=Depth.HEADERS).teeth
    assert [(one.source, one.strength) for one in teeth] == [
        ("EXIF ImageDescription", Strength.FREE_TEXT),
        ("EXIF UserComment", Strength.FREE_TEXT),
    ]


def test_words_of_windows_png_and_jpeg_are_read() -> None:
    windows = with_exif(image={0x9C9C: "PA #9".encode("utf-16-le")})
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("Description", "periapical, tooth #10", zip=True)
    png = saved(Image.fromarray(hostile.film()), "PNG", pnginfo=texts)
    jpeg = saved(Image.fromarray(hostile.film()), "JPEG", comment=b"PA of tooth #7")
    for content, source in ((windows, "EXIF XPComment"), (png, "PNG Description"), (jpeg, "JPEG comment")):
        picture = the_picture(content)
        assert [one.source for one in picture.teeth] == [source]


def test_a_malformed_exif_block_costs_no_picture() -> None:
    content = with_exif(image={DESCRIPTION: "PA #8"}, photo={ORIGINAL: "2026:01:05 09:30:00"})
    start = content.index(b"Exif\0\0") + 6
    broken = content[: start + 4] + b"\xff\xff\xff\x7f" + content[start + 8 :]
    pictures, faults = read(broken)
    assert len(pictures) == 1
    assert all(not fault.fatal for fault in faults)


@given(st.binary(min_size=1, max_size=120), st.integers(min_value=2, max_value=900))
@settings(max_examples=60)
def test_whatever_the_metadata_are_there_is_an_answer(noise: bytes, at: int) -> None:
    content = with_exif(image={DESCRIPTION: "PA #8", MAKE: "Apple"}, photo={ORIGINAL: "2026:01:05 09:30:00"})
    pictures, faults = read(content[:at] + noise + content[at + len(noise) :])
    assert pictures or faults
