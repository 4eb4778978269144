"""JPEG, PNG, TIFF, BMP, GIF, WebP and JPEG 2000 become radiographs, or faults that say why not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apexproof.radiograph import Legibility, Radiograph, ReadingFault
from apexproof.reading.part import Depth, Limits
from apexproof.reading.raster import read_raster
from apexproof.reading.reader import read_part
from fixtures import hostile
from tests.reading.parts import found, part_of

FORMS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000")
ORIENTATION = 0x0112


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def the_picture(content: bytes, *, depth: Depth = Depth.PIXELS) -> Radiograph:
    pictures, faults = found(read_raster(part_of(content, depth=depth)))
    assert not faults
    (picture,) = pictures
    return picture


def read_whole(content: bytes, limits: Limits | None = None) -> tuple[list[Radiograph], list[ReadingFault]]:
    return found(read_part(part_of(content, limits=limits)))


def legibility(picture: Radiograph) -> Legibility:
    value = picture.legibility[0].value
    assert value is not None
    return value


def pixel_sha256(picture: Radiograph) -> str:
    value = picture.fingerprint[0].value
    assert value is not None
    return value.pixel_sha256


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_measured(form: str) -> None:
    measures = legibility(the_picture(hostile.picture(form)))
    assert (measures.width, measures.height, measures.bits) == (260, 320, 8)
    assert measures.contrast > 0.2


@pytest.mark.parametrize("form", FORMS)
def test_headers_decode_no_pixel(form: str) -> None:
    content = hostile.picture(form)
    picture = the_picture(content[: len(content) * 3 // 4] if form in {"JPEG", "PNG"} else content, depth=Depth.HEADERS)
    assert not picture.legibility
    assert not picture.fingerprint


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "GIF"])
def test_lossless_forms_of_one_picture_have_one_fingerprint(form: str) -> None:
    assert pixel_sha256(the_picture(hostile.picture(form))) == pixel_sha256(the_picture(hostile.picture("PNG")))


def test_sixteen_bits_stay_sixteen() -> None:
    deep = Image.fromarray(hostile.film().astype(np.uint16) * 257)
    measures = [legibility(the_picture(saved(deep, form))) for form in ("PNG", "TIFF")]
    assert [one.bits for one in measures] == [16, 16]
    assert measures[0] == measures[1]


def test_byte_order_does_not_change_the_picture() -> None:
    deep = hostile.film().astype(np.uint16) * 257
    big = Image.frombytes("I;16B", (260, 320), deep.astype(">u2").tobytes())
    assert pixel_sha256(the_picture(saved(big, "TIFF"))) == pixel_sha256(
        the_picture(saved(Image.fromarray(deep), "TIFF"))
    )


def test_white_is_zero_is_shown_as_it_is_meant() -> None:
    deep = hostile.film().astype(np.uint16) * 257
    inverted = saved(Image.fromarray(65535 - deep), "TIFF", tiffinfo={262: 0})
    assert pixel_sha256(the_picture(inverted)) == pixel_sha256(the_picture(saved(Image.fromarray(deep), "TIFF")))


@pytest.mark.parametrize("mode", ["1", "P", "LA", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I"])
def test_every_mode_becomes_grey(mode: str) -> None:
    form = "PNG" if mode in {"P", "LA"} else "TIFF"
    source = Image.fromarray(hostile.film())
    image = source.convert("LA").convert("PA") if mode == "PA" else source.convert(mode)
    measures = legibility(the_picture(saved(image, form)))
    assert (measures.width, measures.height) == (260, 320)
    assert measures.contrast > 0


@pytest.mark.parametrize("values", [np.float32(0.5), np.int32(-5), np.int32(70000)])
def test_samples_that_are_no_grey_level_are_refused(values: np.generic) -> None:
    image = Image.fromarray(np.full((300, 300), values))
    pictures, faults = read_whole(saved(image, "TIFF"))
    assert not pictures
    assert [fault.fault for fault in faults] == ["unsupported"]


def test_each_page_of_a_tiff_is_a_radiograph() -> None:
    first, second = Image.fromarray(hostile.film()), Image.fromarray(hostile.film(width=300))
    pictures, faults = found(read_raster(part_of(saved(first, "TIFF", save_all=True, append_images=[second]))))
    assert not faults
    assert [(picture.place, legibility(picture).width) for picture in pictures] == [("page 1", 260), ("page 2", 300)]


def test_pages_beyond_the_limit_are_named() -> None:
    pages = [Image.fromarray(hostile.film())] * 5
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    pictures, faults = found(read_raster(part_of(content, limits=Limits(pages=2))))
    assert len(pictures) == 2
    assert [fault.fault for fault in faults] == ["too_many_pages"]
    assert "3 left out" in faults[0].message


def test_a_damaged_page_costs_only_itself() -> None:
    pages = [Image.fromarray(hostile.film())] * 3
    content = bytearray(
        saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate")
    )
    content[8:400] = bytes(392)
    pictures, faults = found(read_raster(part_of(bytes(content))))
    assert [picture.place for picture in pictures] == ["page 2", "page 3"]
    assert [fault.place for fault in faults] == ["page 1"]


def test_pages_that_were_read_before_are_left_out() -> None:
    pages = [Image.fromarray(hostile.film())] * 3
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    pictures, _ = found(read_raster(part_of(content, enter=lambda place: place != "page 2")))
    assert [picture.place for picture in pictures] == ["page 1", "page 3"]


def test_a_directory_that_leads_to_itself_ends() -> None:
    assert legibility(the_picture(hostile.tiff_loop())).width == 260


def test_of_an_animation_the_first_frame_is_read_and_the_rest_named() -> None:
    pictures, faults = found(read_raster(part_of(hostile.gif_of_frames(20))))
    assert len(pictures) == 1
    assert [(fault.fault, fault.fatal) for fault in faults] == [("animation", False)]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_picture_is_turned_upright(orientation: int, form: str) -> None:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    picture = the_picture(saved(Image.fromarray(hostile.film()), form, exif=tags))
    turned = orientation >= 5
    assert (legibility(picture).width, legibility(picture).height) == ((320, 260) if turned else (260, 320))
    assert [one.note is not None and one.value is None for one in picture.mirrored] == [True] * (orientation != 1)


def test_orientation_three_is_half_a_turn() -> None:
    tags = Image.Exif()
    tags[ORIENTATION] = 3
    upside_down = Image.fromarray(np.ascontiguousarray(hostile.film()[::-1, ::-1]))
    assert pixel_sha256(the_picture(saved(upside_down, "PNG", exif=tags))) == pixel_sha256(
        the_picture(hostile.picture("PNG"))
    )


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    for content, limits in (
        (hostile.png(30000, 30000), Limits()),
        (hostile.png(8000, 8001), Limits()),
        (hostile.picture("JPEG"), Limits(pixels=260 * 320 - 1)),
        (saved(Image.new("RGB", (260, 320)), "PNG"), Limits(sample_bytes=260 * 320 * 2)),
    ):
        pictures, faults = read_whole(content, limits)
        assert not pictures
        assert [fault.fault for fault in faults] == ["too_large"]


def test_a_text_bomb_in_a_png_is_refused() -> None:
    pictures, faults = read_whole(hostile.png_with_text_bomb(80 * 1024**2))
    assert not pictures
    assert [fault.fault for fault in faults] == ["too_large"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_half_a_picture_is_no_picture(form: str, quarter: int) -> None:
    content = hostile.picture(form)
    pictures, faults = read_whole(content[: len(content) * quarter // 4])
    assert not pictures
    assert faults[0].fault in {"truncated", "corrupt"}


@given(cut=st.integers(min_value=1, max_value=6000), form=st.sampled_from(["JPEG", "PNG", "GIF", "BMP"]))
@settings(max_examples=60)
def test_wherever_it_is_cut_a_lossless_picture_is_whole_or_refused(cut: int, form: str) -> None:
    content = hostile.picture(form)
    pictures, faults = read_whole(content[:-cut])
    assert bool(pictures) != bool(faults)
    if pictures and form != "JPEG":
        assert pixel_sha256(pictures[0]) == pixel_sha256(the_picture(content))
