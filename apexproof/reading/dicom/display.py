"""Display: decoded frames as grey pictures, the way a viewer shows them.

Two pictures are made of a frame, for two purposes. `grey_picture` keeps the stored samples on their native depth,
only turned so that bigger is brighter: legibility is measured on it, and its samples are hashed. `shown_picture`
applies what the file says about display (modality LUT, then VOI LUT or window: PS3.3 C.11.1, C.11.2, PS3.4 N.2), at
reduced size: the perceptual hash is taken from it, so that the JPEG which a viewer exported is known again.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.attributes import Attributes, quietly
from apexproof.reading.dicom.decoding import Array
from apexproof.reading.dicom.form import PixelForm
from apexproof.reading.picture import Picture

_WORD = 16
_BYTE = 8
_LUTS = ("ModalityLUTSequence", "VOILUTSequence")
Grey = npt.NDArray[np.float64]


def grey_picture(array: Array, photometric: str, form: PixelForm, attributes: Attributes) -> Picture:
    """The frame in grey on its native depth, bigger brighter; colour becomes its luminance.

    Signed samples are moved up by half their range. More than 16 bits keep the upper 16.

    Raises:
        ReadingFailed: the palette is damaged, or floating point samples hold no number.
    """
    if photometric == "PALETTE COLOR":
        return _from_colour(_coloured(array, attributes))
    if array.ndim == 3:  # noqa: PLR2004 - rows, columns, samples
        if photometric.startswith("YBR"):
            return _from_whole_numbers(array[..., 0], form, inverted=False)
        return _from_colour(array)
    inverted = is_inverted(photometric, attributes)
    if array.dtype.kind == "f":
        return _from_floating(array, inverted=inverted)
    if form.allocated == 1:
        array, form_bits = array.astype(np.uint8) * np.uint8(255), _BYTE
        return Picture(samples=~array if inverted else array, bits=form_bits)
    return _from_whole_numbers(array, form, inverted=inverted)


def is_inverted(photometric: str, attributes: Attributes) -> bool:
    """Whether the bigger stored sample is the darker one on display.

    MONOCHROME1 and Presentation LUT Shape INVERSE say one thing together (PS3.3 C.11.6), they do not cancel out. A
    falling modality transformation turns it round.
    """
    return _is_inverse(photometric, attributes) != _falls(attributes)


def _is_inverse(photometric: str, attributes: Attributes) -> bool:
    return photometric == "MONOCHROME1" or attributes.word("PresentationLUTShape") == "INVERSE"


def shown_picture(picture: Picture, form: PixelForm, attributes: Attributes) -> Picture | None:
    """The picture as the file says that it is displayed, reduced; None where the file says nothing of display.

    Linear brightness and contrast do not change a perceptual hash, so a bare rescale is nothing to speak of. A window
    that leaves one flat grey is a mistake of the exporter, and no viewer exports that: None as well.
    """
    windowed = attributes.numbers("WindowCenter") and attributes.numbers("WindowWidth")
    if not windowed and not any(attributes.items(keyword) for keyword in _LUTS):
        return None
    if not form.photometric.startswith("MONOCHROME") or form.allocated not in (_BYTE, _WORD):
        return None
    try:
        with quietly():
            stored = _stored(picture, form, inverted=is_inverted(form.photometric, attributes))
            values = _modality(stored, attributes)
            values = _voi(values, attributes)
    except Exception:  # noqa: BLE001 - a broken table: viewers ignore it, and so does the hash
        return None
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all() or high <= low:
        return None
    share = (values - low) / (high - low)
    samples = np.rint((1 - share if _is_inverse(form.photometric, attributes) else share) * 255).astype(np.uint8)
    return Picture(samples=samples, bits=_BYTE)


def _stored(picture: Picture, form: PixelForm, *, inverted: bool) -> Grey:
    """The stored values of the reduced picture: what `_from_whole_numbers` did, undone."""
    black, white = picture.scale
    values = picture.reduced.astype(np.float64) * (white - black) + black
    if inverted:
        values = (2**picture.bits - 1) - values
    return values - 2 ** (form.stored - 1) if form.signed else values


def _modality(values: Grey, attributes: Attributes) -> Grey:
    if attributes.items("ModalityLUTSequence"):
        return apply_modality_lut(np.rint(values).astype(np.int32), attributes.dataset).astype(np.float64)
    slope = next(iter(attributes.numbers("RescaleSlope")), 1.0)
    intercept = next(iter(attributes.numbers("RescaleIntercept")), 0.0)
    return values * slope + intercept


def _voi(values: Grey, attributes: Attributes) -> Grey:
    """The values behind the first VOI LUT, else behind the first window (PS3.3 C.11.2.1.2, C.11.2.1.3)."""
    if attributes.items("VOILUTSequence"):
        return apply_voi(np.rint(values).astype(np.int32), attributes.dataset).astype(np.float64)
    centers, widths = attributes.numbers("WindowCenter"), attributes.numbers("WindowWidth")
    if not centers or not widths:
        return values
    center, width = centers[0], widths[0]
    function = attributes.word("VOILUTFunction")
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -50, 50)))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    return np.clip((values - (center - 0.5)) / max(width - 1, 1e-6) + 0.5, 0, 1)


def _falls(attributes: Attributes) -> bool:
    """Whether the transformations together turn bright into dark: each that falls turns it round once."""
    slope = next(iter(attributes.numbers("RescaleSlope")), 1.0)
    falling = [slope < 0, *(_table_falls(attributes, keyword) for keyword in _LUTS)]
    return sum(falling) % 2 == 1


def _table_falls(attributes: Attributes, keyword: str) -> bool:
    tables = attributes.items(keyword)
    if not tables:
        return False
    data = tables[0].value("LUTData")
    if isinstance(data, bytes):
        entries = np.frombuffer(data[: len(data) // 2 * 2], "<u2")
    elif isinstance(data, Sequence):
        entries = np.asarray([int(entry) for entry in (data[0], data[-1])]) if data else np.empty(0)
    else:
        return False
    return bool(entries.size) and bool(entries[0] > entries[-1])


def _from_whole_numbers(array: Array, form: PixelForm, *, inverted: bool) -> Picture:
    bits = min(form.stored, _WORD)
    samples = array
    if form.signed:
        samples = samples.astype(np.int64 if form.stored > _WORD else np.int32) + 2 ** (form.stored - 1)
    if form.stored > _WORD:
        samples = samples >> (form.stored - _WORD)
    full = 2**bits - 1
    if form.signed or form.stored > _WORD:
        samples = np.clip(samples, 0, full).astype(np.uint16)
    elif samples.dtype.itemsize > _WORD // _BYTE:
        samples = np.minimum(samples, full).astype(np.uint16)
    elif bits < samples.dtype.itemsize * _BYTE:
        samples = np.minimum(samples, samples.dtype.type(full))
    unsigned = samples.astype(samples.dtype.newbyteorder("="), copy=False)
    if inverted:
        unsigned = unsigned.dtype.type(full) - unsigned
    return Picture(samples=unsigned, bits=bits)


def _from_floating(array: Array, *, inverted: bool) -> Picture:
    finite = np.isfinite(array)
    if not finite.any():
        raise ReadingFailed("undecodable", "The picture holds no number: export it again.")
    low, high = float(array[finite].min()), float(array[finite].max())
    share = np.where(finite, (array.astype(np.float64) - low) / ((high - low) or 1.0), 0.0)
    samples = np.rint((1 - share if inverted else share) * 65535).astype(np.uint16)
    return Picture(samples=samples, bits=_WORD)


def _from_colour(array: Array) -> Picture:
    if array.dtype.kind != "u":
        raise ReadingFailed("undecodable", "The picture is in colour with signed samples, which is not read.")
    if array.dtype.itemsize > _WORD // _BYTE:
        array = (array >> (array.dtype.itemsize * _BYTE - _WORD)).astype(np.uint16)
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    grey: Array = cv2.cvtColor(native, cv2.COLOR_RGB2GRAY)
    colours = native if native.dtype == np.uint8 else None
    return Picture(samples=grey, bits=grey.dtype.itemsize * _BYTE, colours=colours)


def _coloured(array: Array, attributes: Attributes) -> Array:
    try:
        with quietly():
            return apply_color_lut(array, attributes.dataset)
    except Exception:  # noqa: BLE001 - pydicom raises whatever a broken palette makes it raise
        raise ReadingFailed("undecodable", "The colour palette of the picture is damaged: export it again.") from None
