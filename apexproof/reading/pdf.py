"""PDF: the pictures embedded in its pages, and a page that has none as it looks.

Rendered by pdfium without its JavaScript engine: nothing in a document is ever run. The words on a page are not taken
as captions of its pictures, because nothing says which picture they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from apexproof.errors import ReadingFailed
from apexproof.observation import Observation, Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.mount import observed
from apexproof.reading.part import Depth, Limits, Part, Read
from apexproof.reading.picture import Picture
from apexproof.view import View, ViewStatement

_SMALLEST_PICTURE = 200  # pixels on the short side; logos, stamps and the strips of a cut-up scan are below it
_RENDERED_AT = 200 / 72  # pixels per point: 200 dpi
_FORMS_WITHIN_FORMS = 4
_IMAGES_OF_A_PAGE = 100
_CHANNELS_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The pictures of one page that are big enough to be one, and whether it holds any image at all."""

    pictures: tuple[pypdfium2.PdfImage, ...]
    has_images: bool


def read_pdf(part: Part) -> Read:
    """Each picture of each page, up to the limit of pages; then what was left out."""
    document = _opened(part.content)
    try:
        count = len(document)
        if not count:
            raise ReadingFailed("corrupt", "This PDF has no page that can be read; save it again.")
        for number in range(min(count, part.limits.pages)):
            place = part.at(f"page {number + 1}")
            if part.enter(place):
                yield from attempt(place, partial(_read_page, part, document, number, place))
        if count > part.limits.pages:
            yield _pages_left(part, count)
    finally:
        document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise ReadingFailed(
                "encrypted", "This PDF is locked with a password; save it without one and attach it again."
            ) from None
        raise ReadingFailed(
            "corrupt", "This PDF is damaged or cut short and cannot be opened; save it again."
        ) from None


def _read_page(part: Part, document: pypdfium2.PdfDocument, number: int, place: str) -> Read:
    page = document[number]
    try:
        found = _pictures(page)
        for index, image in enumerate(found.pictures, start=1):
            of_image = f"{place}, image {index}"
            if part.enter(of_image):
                yield from attempt(of_image, partial(_read_image, part, image, of_image))
        if not found.pictures:
            yield from _rendered(part, page, place, has_images=found.has_images)
    finally:
        page.close()


def _pictures(page: pypdfium2.PdfPage) -> _Page:
    images = []
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_FORMS_WITHIN_FORMS):
        if isinstance(image, pypdfium2.PdfImage):
            images.append(image)
        if len(images) == _IMAGES_OF_A_PAGE:
            break
    large = tuple(image for image in images if min(image.get_px_size()) >= _SMALLEST_PICTURE)
    return _Page(pictures=large, has_images=bool(images))


def _read_image(part: Part, image: pypdfium2.PdfImage, place: str) -> Read:
    width, height = image.get_px_size()
    if width * height > min(part.limits.pixels, part.limits.sample_bytes // _CHANNELS_MOST):
        raise ReadingFailed(
            "too_large", "This picture has far more pixels than a radiograph and was not decoded; export it smaller."
        )
    radiograph = Radiograph(place=place)
    if part.depth is Depth.HEADERS:
        yield radiograph
        return
    try:
        bitmap = image.get_bitmap(render=False)
    except pypdfium2.PdfiumError:
        raise ReadingFailed("corrupt", "This picture is damaged and cannot be decoded; export it again.") from None
    picture = _picture(bitmap)
    yield from observed(radiograph, picture, part)


def _rendered(part: Part, page: pypdfium2.PdfPage, place: str, *, has_images: bool) -> Read:
    """The page as it looks. Without any image in it, it cannot be a radiograph; with strips of one, it may be."""
    radiograph = Radiograph(
        place=place,
        view=(
            Observation(
                value=ViewStatement(possible=frozenset({View.DOCUMENT})),
                source="PDF page, rendered",
                strength=Strength.BOUND if has_images else Strength.ATTRIBUTE,
                note="the page holds only small images" if has_images else "the page holds no image",
            ),
        ),
    )
    if part.depth is Depth.HEADERS:
        yield radiograph
        return
    bitmap = page.render(scale=_scale(page, part.limits), grayscale=True, may_draw_forms=False)
    picture = _picture(bitmap)
    yield from observed(radiograph, picture, part)


def _scale(page: pypdfium2.PdfPage, limits: Limits) -> float:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise ReadingFailed("corrupt", "This page has no size and cannot be drawn; save the PDF again.")
    most = min(limits.pixels, limits.sample_bytes // _CHANNELS_MOST)
    return float(min(_RENDERED_AT, (most / (width * height)) ** 0.5))


def _picture(bitmap: pypdfium2.PdfBitmap) -> Picture:
    """The bitmap in grey; its samples are copied, because pdfium's memory ends with it."""
    samples: npt.NDArray[np.uint8] = bitmap.to_numpy()
    colours = None
    if samples.ndim == 2 or samples.shape[2] == 1:  # noqa: PLR2004 - rows and columns
        grey = samples.reshape(samples.shape[:2]).copy()
    else:
        colours = np.array(samples[:, :, 2::-1], np.uint8, order="C")  # pdfium has blue first
        grey = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    bitmap.warn_on_close = False  # nothing of its memory is used any more
    bitmap.close()
    return Picture(samples=grey, bits=8, colours=colours)


def _pages_left(part: Part, count: int) -> ReadingFault:
    left = count - part.limits.pages
    return ReadingFault(
        fault="too_many_pages",
        message=f"Only the first {part.limits.pages} pages were read and {left} left out; attach the image on its own.",
        place=part.place,
    )
