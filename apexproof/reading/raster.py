"""Pictures in JPEG, PNG, TIFF, BMP, GIF, WebP and JPEG 2000, read with Pillow.

A picture that decodes only in part is no evidence: what is truncated or damaged is a fault, never half a picture.
The pixel density (72, 96, 300 dpi) is what programs write by default, and never made into millimetres.
"""

from __future__ import annotations

import io
import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from apexproof.errors import ReadingFailed
from apexproof.observation import Observation, Strength
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.attempt import attempt
from apexproof.reading.caption import Caption
from apexproof.reading.exif import ORIENTATION, Exif
from apexproof.reading.mount import observed
from apexproof.reading.part import Depth, Limits, Part, Read
from apexproof.reading.picture import Picture

_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000")
_BITS_PER_SAMPLE, _PHOTOMETRIC, _SUBFILE_TYPE = 258, 262, 254
_WHITE_IS_ZERO = 0
_REDUCED_OR_MASK = 0b101  # bits of NewSubfileType: a thumbnail of another page, a transparency mask (TIFF 6.0)
_SAMPLE_BYTES = {"I": 4, "F": 4, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}
_WORD_MOST = 2**16 - 1
_GREY_MODES = frozenset({"1", "L", "LA", "La"})
# How the rows and columns of a file are to be turned, by its orientation (TIFF 6.0, tag 274).
_UPRIGHT = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Text that Pillow finds beside the pixels: PNG's keywords (PNG 11.3.3.2), the comment of JPEG and GIF.
_CAPTIONS = (
    ("Title", "PNG Title"),
    ("Description", "PNG Description"),
    ("Comment", "PNG Comment"),
    ("comment", "comment"),
)
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


def read_raster(part: Part) -> Read:
    """Each page of a TIFF, or the picture of another file (of an animation, its first)."""
    with _quietly():
        image = _opened(part)
        pages = _pages(image)
    if image.format != "TIFF" and pages > 1:
        yield _animation(part.place)
    count = pages if image.format == "TIFF" else 1
    if count == 1:
        yield from _read_page(part, image, 0, part.place)
        return
    for number in range(min(count, part.limits.pages)):
        place = part.at(f"page {number + 1}")
        if part.enter(place):
            yield from attempt(place, partial(_read_page, part, image, number, place))
    if count > part.limits.pages:
        yield _pages_left(part, count)


def _read_page(part: Part, image: Image.Image, number: int, place: str) -> Read:
    with _quietly():
        _turn_to(image, number)
        if number and _is_thumbnail(image):
            return
        _weigh(image, part.limits)
        written_orientation = _orientation(image)
        picture = _picture(image) if part.depth is not Depth.HEADERS else None
        radiograph, fault = _described(image, place, written_orientation)
    yield from (radiograph,) if picture is None else observed(radiograph, picture, part)
    if fault:
        yield fault


@contextmanager
def _quietly() -> Iterator[None]:
    """Pillow warns of odd tags and sizes; what matters of that is checked here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _opened(part: Part) -> Image.Image:
    try:
        return Image.open(io.BytesIO(part.content), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except UnidentifiedImageError:
        raise _damaged() from None
    except ValueError as error:
        raise _not_decoded(error) from None


def _pages(image: Image.Image) -> int:
    """How many pages it has, by following its directory once. A loop in the directory ends it."""
    return int(getattr(image, "n_frames", 1))


def _turn_to(image: Image.Image, number: int) -> None:
    try:
        if number:
            image.seek(number)
    except (EOFError, OSError):
        raise _damaged() from None


def _is_thumbnail(image: Image.Image) -> bool:
    kind = _tiff_tag(image, _SUBFILE_TYPE)
    return isinstance(kind, int) and bool(kind & _REDUCED_OR_MASK)


def _weigh(image: Image.Image, limits: Limits) -> None:
    """Refuse by the header what would take too much when decoded."""
    pixels = image.width * image.height
    if pixels > limits.pixels or pixels * _SAMPLE_BYTES.get(image.mode, 1) > limits.sample_bytes:
        raise _too_large()


def _picture(image: Image.Image) -> Picture:
    """The picture in grey at its native depth, turned upright."""
    upright = _decoded(image)
    samples = _grey(upright, inverted=_tiff_tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO)
    colours = None
    if upright.mode not in _GREY_MODES and samples.dtype == np.uint8:
        colours = np.asarray(upright.convert("RGB"), np.uint8)
    return Picture(samples=samples, bits=_bits(image, samples), colours=colours)


def _decoded(image: Image.Image) -> Image.Image:
    """The picture decoded, and turned upright."""
    try:
        image.load()
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise _not_decoded(error) from None
    turn = _TURNS.get(_orientation(image))
    return image.transpose(turn) if turn is not None else image


def _grey(image: Image.Image, *, inverted: bool) -> Samples:
    """One grey plane. Opacity is dropped: a film has none. Pillow inverts white-is-zero up to 8 bits by itself."""
    if image.mode.startswith("I;16"):
        words = np.asarray(image)
        return np.asarray(_WORD_MOST - words if inverted else words, np.uint16)
    if image.mode == "I":
        wide = np.asarray(image)
        if wide.min() < 0 or wide.max() > _WORD_MOST:
            raise _unsupported("grey values of more than 16 bits, or below zero")
        return wide.astype(np.uint16)
    if image.mode == "F":
        raise _unsupported("grey values that are fractions")
    return np.asarray(image if image.mode == "L" else image.convert("L"), np.uint8)


def _bits(image: Image.Image, samples: Samples) -> int:
    if samples.dtype == np.uint8:
        return 8
    stated = _tiff_tag(image, _BITS_PER_SAMPLE)
    if isinstance(stated, tuple) and len(stated) == 1:
        stated = stated[0]
    fits = isinstance(stated, int) and 8 < stated <= 16 and int(samples.max()) < 2**stated  # noqa: PLR2004 - bits
    return int(stated) if isinstance(stated, int) and fits else 16


def _tiff_tag(image: Image.Image, tag: int) -> object:
    return getattr(image, "tag_v2", {}).get(tag)


def _orientation(image: Image.Image) -> int:
    """The orientation that is still to be applied: Pillow turns a TIFF by itself and then drops the tag."""
    try:
        written = _exif_tags(image).get(ORIENTATION, _UPRIGHT)
    except Exception:  # noqa: BLE001 - a malformed block says nothing about the orientation
        return _UPRIGHT
    return written if isinstance(written, int) else _UPRIGHT


def _exif_tags(image: Image.Image) -> Image.Exif:
    """The tags, without decoding the pixels of a PNG that has none before them."""
    if image.format == "PNG" and "exif" not in image.info:
        return Image.Exif()
    return image.getexif()


def _described(image: Image.Image, place: str, orientation: int) -> tuple[Radiograph, ReadingFault | None]:
    """What the file says beside its pixels; a malformed EXIF block costs only what it would have said."""
    fault = None
    try:
        exif = Exif.of(_exif_tags(image))
    except Exception:  # noqa: BLE001 - Pillow raises whatever the malformed block provokes
        exif = Exif()
        fault = _exif_unreadable(place)
    captions = [Caption(text=text, source=source) for text, source in _written(image)]
    captions += [Caption(text=text, source=source) for source, text in exif.texts()]
    turned: Observation[bool] = Observation(
        value=None,
        source="EXIF Orientation",
        strength=Strength.FREE_TEXT,
        note=f"turned as orientation {orientation} says before it was measured",
    )
    radiograph = Radiograph(
        place=place,
        view=tuple(itertools.chain(*(caption.view() for caption in captions), exif.view())),
        teeth=tuple(itertools.chain(*(caption.teeth() for caption in captions))),
        exposure=tuple(exif.exposure()),
        mirrored=(turned,) if orientation in _TURNS else (),
    )
    return radiograph, fault


def _written(image: Image.Image) -> Iterator[tuple[str, str]]:
    for key, source in _CAPTIONS:
        words = image.info.get(key, "")
        if isinstance(words, bytes):
            words = words.decode("utf-8", "replace")
        if isinstance(words, str) and words:
            yield words, f"{image.format} {source}" if key == "comment" else source


def _too_large() -> ReadingFailed:
    return ReadingFailed(
        "too_large", "This picture has far more pixels than a radiograph and was not decoded; export it smaller."
    )


def _damaged() -> ReadingFailed:
    return ReadingFailed("corrupt", "This picture is damaged and cannot be decoded; export it again.")


def _not_decoded(error: Exception) -> ReadingFailed:
    words = str(error).casefold()
    if "truncated" in words or "end of" in words or "too short" in words:
        return ReadingFailed("truncated", "The end of this picture is missing; copy or export it again.")
    if "too large" in words:
        return _too_large()
    return _damaged()


def _unsupported(what: str) -> ReadingFailed:
    return ReadingFailed("unsupported", f"This picture has {what}, which is not read; export it as a JPEG or PNG.")


def _animation(place: str) -> ReadingFault:
    return ReadingFault(
        fault="animation",
        message="This picture has several frames, of which only the first was read; attach each as its own file.",
        place=place,
        fatal=False,
    )


def _exif_unreadable(place: str) -> ReadingFault:
    return ReadingFault(
        fault="exif_unreadable",
        message="The camera's notes in this picture (EXIF) are damaged, so they say nothing of when it was taken.",
        place=place,
        fatal=False,
    )


def _pages_left(part: Part, count: int) -> ReadingFault:
    left = count - part.limits.pages
    return ReadingFault(
        fault="too_many_pages",
        message=f"Only the first {part.limits.pages} pages were read and {left} left out; attach the image on its own.",
        place=part.place,
    )
