"""The pictures in a PDF become radiographs, and a page without one is a document."""

from __future__ import annotations

import io

import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apexproof.observation import Observation, Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.measures import PIXELS
from apexproof.reading.part import Depth, Limits
from apexproof.reading.reader import read_part
from apexproof.view import View, ViewStatement
from fixtures import hostile
from tests.reading.parts import found, part_of

STREAM = b"<< /Length %d >>\nstream\n%b\nendstream"


def read(
    content: bytes, *, depth: Depth = Depth.PIXELS, limits: Limits | None = None
) -> tuple[list[Radiograph], list[ReadingFault]]:
    return found(read_part(part_of(content, depth=depth, limits=limits)))


def pdf_of_images(*images: Image.Image) -> bytes:
    """One page for each image."""
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:])
    return out.getvalue()


def pdf_drawing(content: bytes, *, box: bytes = b"[0 0 612 792]") -> bytes:
    """One page on which only this is drawn."""
    return hostile.pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox %b >>" % box,
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
        STREAM % (len(content), content),
    )


def sizes(pictures: list[Radiograph]) -> list[tuple[str, int, int]]:
    measures = [(picture.place, picture.legibility[0].value) for picture in pictures]
    return [(place, one.width, one.height) for place, one in measures if one is not None]


def stated_views(picture: Radiograph) -> list[Observation[ViewStatement]]:
    """What the document says of the view, without what the pixels say."""
    return [observation for observation in picture.view if observation.source != PIXELS]


def test_each_image_of_each_page_is_a_radiograph_at_its_own_size() -> None:
    content = pdf_of_images(Image.fromarray(hostile.film()), Image.fromarray(hostile.film(width=300)).convert("RGB"))
    pictures, faults = read(content)
    assert not faults
    assert sizes(pictures) == [("page 1, image 1", 260, 320), ("page 2, image 1", 300, 320)]
    assert [stated_views(picture) for picture in pictures] == [[], []]


def test_a_page_that_only_holds_a_logo_is_rendered_and_may_be_a_document() -> None:
    pictures, faults = read(pdf_of_images(Image.fromarray(hostile.film(width=64, height=64))))
    assert not faults
    (picture,) = pictures
    assert picture.place == "page 1"
    assert stated_views(picture)[0].strength is Strength.BOUND


def test_a_page_without_any_image_is_a_document() -> None:
    pictures, faults = read(pdf_drawing(b"100 100 200 200 re f"))
    assert not faults
    (picture,) = pictures
    (view,) = stated_views(picture)
    assert view.value is not None
    assert view.value.view is View.DOCUMENT
    assert view.strength is Strength.ATTRIBUTE
    assert sizes(pictures) == [("page 1", 1700, 2200)]


def test_an_enormous_page_is_rendered_within_the_limits() -> None:
    pictures, _ = read(pdf_drawing(b"", box=b"[0 0 14400 14400]"), limits=Limits(pixels=1_000_000))
    ((_, width, height),) = sizes(pictures)
    assert 900_000 < width * height <= 1_002_001


def test_an_image_of_too_many_pixels_is_not_decoded() -> None:
    pictures, faults = read(hostile.pdf_of_big_image(1100), limits=Limits(pixels=1_000_000))
    assert not pictures
    assert [(fault.fault, fault.place) for fault in faults] == [("too_large", "page 1, image 1")]


def test_headers_decode_no_pixel() -> None:
    pictures, faults = read(hostile.pdf_of_film(), depth=Depth.HEADERS)
    assert not faults
    assert [(picture.place, picture.legibility) for picture in pictures] == [("page 1, image 1", ())]


def test_pages_beyond_the_limit_are_named_and_no_script_runs() -> None:
    pictures, faults = read(hostile.pdf_of_pages(10_000), limits=Limits(pages=3))
    assert [picture.place for picture in pictures] == ["page 1", "page 2", "page 3"]
    assert [fault.fault for fault in faults] == ["too_many_pages"]
    assert "9997 left out" in faults[0].message


def test_a_page_tree_that_holds_itself_ends() -> None:
    pictures, faults = read(hostile.pdf_page_tree_loop())
    assert not pictures
    assert {fault.fault for fault in faults} <= {"corrupt", "too_many_pages"}


def test_a_locked_document_is_told_from_a_damaged_one() -> None:
    handler = b"/Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b>" % (b"41" * 32, b"42" * 32)
    plain = hostile.pdf_of_film()
    locked = plain.replace(b"trailer\n<<", b"trailer\n<< /ID [<00> <00>] /Encrypt << %b >>" % handler)
    assert locked != plain
    assert [fault.fault for fault in read(locked)[1]] == ["encrypted"]
    assert [fault.fault for fault in read(plain[:1500])[1]] == ["corrupt"]


def test_images_that_were_read_before_are_left_out() -> None:
    content = pdf_of_images(*[Image.fromarray(hostile.film())] * 3)
    entered = list[str]()

    def enter(place: str) -> bool:
        entered.append(place)
        return place != "page 2, image 1"

    pictures, _ = found(read_part(part_of(content, enter=enter)))
    assert [picture.place for picture in pictures] == ["page 1, image 1", "page 3, image 1"]
    assert entered[:3] == ["", "page 1", "page 1, image 1"]


def test_the_engine_has_no_script_interpreter() -> None:
    assert "V8" not in pypdfium2.PDFIUM_INFO.flags


@given(noise=st.binary(min_size=1, max_size=60), at=st.integers(min_value=0, max_value=6900))
@settings(max_examples=60)
def test_whatever_is_broken_there_is_an_answer(noise: bytes, at: int) -> None:
    content = hostile.pdf_of_film()
    pictures, faults = read(content[:at] + noise + content[at + len(noise) :])
    assert pictures or faults
