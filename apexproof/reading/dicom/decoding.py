"""Decoding: one frame of pixel data, by the one decoder that its transfer syntax is assigned.

PS3.5 annex A and the transfer syntaxes of PS3.6 annex A. Each frame is decoded alone, after its claims were checked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy.typing as npt
import pydicom.uid as u
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from apexproof.errors import ReadingFailed
from apexproof.reading.dicom.attributes import quietly
from apexproof.reading.dicom.codestream import read_codestream
from apexproof.reading.dicom.extended_jpeg import decode_extended
from apexproof.reading.dicom.form import PixelForm
from apexproof.reading.dicom.header import Header, PixelElement
from apexproof.reading.dicom.run_lengths import decode_run_lengths

Array = npt.NDArray[Any]
NATIVE, RUN_LENGTHS = "native", "run lengths"
# Deflated data are inflated with the header. pylibjpeg stands for its OpenJPEG plugin only; the libjpeg one is GPL.
DECODERS = {
    u.ImplicitVRLittleEndian: NATIVE,
    u.ExplicitVRLittleEndian: NATIVE,
    u.ExplicitVRBigEndian: NATIVE,
    u.DeflatedExplicitVRLittleEndian: NATIVE,
    u.RLELossless: RUN_LENGTHS,
    u.JPEGBaseline8Bit: "pillow",
    u.JPEGExtended12Bit: "gdcm",
    u.JPEGLossless: "gdcm",
    u.JPEGLosslessSV1: "gdcm",
    u.JPEGLSLossless: "pyjpegls",
    u.JPEGLSNearLossless: "pyjpegls",
    u.JPEG2000Lossless: "pylibjpeg",
    u.JPEG2000: "pylibjpeg",
    u.HTJ2KLossless: "pylibjpeg",
    u.HTJ2KLosslessRPCL: "pylibjpeg",
    u.HTJ2K: "pylibjpeg",
}
_EIGHT_BITS = 8
_ITEM = b"\xfe\xff\x00\xe0"
_MOST_FRAGMENTS = 20_000
_TRUNCATED = "The file ends before the picture does: send it again."


class Frames:
    """The frames of a data set, decoded one at a time, in their order."""

    def __init__(self, header: Header, pixels: PixelElement, form: PixelForm) -> None:
        """Look at the transfer syntax, and at nothing else yet.

        Raises:
            ReadingFailed: no decoder is assigned to the transfer syntax.
        """
        self._header, self._pixels, self._form = header, pixels, form
        self._syntax = _syntax(header, pixels)
        self._encoded: Iterator[bytes] = iter(())
        self._next = 0
        if DECODERS[self._syntax] is not NATIVE:
            self._encoded = _frames(header, pixels.offset, form.frames)

    def decode(self, index: int) -> tuple[Array, str]:
        """Decode a frame: rows by columns (by samples), and the photometric interpretation that it came out with.

        Indexes only ever rise.

        Raises:
            ReadingFailed: the frame is not there, not whole, or not what the header says.
        """
        try:
            with quietly():
                if DECODERS[self._syntax] is NATIVE:
                    return self._native(index)
                return self._compressed(index)
        except ReadingFailed:
            raise
        except MemoryError:
            raise ReadingFailed("too_large", "The picture takes more memory than is given to a file.") from None
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - decoders in Rust panic with what is no Exception
            raise ReadingFailed(
                "undecodable", f"The picture ({self._syntax.name}) is damaged and cannot be decoded: export it again."
            ) from None

    def _native(self, index: int) -> tuple[Array, str]:
        pixels, form = self._pixels, self._form
        end = -(-form.frame_bits * (index + 1) // 8)
        there = self._header.size - pixels.offset
        if pixels.length is not None:
            there = min(there, pixels.length)
        if pixels.length is None or end > there:
            raise ReadingFailed("truncated", _TRUNCATED)
        self._header.stream.seek(pixels.offset)
        as_it_lies: dict[str, Any] = {"view_only": True, "pixel_keyword": pixels.keyword, "pixel_vr": pixels.vr}
        array, properties = get_decoder(self._syntax).as_array(
            self._header.stream,
            index=index,
            raw=True,
            **(_options(form, frames=form.frames) | as_it_lies),
        )
        return array, str(properties["photometric_interpretation"])

    def _compressed(self, index: int) -> tuple[Array, str]:
        frame = next(islice(self._encoded, index - self._next, None), None)
        self._next = index + 1
        if frame is None:
            raise ReadingFailed("truncated", _TRUNCATED)
        form = self._form
        if DECODERS[self._syntax] is RUN_LENGTHS:
            return decode_run_lengths(frame, form), form.photometric
        claimed = read_codestream(frame)
        if claimed is None:
            raise ReadingFailed("undecodable", f"The picture is not what its header says: {self._syntax.name}.")
        if (claimed.columns, claimed.rows, claimed.components) != (form.columns, form.rows, form.samples):
            raise ReadingFailed(
                "undecodable", "The compressed picture has another size than the file says: export it again."
            )
        if not claimed.complete:
            raise ReadingFailed("truncated", _TRUNCATED)
        if self._syntax == u.JPEGExtended12Bit and claimed.precision > _EIGHT_BITS:
            return decode_extended(frame, form, claimed.precision), form.photometric
        array, properties = get_decoder(self._syntax).as_array(
            encapsulate([frame], has_bot=False),
            index=0,
            raw=True,
            decoding_plugin=DECODERS[self._syntax],
            **_options(form, frames=1),
        )
        return array, str(properties["photometric_interpretation"])


def _frames(header: Header, offset: int, count: int) -> Iterator[bytes]:
    """The compressed frames, one at a time (PS3.5 annex A.4), by the offset tables where there are any."""
    stream = header.stream
    _demand_few_fragments(header, offset)
    tables = [header.attributes.value(f"ExtendedOffsetTable{which}") for which in ("", "Lengths")]
    extended = (tables[0], tables[1]) if isinstance(tables[0], bytes) and isinstance(tables[1], bytes) else None
    stream.seek(offset)
    yield from generate_frames(stream, number_of_frames=count, extended_offsets=extended)


def _demand_few_fragments(header: Header, offset: int) -> None:
    """Walk over the fragments without reading them, because a list of millions of empty ones is a bomb too."""
    stream = header.stream
    stream.seek(offset)
    for _ in range(_MOST_FRAGMENTS):
        head = stream.read(8)
        if len(head) < len("ggeellll") or head[:4] != _ITEM:
            return
        stream.seek(int.from_bytes(head[4:], "little"), io.SEEK_CUR)
    raise ReadingFailed("too_large", "The picture is cut into more pieces than any real one: export it again.")


def _syntax(header: Header, pixels: PixelElement) -> UID:
    """The transfer syntax by which the pixels are decoded; a file that names none is what its encoding shows."""
    if header.syntax is None:
        if pixels.length is None:
            raise ReadingFailed("unsupported_syntax", "The file does not say how its picture is compressed.")
        return u.ExplicitVRLittleEndian if header.little_endian else u.ExplicitVRBigEndian
    syntax = UID(header.syntax)
    if syntax not in DECODERS:
        name = syntax.name if not syntax.is_private and syntax.name != syntax else "a private transfer syntax"
        raise ReadingFailed(
            "unsupported_syntax",
            f"The picture is stored as {name}, which is not read: export it as JPEG or uncompressed DICOM.",
        )
    return syntax


def _options(form: PixelForm, *, frames: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "rows": form.rows,
        "columns": form.columns,
        "number_of_frames": frames,
        "samples_per_pixel": form.samples,
        "photometric_interpretation": form.photometric,
        "bits_allocated": form.allocated,
        "bits_stored": form.stored,
        "pixel_representation": int(form.signed),
    }
    return options | ({"planar_configuration": form.planar} if form.samples > 1 else {})
