"""PixelForm: how the pixel data of a data set are laid out, and whether they may be decoded at all."""

from __future__ import annotations

from dataclasses import dataclass

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.attributes import Attributes
from apexproof.reading.part import Limits

_ALLOCATIONS = {"PixelData": (1, 8, 16, 32), "FloatPixelData": (32,), "DoubleFloatPixelData": (64,)}
_GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_COLOUR_SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelForm:
    """The Image Pixel Module (PS3.3 C.7.6.3), checked.

    Attributes:
        rows: height in pixels.
        columns: width in pixels.
        samples: 1 for grey and palette, 3 for colour.
        allocated: bits that a sample takes.
        stored: bits of it that count.
        signed: whether samples are two's complement.
        photometric: the Photometric Interpretation.
        planar: 0 when the samples of a pixel stand together, 1 when each colour is a plane.
        frames: how many pictures the file claims to hold.
    """

    rows: int
    columns: int
    samples: int
    allocated: int
    stored: int
    signed: bool
    photometric: str
    planar: int
    frames: int

    @property
    def frame_bits(self) -> int:
        """The size of one frame without compression; chroma of YBR_FULL_422 is halved (PS3.3 C.7.6.3.1.2)."""
        bits = self.rows * self.columns * self.samples * self.allocated
        return bits * 2 // 3 if self.photometric == "YBR_FULL_422" else bits


def read_form(attributes: Attributes, keyword: str, limits: Limits) -> PixelForm:
    """Read the layout of the pixel data that stand under a keyword.

    Raises:
        ReadingFailed: the layout is incomplete, impossible, or beyond the limits.
    """
    allocated = attributes.integer("BitsAllocated") or 0
    photometric = attributes.word("PhotometricInterpretation")
    samples = attributes.integer("SamplesPerPixel") or (1 if photometric in (*_GREY, "") else _COLOUR_SAMPLES)
    photometric = photometric or ("MONOCHROME2" if samples == 1 else "RGB")
    form = PixelForm(
        rows=attributes.integer("Rows") or 0,
        columns=attributes.integer("Columns") or 0,
        samples=samples,
        allocated=allocated,
        stored=attributes.integer("BitsStored") or allocated,
        signed=attributes.integer("PixelRepresentation") == 1,
        photometric=photometric,
        planar=attributes.integer("PlanarConfiguration") or 0,
        frames=max(1, attributes.integer("NumberOfFrames") or 1),
    )
    _demand_possible(form, keyword)
    _demand_bounded(form, limits)
    return form


def _demand_possible(form: PixelForm, keyword: str) -> None:
    samples = 1 if form.photometric in _GREY else _COLOUR_SAMPLES
    possible = (
        form.rows > 0
        and form.columns > 0
        and form.samples == samples
        and form.allocated in _ALLOCATIONS[keyword]
        and 0 < form.stored <= form.allocated
        and form.planar in (0, 1)
    )
    if not possible:
        raise ReadingFailed(
            "impossible_layout",
            "The file describes its picture in a way that no picture can have: export it again.",
        )


def _demand_bounded(form: PixelForm, limits: Limits) -> None:
    pixels = form.rows * form.columns
    if pixels > limits.pixels or pixels * form.samples * form.allocated > limits.sample_bytes * 8:
        raise ReadingFailed(
            "too_large",
            f"The picture is said to have {form.columns} x {form.rows} pixels, more than is read:"
            f" export it in at most {limits.pixels // 1_000_000} megapixels.",
        )
